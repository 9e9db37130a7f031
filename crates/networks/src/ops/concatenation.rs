//! The skip connections of the U-Net: maps stacked along channels.

mod cpu;
mod cuda;
#[cfg(test)]
pub(super) mod tests;

use crate::error::{NetworkError, agree};
use crate::kernels::Kernels;
use crate::operation::Operation;
use crate::tape::{Input, apply};
use crate::tensors::Maps;
use dfdx::dtypes::Dtype;
use dfdx::shapes::HasShape;
use dfdx::tensor::{SplitTape, Tape};

/// The channels of `x`, then those of `saved`, a tensor that branched off the same tape earlier (both get their gradient).
///
/// # Errors
/// Images, heights or widths that differ.
pub fn concatenate<E: Dtype, D: Kernels<E>, T: Tape<E, D>>(
    x: Maps<E, D, T>,
    saved: &Maps<E, D>,
) -> Result<Maps<E, D, T>, NetworkError> {
    let ((images, first, height, width), saved_shape) = (*x.shape(), *saved.shape());
    agree("the images of maps to concatenate", images, saved_shape.0)?;
    agree("the height of maps to concatenate", height, saved_shape.2)?;
    agree("the width of maps to concatenate", width, saved_shape.3)?;
    let channels = [first, saved_shape.1];
    let (x, tape) = x.split_tape();
    let inputs = [Some(Input::of(&x)?), Some(Input::of(saved)?)];
    let operation = Concatenation { images, channels, positions: height * width };
    apply(operation, inputs, (images, channels[0] + channels[1], height, width), tape)
}

/// For each image the channels of one input, then those of the other.
struct Concatenation {
    images: usize,
    channels: [usize; 2],
    positions: usize,
}

impl Operation<2> for Concatenation {}
