//! The fully connected layer: u = W x + b for every image.

mod cpu;
mod cuda;
#[cfg(test)]
pub(super) mod tests;

use crate::error::{NetworkError, agree, nonzero};
use crate::kernels::Kernels;
use crate::operation::Operation;
use crate::tape::{Input, apply};
use crate::tensors::{PerChannel, Rows, Weights};
use dfdx::dtypes::Dtype;
use dfdx::shapes::HasShape;
use dfdx::tensor::{SplitTape, Tape};

/// Multiplies every row by the weights (out × in) and adds a bias per output.
///
/// # Errors
/// Shapes that do not fit.
pub fn linear<E: Dtype, D: Kernels<E>, T: Tape<E, D>>(
    x: Rows<E, D, T>,
    weights: &Weights<E, D>,
    bias: Option<&PerChannel<E, D>>,
) -> Result<Rows<E, D, T>, NetworkError> {
    let (images, inputs) = *x.shape();
    let (outputs, weights_inputs) = *weights.shape();
    agree("the weights' inputs", inputs, weights_inputs)?;
    nonzero("the size of the rows", images * inputs)?;
    nonzero("outputs", outputs)?;
    if let Some(bias) = bias {
        agree("the number of biases", outputs, bias.shape().0)?;
    }
    let (x, tape) = x.split_tape();
    let arrays = [Some(Input::of(&x)?), Some(Input::of(weights)?), bias.map(Input::of).transpose()?];
    apply(Linear { images, inputs, outputs }, arrays, (images, outputs), tape)
}

/// y = x weightsᵀ + bias, of x (images × inputs), weights (outputs × inputs) and bias.
#[derive(Clone, Copy)]
struct Linear {
    images: usize,
    inputs: usize,
    outputs: usize,
}

impl Operation<3> for Linear {
    const READS: [bool; 3] = [true, true, false];
}
