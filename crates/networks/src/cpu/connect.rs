//! The fully connected layer on the processor.

use super::product::{Matrix, MatrixMut};
use super::real::Real;
use rayon::prelude::*;

/// Rows multiplied at a time.
const ROWS: usize = 64;

/// y = x weightsᵀ + bias, for x of images × inputs and weights of outputs × inputs.
pub(super) fn connect<E: Real>(
    x: &[E],
    weights: &[E],
    bias: Option<&[E]>,
    [images, inputs, outputs]: [usize; 3],
) -> Vec<E> {
    let mut y = vec![E::zero(); images * outputs];
    let weights = Matrix::new(weights, [outputs, inputs], inputs).transposed();
    y.par_chunks_mut(ROWS * outputs).zip(x.par_chunks(ROWS * inputs)).for_each(|(y, x)| {
        let rows = y.len() / outputs;
        if let Some(bias) = bias {
            y.chunks_exact_mut(outputs).for_each(|y| y.copy_from_slice(bias));
        }
        let x = Matrix::new(x, [rows, inputs], inputs);
        MatrixMut::new(y, [rows, outputs], outputs).multiply(x, weights, true);
    });
    y
}

/// Adds dy weights to the gradient by the input.
pub(super) fn input<E: Real>(weights: &[E], dy: &[E], dx: &mut [E], [_, inputs, outputs]: [usize; 3]) {
    let weights = Matrix::new(weights, [outputs, inputs], inputs);
    dx.par_chunks_mut(ROWS * inputs).zip(dy.par_chunks(ROWS * outputs)).for_each(|(dx, dy)| {
        let rows = dx.len() / inputs;
        let dy = Matrix::new(dy, [rows, outputs], outputs);
        MatrixMut::new(dx, [rows, inputs], inputs).multiply(dy, weights, true);
    });
}

/// Adds dyᵀ x to the gradient by the weights.
pub(super) fn weights<E: Real>(x: &[E], dy: &[E], dweights: &mut [E], [images, inputs, outputs]: [usize; 3]) {
    let x = Matrix::new(x, [images, inputs], inputs);
    dweights.par_chunks_mut(ROWS * inputs).enumerate().for_each(|(part, dweights)| {
        let rows = dweights.len() / inputs;
        let dy = Matrix::new(&dy[part * ROWS..], [images, rows], outputs).transposed();
        MatrixMut::new(dweights, [rows, inputs], inputs).multiply(dy, x, true);
    });
}
