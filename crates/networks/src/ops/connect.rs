//! The fully connected layer: u = W x + b for every image.

use super::tape::{Weighted, record_weighted};
use crate::failure::{Failure, agree, nonzero};
use crate::kernels::{Kernels, PerChannel, Rows, Weights};
use dfdx::dtypes::Dtype;
use dfdx::shapes::HasShape;
use dfdx::tensor::{PutTape, SplitTape, Tape};

/// Multiplies every row by the weights (out × in) and adds a bias per output. Fails where shapes do not fit.
pub fn connect<E: Dtype, D: Kernels<E>, T: Tape<E, D>>(
    x: Rows<E, D, T>,
    weights: &Weights<E, D>,
    bias: Option<&PerChannel<E, D>>,
) -> Result<Rows<E, D, T>, Failure> {
    let (images, inputs) = *x.shape();
    let (outputs, weights_inputs) = *weights.shape();
    agree("the weights' inputs", inputs, weights_inputs)?;
    nonzero("the size of the rows", images * inputs)?;
    nonzero("outputs", outputs)?;
    if let Some(bias) = bias {
        agree("the number of biases", outputs, bias.shape().0)?;
    }
    let (x, mut tape) = x.split_tape();
    let y = x.device().connect(&x, weights, bias).map_err(Failure::device)?;
    let layer = Weighted { x, weights: weights.clone(), bias: bias.cloned(), input: true };
    record_weighted(&mut tape, layer, &y, move |device, x, weights, dy, gradients| {
        device.connect_backward(x, weights, dy, gradients)
    })?;
    Ok(y.put_tape(tape))
}
