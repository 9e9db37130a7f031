//! What follows the normalisation of a channel in a network that is trained: a gain and a shift that are learned.

use super::tape::{Weighted, record_weighted};
use crate::failure::{Failure, agree};
use crate::kernels::{Channels, Kernels, PerChannel, extents};
use dfdx::dtypes::Dtype;
use dfdx::shapes::HasShape;
use dfdx::tensor::{PutTape, SplitTape, Tape, Tensor};

/// gain x + shift in each channel. Fails where there is not one of each per channel.
pub fn stretch<S: Channels, E: Dtype, D: Kernels<E>, T: Tape<E, D>>(
    x: Tensor<S, E, D, T>,
    gain: &PerChannel<E, D>,
    shift: &PerChannel<E, D>,
) -> Result<Tensor<S, E, D, T>, Failure> {
    let (x, mut tape) = x.split_tape();
    let [_, channels, _] = extents(&x);
    agree("the number of gains", channels, gain.shape().0)?;
    agree("the number of shifts", channels, shift.shape().0)?;
    let y = x.device().stretch(&x, gain, shift).map_err(Failure::device)?;
    let layer = Weighted { x, weights: gain.clone(), bias: Some(shift.clone()), input: true };
    record_weighted(&mut tape, layer, &y, |device, x, gain, dy, gradients| {
        device.stretch_backward(x, gain, dy, gradients)
    })?;
    Ok(y.put_tape(tape))
}
