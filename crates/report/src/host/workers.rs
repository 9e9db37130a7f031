//! Doing several things side by side, each on its share of the threads.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::events::failed;
use runner::CommandError;

/// Does something with every item, so many at a time, and returns the results in the order of the items. After the first
/// failure nothing more is begun; what was begun is finished.
///
/// # Errors
/// The failure of the first item, in order, that failed.
pub(super) fn in_order<I: Sync, O: Send>(
    items: &[I],
    side_by_side: usize,
    threads: usize,
    work: impl Fn(&I) -> Result<O, CommandError> + Sync,
) -> Result<Vec<O>, CommandError> {
    let workers = side_by_side.min(threads).min(items.len());
    if workers < 2 {
        return items.iter().map(work).collect();
    }
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let done = Mutex::new(items.iter().map(|_| None).collect::<Vec<_>>());
    let worker = || {
        while !stop.load(Ordering::Relaxed) {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else { return };
            let result = work(item);
            stop.fetch_or(result.is_err(), Ordering::Relaxed);
            done.lock().unwrap_or_else(PoisonError::into_inner)[index] = Some(result);
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
    let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn results_come_in_order_whatever_is_done_first() {
        let items: Vec<u64> = (0..20).collect();
        for side_by_side in [1, 2, 7, 100] {
            let found = in_order(&items, side_by_side, 4, |item| {
                std::thread::sleep(Duration::from_micros(300 * (20 - item)));
                Ok(item * item)
            });
            let squares: Vec<u64> = items.iter().map(|item| item * item).collect();
            assert_eq!(found.ok(), Some(squares));
        }
    }

    #[test]
    fn threads_are_shared() {
        let shares = |side_by_side| {
            in_order(&[(); 8], side_by_side, 5, |()| {
                std::thread::sleep(Duration::from_millis(5));
                Ok(rayon::current_num_threads())
            })
            .ok()
        };
        let mut two = shares(2).unwrap();
        two.sort_unstable();
        two.dedup();
        assert_eq!(two, [2, 3]);
        assert_eq!(shares(100), Some(vec![1; 8]));
    }

    #[test]
    fn the_first_failure_is_told_and_nothing_more_is_begun() {
        let items: Vec<usize> = (0..1000).collect();
        let begun = AtomicUsize::new(0);
        let outcome = in_order(&items, 2, 2, |item| {
            begun.fetch_add(1, Ordering::Relaxed);
            std::thread::sleep(Duration::from_millis(1));
            if *item < 3 { Ok(()) } else { Err(failed(item, "")) }
        });
        assert_eq!(outcome.err().map(|error| error.to_string()), Some("3".to_owned()));
        assert!(begun.into_inner() < 8);
    }
}
