//! The fully connected layer on the processor.

use super::Linear;
use crate::cpu::product::{Matrix, MatrixMut};
use crate::cpu::sums::add_channel_sums;
use crate::operation::{Backward, CpuKernel, CpuPass, Real};
use rayon::prelude::*;

/// Rows multiplied at a time.
const ROWS: usize = 64;

impl CpuKernel<3> for Linear {
    fn forward<E: Real>(&self, [x, weights, bias]: [&[E]; 3]) -> Vec<E> {
        let Self { images, inputs, outputs } = *self;
        let mut y = vec![E::zero(); images * outputs];
        let weights = Matrix::new(weights, [outputs, inputs], inputs).transposed();
        y.par_chunks_mut(ROWS * outputs).zip(x.par_chunks(ROWS * inputs)).for_each(|(y, x)| {
            let rows = y.len() / outputs;
            if !bias.is_empty() {
                y.chunks_exact_mut(outputs).for_each(|y| y.copy_from_slice(bias));
            }
            let x = Matrix::new(x, [rows, inputs], inputs);
            MatrixMut::new(y, [rows, outputs], outputs).multiply(x, weights, true);
        });
        y
    }

    fn backward<E: Real>(&self, pass: CpuPass<'_, 3, E>) {
        let Backward { inputs: [x, weights, _], dy, gradients: [dx, dweights, dbias], .. } = pass;
        self.add_to_weights(x, dy, dweights);
        add_channel_sums(dy, [self.images, self.outputs, 1], dbias);
        self.add_to_input(weights, dy, dx);
    }
}

impl Linear {
    /// Adds dy weights to the gradient by the input.
    fn add_to_input<E: Real>(&self, weights: &[E], dy: &[E], dx: &mut [E]) {
        let Self { inputs, outputs, .. } = *self;
        let weights = Matrix::new(weights, [outputs, inputs], inputs);
        dx.par_chunks_mut(ROWS * inputs).zip(dy.par_chunks(ROWS * outputs)).for_each(|(dx, dy)| {
            let rows = dx.len() / inputs;
            let dy = Matrix::new(dy, [rows, outputs], outputs);
            MatrixMut::new(dx, [rows, inputs], inputs).multiply(dy, weights, true);
        });
    }

    /// Adds dyᵀ x to the gradient by the weights.
    fn add_to_weights<E: Real>(&self, x: &[E], dy: &[E], dweights: &mut [E]) {
        let Self { images, inputs, outputs } = *self;
        let x = Matrix::new(x, [images, inputs], inputs);
        dweights.par_chunks_mut(ROWS * inputs).enumerate().for_each(|(part, dweights)| {
            let rows = dweights.len() / inputs;
            let dy = Matrix::new(&dy[part * ROWS..], [images, rows], outputs).transposed();
            MatrixMut::new(dweights, [rows, inputs], inputs).multiply(dy, x, true);
        });
    }
}
