//! Batch normalisation without gain and shift: each channel is centred and divided by its standard deviation (Eq. 12).

mod cpu;
mod cuda;
#[cfg(test)]
pub(super) mod tests;

use crate::error::{NetworkError, nonzero};
use crate::kernels::Kernels;
use crate::operation::Operation;
use crate::tape::{Input, apply};
use crate::tensors::{Channels, Weights, extents};
use dfdx::dtypes::Dtype;
use dfdx::shapes::HasShape;
use dfdx::tensor::{NoneTape, SplitTape, Tape, Tensor};

/// The means of all channels over images and positions, and in a second row their variances (divided by the count). Both
/// are accumulated in f64.
///
/// # Errors
/// No images or positions.
pub fn channel_statistics<S: Channels, E: Dtype, D: Kernels<E>>(
    x: &Tensor<S, E, D>,
) -> Result<Weights<E, D>, NetworkError> {
    let extents = extents(x);
    let [images, channels, positions] = extents;
    nonzero("images × positions", images * positions)?;
    apply(Moments { extents }, [Some(Input::constant(x)?)], (2, channels), NoneTape)
}

/// (x - mean) / √(variance + ε) in each channel, with the mean and the variance of the minibatch itself, over images and
/// positions; they are differentiated too.
///
/// # Errors
/// No images or positions.
pub fn batch_norm<S: Channels, E: Dtype, D: Kernels<E>, T: Tape<E, D>>(
    x: Tensor<S, E, D, T>,
    epsilon: f64,
) -> Result<Tensor<S, E, D, T>, NetworkError> {
    let (extents, shape) = (extents(&x), *x.shape());
    let (x, tape) = x.split_tape();
    let statistics = channel_statistics(&x)?;
    let inputs = [Some(Input::of(&x)?), Some(Input::constant(&statistics)?)];
    apply(Normalisation { extents, epsilon }, inputs, shape, tape)
}

/// Mean and variance of each channel of images × channels × positions.
struct Moments {
    extents: [usize; 3],
}

/// (x - mean) / √(variance + ε) in each channel, of x and its [`Moments`].
struct Normalisation {
    extents: [usize; 3],
    epsilon: f64,
}

impl Operation<1> for Moments {}

impl Operation<2> for Normalisation {
    const READS: [bool; 2] = [false, true];
    const READS_OUTPUT: bool = true;
}
