//! What a minibatch costs before any network sees it, on one thread and on all. There is no peer to compare with: the
//! bounds are that 128 images stay well below 2 ms and a warped page of 512 × 512 well below 20 ms on one core. Where
//! REPRO_DATA_DIR names the real data, also what its fingerprints cost: every warm start pays for them.

use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

use datasets::augment::{Deformation, PadAndCrop};
use datasets::{Batches, Cifar10, Isbi2012, Place, stand_in};

/// Times are medians of this many repetitions.
const REPETITIONS: u64 = 31;

/// Whatever goes wrong.
type Failure = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    for threads in [1, 0] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
        println!("threads: {}", pool.current_num_threads());
        pool.install(measure)?;
    }
    Ok(())
}

fn measure() -> Result<(), Failure> {
    let images = stand_in::cifar10(1, 2000)?;
    let order = Batches::from(Place { seed: 1, iteration: 0 }, images.images(), 128)?;
    let mut batch = vec![0.0; 128 * Cifar10::PIXELS];
    report("128 images, plain", |iteration| images.fill(&order.at(iteration), &mut batch))?;
    let crop = PadAndCrop { seed: 1 };
    report("128 images, padded and cropped", |iteration| {
        images.fill_augmented(&crop, iteration, &order.at(iteration), &mut batch)
    })?;
    let stack = stand_in::isbi(1, 2, 512)?;
    for (what, crop) in
        [("a page of 512 × 512, turned and warped", 512), ("the same, cropped to 128 × 128", 128)]
    {
        let (mut page, mut classes) = (vec![0.0; crop * crop], vec![0; crop * crop]);
        let paper = Deformation::of_the_paper(1, crop);
        report(what, |iteration| stack.fill_augmented(&paper, iteration, &[0], &mut page, &mut classes))?;
    }
    let order = Batches::from(Place { seed: 1, iteration: 0 }, 50_000, 128)?;
    report("the order of 50 000 images", |iteration| {
        std::hint::black_box(order.at(iteration));
        Ok::<(), Failure>(())
    })?;
    report("stand-in: 100 images", |seed| stand_in::cifar10(seed, 100).map(drop))?;
    report("stand-in: a page of 512 × 512", |seed| stand_in::isbi(seed, 1, 512).map(drop))?;
    let Some(data) = std::env::var_os("REPRO_DATA_DIR").map(PathBuf::from) else { return Ok(()) };
    report("fingerprint of CIFAR-10", |_| Cifar10::fingerprint(Some(&data)).map(drop))?;
    report("fingerprint of ISBI 2012", |_| Isbi2012::fingerprint(Some(&data)).map(drop))
}

/// Prints the median time of some work.
fn report<E: Into<Failure>>(what: &str, mut work: impl FnMut(u64) -> Result<(), E>) -> Result<(), Failure> {
    let mut times = Vec::new();
    for iteration in 0..REPETITIONS {
        let started = Instant::now();
        work(iteration).map_err(Into::into)?;
        times.push(started.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    println!("  {what:<42} {:>8.3} ms", times[times.len() / 2]);
    Ok(())
}
