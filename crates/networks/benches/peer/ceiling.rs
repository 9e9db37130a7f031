//! What the machine can do at most, measured in the minute of the bench that is held against it: multiply-adds in single
//! precision that wait for nothing, and bytes read from memory.

use pulp::{Arch, Simd, WithSimd};
use std::hint::black_box;
use std::time::Instant;

/// Threads, as many as either side of a bench has.
const THREADS: usize = 2;
/// The best of so many is the ceiling.
const REPETITIONS: usize = 5;
/// Sums that do not wait for each other: more than a multiply-add's latency, fewer than registers.
const SUMS: usize = 12;
/// Multiply-adds of each sum.
const ROUNDS: usize = 10_000_000;
/// Numbers that each thread reads: more than caches hold.
const NUMBERS: usize = 1 << 25;

/// Multiplications and additions in single precision, a second.
pub fn operations() -> f64 {
    struct Peak;
    impl WithSimd for Peak {
        type Output = usize;

        #[inline(always)]
        fn with_simd<S: Simd>(self, simd: S) -> usize {
            // Numbers that the compiler does not know, and no two sums alike: it would compute them once.
            let (factor, term) = (simd.splat_f32s(black_box(0.999)), simd.splat_f32s(black_box(1e-3)));
            let mut sums = [term; SUMS];
            for (number, sum) in sums.iter_mut().enumerate() {
                *sum = simd.splat_f32s(black_box(number as f32));
            }
            for _ in 0..ROUNDS {
                for sum in &mut sums {
                    *sum = simd.mul_add_f32s(*sum, factor, term);
                }
            }
            black_box(sums);
            2 * SUMS * ROUNDS * S::F32_LANES
        }
    }
    fastest(|_| Arch::new().dispatch(Peak))
}

/// Bytes read from memory, a second.
pub fn bytes() -> f64 {
    let numbers = vec![1u64; THREADS * NUMBERS];
    fastest(|thread| {
        let part = &numbers[thread * NUMBERS..][..NUMBERS];
        black_box(part.iter().fold(0, |sum: u64, number| sum.wrapping_add(*number)));
        size_of_val(part)
    })
}

/// How much a second all threads do together of what `work` says it has done, at best.
fn fastest(work: impl Fn(usize) -> usize + Sync) -> f64 {
    let once = || {
        let (start, work) = (Instant::now(), &work);
        let done: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..THREADS).map(|thread| scope.spawn(move || work(thread))).collect();
            threads.into_iter().map(|thread| thread.join().expect("it only counts")).sum()
        });
        done as f64 / start.elapsed().as_secs_f64()
    };
    (0..REPETITIONS).map(|_| once()).fold(0.0, f64::max)
}
