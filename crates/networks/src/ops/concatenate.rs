//! The skip connections of the U-Net: maps stacked along channels.

use super::tape::record;
use crate::failure::{Failure, agree};
use crate::kernels::{Kernels, Maps, extents};
use dfdx::dtypes::Dtype;
use dfdx::shapes::HasShape;
use dfdx::tensor::{PutTape, SplitTape, Tape};

/// The channels of `x`, then those of `saved`, a tensor that branched off the same tape earlier (both get their gradient).
pub fn concatenate<E: Dtype, D: Kernels<E>, T: Tape<E, D>>(
    x: Maps<E, D, T>,
    saved: &Maps<E, D>,
) -> Result<Maps<E, D, T>, Failure> {
    let ((images, _, height, width), saved_shape) = (*x.shape(), *saved.shape());
    agree("the images of maps to concatenate", images, saved_shape.0)?;
    agree("the height of maps to concatenate", height, saved_shape.2)?;
    agree("the width of maps to concatenate", width, saved_shape.3)?;
    let (x, mut tape) = x.split_tape();
    let z = x.device().concatenate(&x, saved).map_err(Failure::device)?;
    let (first, second) = (extents(&x), extents(saved));
    let all = first[1] + second[1];
    record(&mut tape, &x, &z, move |device, dz, dx| device.concatenate_backward(dz, all, 0, first, dx))?;
    record(&mut tape, saved, &z, move |device, dz, dsaved| {
        device.concatenate_backward(dz, all, first[1], second, dsaved)
    })?;
    Ok(z.put_tape(tape))
}
