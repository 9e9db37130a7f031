//! Batch normalisation on the processor: channels are side by side, images within one are taken in order.

use super::{Moments, Normalisation};
use crate::cpu::sums::{map, sum, sum_pairs};
use crate::operation::{Backward, CpuKernel, CpuPass, Real};
use rayon::prelude::*;

impl CpuKernel<1> for Moments {
    fn forward<E: Real>(&self, [x]: [&[E]; 1]) -> Vec<E> {
        let [images, channels, positions] = self.extents;
        let count = (images * positions) as f64;
        let of_channel = |channel| {
            let maps = (0..images).map(|image| map(x, self.extents, image, channel));
            let mean = maps.clone().map(|map| sum(map, |value| value)).sum::<f64>() / count;
            let squares = maps.map(|map| sum(map, |value| (value - mean) * (value - mean))).sum::<f64>();
            (E::narrow(mean), E::narrow(squares / count))
        };
        let (means, variances): (Vec<E>, Vec<E>) = (0..channels).into_par_iter().map(of_channel).unzip();
        [means, variances].concat()
    }

    /// [`Normalisation`] goes back through these as well.
    fn backward<E: Real>(&self, _: CpuPass<'_, 1, E>) {}
}

impl CpuKernel<2> for Normalisation {
    fn forward<E: Real>(&self, [x, statistics]: [&[E]; 2]) -> Vec<E> {
        let [_, channels, positions] = self.extents;
        let scales = self.scales(statistics);
        let mut y = vec![E::zero(); x.len()];
        let maps = y.par_chunks_exact_mut(positions).zip(x.par_chunks_exact(positions)).enumerate();
        maps.for_each(|(index, (y, x))| {
            let (mean, scale) = (statistics[index % channels], scales[index % channels]);
            y.iter_mut().zip(x).for_each(|(y, x)| *y = (*x - mean) * scale);
        });
        y
    }

    /// With means over images and positions, dx gains (dy - ⟨dy⟩ - y ⟨y dy⟩) / √(variance + ε).
    fn backward<E: Real>(&self, pass: CpuPass<'_, 2, E>) {
        let Backward { inputs: [_, statistics], output: y, dy, gradients: [dx, _] } = pass;
        let (extents, [images, channels, positions]) = (self.extents, self.extents);
        let count = (images * positions) as f64;
        let means = |channel| {
            let maps =
                (0..images).map(|image| (map(y, extents, image, channel), map(dy, extents, image, channel)));
            let dy = maps.clone().map(|(_, dy)| sum(dy, |dy| dy)).sum::<f64>() / count;
            let y_dy = maps.map(|(y, dy)| sum_pairs(y, dy, |y, dy| y * dy)).sum::<f64>() / count;
            (E::narrow(dy), E::narrow(y_dy))
        };
        let means = (0..channels).into_par_iter().map(means).collect::<Vec<(E, E)>>();
        let scales = self.scales(statistics);
        let maps = dx.par_chunks_exact_mut(positions).zip(y.par_chunks_exact(positions));
        maps.zip(dy.par_chunks_exact(positions)).enumerate().for_each(|(index, ((dx, y), dy))| {
            let ((mean, y_mean), scale) = (means[index % channels], scales[index % channels]);
            for ((dx, y), dy) in dx.iter_mut().zip(y).zip(dy) {
                *dx += (*dy - mean - *y * y_mean) * scale;
            }
        });
    }
}

impl Normalisation {
    /// 1 / √(variance + ε) of each channel.
    fn scales<E: Real>(&self, statistics: &[E]) -> Vec<E> {
        let scale = |variance: &E| E::narrow(1.0 / (variance.widen() + self.epsilon).sqrt());
        statistics[self.extents[1]..].iter().map(scale).collect()
    }
}
