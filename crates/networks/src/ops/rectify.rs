//! The rectified linear unit.

use super::tape::record;
use crate::failure::Failure;
use crate::kernels::Kernels;
use dfdx::dtypes::Dtype;
use dfdx::shapes::Shape;
use dfdx::tensor::{PutTape, SplitTape, Tape, Tensor};

/// max(0, x), element by element; the derivative at 0 is 0.
pub fn rectify<S: Shape, E: Dtype, D: Kernels<E>, T: Tape<E, D>>(
    x: Tensor<S, E, D, T>,
) -> Result<Tensor<S, E, D, T>, Failure> {
    let (x, mut tape) = x.split_tape();
    let y = x.device().rectify(&x).map_err(Failure::device)?;
    // The sign of the output is that of the input: the pre-activations need not stay alive.
    let kept = y.clone();
    record(&mut tape, &x, &y, move |device, dy, dx| device.rectify_backward(&kept, dy, dx))?;
    Ok(y.put_tape(tape))
}
