//! Gain and shift of each channel on the processor: channels are side by side, images within one are taken in order.

use super::normalise::map;
use super::real::Real;
use super::sums::sum_pairs;
use rayon::prelude::*;

/// gain x + shift.
pub(super) fn stretch<E: Real>(
    x: &[E],
    [_, channels, positions]: [usize; 3],
    gain: &[E],
    shift: &[E],
) -> Vec<E> {
    let mut y = vec![E::zero(); x.len()];
    let maps = y.par_chunks_exact_mut(positions).zip(x.par_chunks_exact(positions)).enumerate();
    maps.for_each(|(index, (y, x))| {
        let (gain, shift) = (gain[index % channels], shift[index % channels]);
        y.iter_mut().zip(x).for_each(|(y, x)| *y = gain * *x + shift);
    });
    y
}

/// Adds gain dy to dx.
pub(super) fn input<E: Real>([_, channels, positions]: [usize; 3], gain: &[E], dy: &[E], dx: &mut [E]) {
    let maps = dx.par_chunks_exact_mut(positions).zip(dy.par_chunks_exact(positions)).enumerate();
    maps.for_each(|(index, (dx, dy))| {
        let gain = gain[index % channels];
        dx.iter_mut().zip(dy).for_each(|(dx, dy)| *dx += gain * *dy);
    });
}

/// Adds to the gradient of the gain the sum of x dy over images and positions.
pub(super) fn weights<E: Real>(x: &[E], extents: [usize; 3], dy: &[E], dgain: &mut [E]) {
    let [images, ..] = extents;
    dgain.par_iter_mut().enumerate().for_each(|(channel, dgain)| {
        let products = (0..images).map(|image| {
            let (x, dy) = (map(x, extents, image, channel), map(dy, extents, image, channel));
            sum_pairs(x, dy, |x, dy| x * dy)
        });
        *dgain += E::narrow(products.sum());
    });
}
