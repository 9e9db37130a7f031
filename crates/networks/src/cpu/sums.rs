//! Sums in f64 over long slices, in an order that depends on their length alone.

use super::real::Real;
use rayon::prelude::*;

/// Sums that run side by side: the processor need not wait for one addition to begin the next.
const LANES: usize = 8;

/// Σ term(x, y) over two slices of one length.
pub(crate) fn sum_pairs<E: Real>(x: &[E], y: &[E], term: impl Fn(f64, f64) -> f64) -> f64 {
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
pub(crate) fn sum<E: Real>(x: &[E], term: impl Fn(f64) -> f64) -> f64 {
    sum_pairs(x, x, |x, _| term(x))
}

/// The map of one channel of one image, of maps of images × channels × positions.
pub(crate) fn map<E>(x: &[E], [_, channels, positions]: [usize; 3], image: usize, channel: usize) -> &[E] {
    &x[(image * channels + channel) * positions..][..positions]
}

/// Adds to `out` the sum of each channel over images and positions, which is the gradient with respect to a bias. Channels
/// are side by side, images within one are taken in order.
pub(crate) fn add_channel_sums<E: Real>(dy: &[E], extents: [usize; 3], out: &mut [E]) {
    let [images, ..] = extents;
    out.par_iter_mut().enumerate().for_each(|(channel, out)| {
        *out +=
            E::narrow((0..images).map(|image| sum(map(dy, extents, image, channel), |value| value)).sum());
    });
}
