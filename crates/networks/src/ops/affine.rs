//! What follows the normalisation of a channel in a network that is trained: a gain and a shift that are learned.

mod cpu;
mod cuda;
#[cfg(test)]
pub(super) mod tests;

use crate::error::{NetworkError, agree};
use crate::kernels::Kernels;
use crate::operation::Operation;
use crate::tape::{Input, apply};
use crate::tensors::{Channels, PerChannel, extents};
use dfdx::dtypes::Dtype;
use dfdx::shapes::HasShape;
use dfdx::tensor::{SplitTape, Tape, Tensor};

/// gain x + shift in each channel.
///
/// # Errors
/// There is not one of each per channel.
pub fn affine<S: Channels, E: Dtype, D: Kernels<E>, T: Tape<E, D>>(
    x: Tensor<S, E, D, T>,
    gain: &PerChannel<E, D>,
    shift: &PerChannel<E, D>,
) -> Result<Tensor<S, E, D, T>, NetworkError> {
    let (extents, shape) = (extents(&x), *x.shape());
    agree("the number of gains", extents[1], gain.shape().0)?;
    agree("the number of shifts", extents[1], shift.shape().0)?;
    let (x, tape) = x.split_tape();
    let inputs = [Some(Input::of(&x)?), Some(Input::of(gain)?), Some(Input::of(shift)?)];
    apply(Affine { extents }, inputs, shape, tape)
}

/// gain x + shift in each channel, of x (images × channels × positions), gain and shift.
struct Affine {
    extents: [usize; 3],
}

impl Operation<3> for Affine {
    const READS: [bool; 3] = [true, true, false];
}
