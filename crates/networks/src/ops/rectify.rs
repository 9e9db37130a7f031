//! The rectified linear unit.

use super::tape::{record, record_in_place};
use crate::failure::Failure;
use crate::kernels::Kernels;
use dfdx::dtypes::Dtype;
use dfdx::shapes::Shape;
use dfdx::tensor::{PutTape, SplitTape, Tape, Tensor};

/// max(0, x), element by element; the derivative at 0 is 0.
pub fn rectify<S: Shape, E: Dtype, D: Kernels<E>, T: Tape<E, D>>(
    x: Tensor<S, E, D, T>,
) -> Result<Tensor<S, E, D, T>, Failure> {
    let (mut x, mut tape) = x.split_tape();
    let device = x.device().clone();
    if device.rectify_in_place(&mut x).map_err(Failure::device)? {
        let y = x;
        // Whoever used x did so before this, and adds to its gradient after it.
        let kept = y.clone();
        record_in_place(&mut tape, &y, move |device, gradient| {
            device.rectify_backward_in_place(&kept, gradient)
        });
        return Ok(y.put_tape(tape));
    }
    let y = device.rectify(&x).map_err(Failure::device)?;
    // The sign of the output is that of the input: the pre-activations need not stay alive.
    let kept = y.clone();
    record(&mut tape, &x, &y, move |device, dy, dx| device.rectify_backward(&kept, dy, dx))?;
    Ok(y.put_tape(tape))
}
