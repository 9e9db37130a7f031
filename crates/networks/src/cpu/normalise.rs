//! Batch normalisation on the processor: channels are side by side, images within one are taken in order.

use super::real::Real;
use super::sums::{sum, sum_pairs};
use rayon::prelude::*;

/// The map of one channel of one image.
pub(super) fn map<E>(x: &[E], [_, channels, positions]: [usize; 3], image: usize, channel: usize) -> &[E] {
    &x[(image * channels + channel) * positions..][..positions]
}

/// Mean and variance of each channel.
pub(super) fn statistics<E: Real>(x: &[E], extents: [usize; 3]) -> (Vec<E>, Vec<E>) {
    let [images, channels, positions] = extents;
    let count = (images * positions) as f64;
    let of_channel = |channel| {
        let maps = (0..images).map(|image| map(x, extents, image, channel));
        let mean = maps.clone().map(|map| sum(map, |value| value)).sum::<f64>() / count;
        let squares = maps.map(|map| sum(map, |value| (value - mean) * (value - mean))).sum::<f64>();
        (E::narrow(mean), E::narrow(squares / count))
    };
    (0..channels).into_par_iter().map(of_channel).unzip()
}

/// 1 / √(variance + ε) of each channel.
fn scales<E: Real>(variance: &[E], epsilon: f64) -> Vec<E> {
    variance.iter().map(|variance| E::narrow(1.0 / (variance.widen() + epsilon).sqrt())).collect()
}

pub(super) fn normalise<E: Real>(
    x: &[E],
    [_, channels, positions]: [usize; 3],
    mean: &[E],
    variance: &[E],
    epsilon: f64,
) -> Vec<E> {
    let scales = scales(variance, epsilon);
    let mut y = vec![E::zero(); x.len()];
    let maps = y.par_chunks_exact_mut(positions).zip(x.par_chunks_exact(positions)).enumerate();
    maps.for_each(|(index, (y, x))| {
        let (mean, scale) = (mean[index % channels], scales[index % channels]);
        y.iter_mut().zip(x).for_each(|(y, x)| *y = (*x - mean) * scale);
    });
    y
}

pub(super) fn normalise_backward<E: Real>(
    [_, channels, positions]: [usize; 3],
    variance: &[E],
    epsilon: f64,
    dy: &[E],
    dx: &mut [E],
) {
    let scales = scales(variance, epsilon);
    let maps = dx.par_chunks_exact_mut(positions).zip(dy.par_chunks_exact(positions)).enumerate();
    maps.for_each(|(index, (dx, dy))| {
        let scale = scales[index % channels];
        dx.iter_mut().zip(dy).for_each(|(dx, dy)| *dx += *dy * scale);
    });
}

pub(super) fn batch_normalise_backward<E: Real>(
    y: &[E],
    extents: [usize; 3],
    variance: &[E],
    epsilon: f64,
    dy: &[E],
    dx: &mut [E],
) {
    let [images, channels, positions] = extents;
    let count = (images * positions) as f64;
    let means = |channel| {
        let maps =
            (0..images).map(|image| (map(y, extents, image, channel), map(dy, extents, image, channel)));
        let dy = maps.clone().map(|(_, dy)| sum(dy, |dy| dy)).sum::<f64>() / count;
        let y_dy = maps.map(|(y, dy)| sum_pairs(y, dy, |y, dy| y * dy)).sum::<f64>() / count;
        (E::narrow(dy), E::narrow(y_dy))
    };
    let means = (0..channels).into_par_iter().map(means).collect::<Vec<(E, E)>>();
    let scales = scales(variance, epsilon);
    let maps = dx.par_chunks_exact_mut(positions).zip(y.par_chunks_exact(positions));
    maps.zip(dy.par_chunks_exact(positions)).enumerate().for_each(|(index, ((dx, y), dy))| {
        let ((mean, y_mean), scale) = (means[index % channels], scales[index % channels]);
        for ((dx, y), dy) in dx.iter_mut().zip(y).zip(dy) {
            *dx += (*dy - mean - *y * y_mean) * scale;
        }
    });
}
