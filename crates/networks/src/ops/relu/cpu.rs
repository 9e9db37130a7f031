//! The rectified linear unit on the processor.

use super::Relu;
use crate::operation::{Backward, CpuKernel, CpuPass, InPlace, Real};
use rayon::prelude::*;

/// Elements that one thread takes at a time.
const CHUNK: usize = 1 << 14;

impl CpuKernel<1> for Relu {
    fn forward<E: Real>(&self, [x]: [&[E]; 1]) -> Vec<E> {
        let mut y = vec![E::zero(); x.len()];
        y.par_chunks_mut(CHUNK).zip(x.par_chunks(CHUNK)).for_each(|(y, x)| {
            y.iter_mut().zip(x).for_each(|(y, x)| *y = if *x < E::zero() { E::zero() } else { *x });
        });
        y
    }

    fn backward<E: Real>(&self, pass: CpuPass<'_, 1, E>) {
        let Backward { output: y, dy, gradients: [dx], .. } = pass;
        let chunks = dx.par_chunks_mut(CHUNK).zip(y.par_chunks(CHUNK)).zip(dy.par_chunks(CHUNK));
        chunks.for_each(|((dx, y), dy)| {
            for ((dx, y), dy) in dx.iter_mut().zip(y).zip(dy) {
                *dx += if *y > E::zero() { *dy } else { E::zero() };
            }
        });
    }
}

impl InPlace for Relu {
    fn forward_in_place<E: Real>(&self, x: &mut [E]) {
        x.par_chunks_mut(CHUNK).for_each(|x| {
            x.iter_mut().for_each(|x| *x = if *x < E::zero() { E::zero() } else { *x });
        });
    }

    fn backward_in_place<E: Real>(&self, y: &[E], gradient: &mut [E]) {
        gradient.par_chunks_mut(CHUNK).zip(y.par_chunks(CHUNK)).for_each(|(gradient, y)| {
            for (gradient, y) in gradient.iter_mut().zip(y) {
                *gradient = if *y > E::zero() { *gradient } else { E::zero() };
            }
        });
    }
}
