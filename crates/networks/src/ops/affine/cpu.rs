//! Gain and shift of each channel on the processor: channels are side by side, images within one are taken in order.

use super::Affine;
use crate::cpu::sums::{add_channel_sums, map, sum_pairs};
use crate::operation::{Backward, CpuKernel, CpuPass, Real};
use rayon::prelude::*;

impl CpuKernel<3> for Affine {
    fn forward<E: Real>(&self, [x, gain, shift]: [&[E]; 3]) -> Vec<E> {
        let [_, channels, positions] = self.extents;
        let mut y = vec![E::zero(); x.len()];
        let maps = y.par_chunks_exact_mut(positions).zip(x.par_chunks_exact(positions)).enumerate();
        maps.for_each(|(index, (y, x))| {
            let (gain, shift) = (gain[index % channels], shift[index % channels]);
            y.iter_mut().zip(x).for_each(|(y, x)| *y = gain * *x + shift);
        });
        y
    }

    fn backward<E: Real>(&self, pass: CpuPass<'_, 3, E>) {
        let Backward { inputs: [x, gain, _], dy, gradients: [dx, dgain, dshift], .. } = pass;
        let (extents, [images, channels, positions]) = (self.extents, self.extents);
        dgain.par_iter_mut().enumerate().for_each(|(channel, dgain)| {
            let products = (0..images).map(|image| {
                let (x, dy) = (map(x, extents, image, channel), map(dy, extents, image, channel));
                sum_pairs(x, dy, |x, dy| x * dy)
            });
            *dgain += E::narrow(products.sum());
        });
        add_channel_sums(dy, extents, dshift);
        let maps = dx.par_chunks_exact_mut(positions).zip(dy.par_chunks_exact(positions)).enumerate();
        maps.for_each(|(index, (dx, dy))| {
            let gain = gain[index % channels];
            dx.iter_mut().zip(dy).for_each(|(dx, dy)| *dx += gain * *dy);
        });
    }
}
