//! Doing several things side by side, each on its share of the threads.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::events::failed;
use runner::CommandError;

/// Does something with every item, so many at a time. After the first failure nothing more is begun; what was begun is
/// finished.
/// Fails with the failure of the first item, in order, that failed.
pub(super) fn side_by_side<I: Sync>(
    items: &[I],
    most: usize,
    threads: usize,
    work: impl Fn(&I) -> Result<(), CommandError> + Sync,
) -> Result<(), CommandError> {
    let workers = most.min(threads).min(items.len());
    if workers < 2 {
        return items.iter().try_for_each(work);
    }
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    let failures_so_far = || failures.lock().unwrap_or_else(PoisonError::into_inner);
    let worker = || {
        while failures_so_far().is_empty() {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else { return };
            if let Err(error) = work(item) {
                failures_so_far().insert(index, error);
            }
        }
    };
    // The first workers get what does not divide evenly.
    let share = |number: usize| threads / workers + usize::from(number < threads % workers);
    let pools = (0..workers).map(|number| rayon::ThreadPoolBuilder::new().num_threads(share(number)).build());
    let pools = pools.collect::<Result<Vec<_>, _>>().map_err(|error| {
        failed("threads cannot be started", "RAYON_NUM_THREADS=1 needs fewest").because(error)
    })?;
    std::thread::scope(|scope| {
        for pool in &pools {
            scope.spawn(|| pool.install(worker));
        }
    });
    let first = failures_so_far().pop_first();
    first.map_or(Ok(()), |(_, error)| Err(error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Barrier;
    use std::time::Duration;

    #[test]
    fn every_item_is_done_once_on_its_share_of_the_threads() {
        for (most, expected) in [(1, vec![5; 8]), (2, vec![2, 3]), (100, vec![1; 8])] {
            let shares = Mutex::new(BTreeMap::new());
            // The first items are for a worker each, however late one starts.
            let workers = most.min(5);
            let all_at_work = Barrier::new(workers);
            let pool = rayon::ThreadPoolBuilder::new().num_threads(5).build().unwrap();
            let done = pool.install(|| {
                side_by_side(&[0, 1, 2, 3, 4, 5, 6, 7], most, 5, |item| {
                    if *item < workers {
                        all_at_work.wait();
                    }
                    assert!(shares.lock().unwrap().insert(*item, rayon::current_num_threads()).is_none());
                    Ok(())
                })
            });
            assert!(done.is_ok());
            let mut shares: Vec<usize> = shares.into_inner().unwrap().into_values().collect();
            assert_eq!(shares.len(), 8);
            shares.sort_unstable();
            if most == 2 {
                shares.dedup();
            }
            assert_eq!(shares, expected);
        }
    }

    #[test]
    fn the_first_failure_is_told_and_nothing_more_is_begun() {
        let items: Vec<usize> = (0..1000).collect();
        let begun = AtomicUsize::new(0);
        let outcome = side_by_side(&items, 2, 2, |item| {
            begun.fetch_add(1, Ordering::Relaxed);
            std::thread::sleep(Duration::from_millis(1));
            if *item < 3 { Ok(()) } else { Err(failed(item, "")) }
        });
        assert_eq!(outcome.err().map(|error| error.to_string()), Some("3".to_owned()));
        assert!(begun.into_inner() < 8);
    }
}
