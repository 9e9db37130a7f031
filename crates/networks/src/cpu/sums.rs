//! Sums in f64 over long slices, in an order that depends on their length alone.

use super::real::Real;

/// Sums that run side by side: the processor need not wait for one addition to begin the next.
const LANES: usize = 8;

/// Σ term(x, y) over two slices of one length.
pub(super) fn sum_pairs<E: Real>(x: &[E], y: &[E], term: impl Fn(f64, f64) -> f64) -> f64 {
    let mut lanes = [0.0; LANES];
    let (xs, ys) = (x.chunks_exact(LANES), y.chunks_exact(LANES));
    let rest = xs.remainder().iter().zip(ys.remainder());
    let rest = rest.map(|(x, y)| term(x.widen(), y.widen())).sum::<f64>();
    for (xs, ys) in xs.zip(ys) {
        for lane in 0..LANES {
            lanes[lane] += term(xs[lane].widen(), ys[lane].widen());
        }
    }
    lanes.iter().sum::<f64>() + rest
}

/// Σ term(x) over a slice.
pub(super) fn sum<E: Real>(x: &[E], term: impl Fn(f64) -> f64) -> f64 {
    sum_pairs(x, x, |x, _| term(x))
}
