//! The loss of a classifier: the mean of -ln p(label), with p the softmax over channels.

use super::tape::record;
use crate::failure::{Failure, agree, nonzero};
use crate::kernels::{Channels, Kernels, Loss, Maps, Rows, extents};
use dfdx::dtypes::Dtype;
use dfdx::tensor::{PutTape, SplitTape, Tape, Tensor};

/// Cross entropy of one prediction per image: `labels` has one class per row, `rows` one column per class.
pub fn cross_entropy<E: Dtype, D: Kernels<E>, T: Tape<E, D>>(
    rows: Rows<E, D, T>,
    labels: &[usize],
) -> Result<Loss<E, D, T>, Failure> {
    differentiable(rows, labels)
}

/// Cross entropy of one prediction per pixel: `maps` has one channel per class, `labels` one class per pixel, image by
/// image and row by row.
pub fn cross_entropy_per_pixel<E: Dtype, D: Kernels<E>, T: Tape<E, D>>(
    maps: Maps<E, D, T>,
    labels: &[usize],
) -> Result<Loss<E, D, T>, Failure> {
    differentiable(maps, labels)
}

fn differentiable<S: Channels, E: Dtype, D: Kernels<E>, T: Tape<E, D>>(
    x: Tensor<S, E, D, T>,
    labels: &[usize],
) -> Result<Loss<E, D, T>, Failure> {
    let (x, mut tape) = x.split_tape();
    let [images, classes, positions] = extents(&x);
    agree("the number of labels", images * positions, labels.len())?;
    nonzero("the number of labels", labels.len())?;
    nonzero("the number of classes", classes)?;
    if let Some(position) = labels.iter().position(|label| *label >= classes) {
        return Err(Failure::NoSuchClass { label: labels[position], position, last: classes - 1 });
    }
    let loss = x.device().cross_entropy(&x, labels).map_err(Failure::device)?;
    let (kept, labels) = (x.clone(), labels.to_vec());
    record(&mut tape, &x, &loss, move |device, dy, dx| {
        device.cross_entropy_backward(&kept, &labels, dy, dx)
    })?;
    Ok(loss.put_tape(tape))
}
