//! The loss of a classifier: the mean of -ln p(label), with p the softmax over channels.

mod cpu;
mod cuda;
#[cfg(test)]
pub(super) mod tests;

use crate::error::{NetworkError, agree, nonzero};
use crate::kernels::Kernels;
use crate::operation::Operation;
use crate::tape::{Input, apply};
use crate::tensors::{Channels, Loss, Maps, Rows, extents};
use dfdx::dtypes::Dtype;
use dfdx::tensor::{SplitTape, Tape, Tensor};

/// Cross entropy of one prediction per image: `labels` has one class per row, `rows` one column per class.
///
/// # Errors
/// No class, no label, or labels that do not fit.
pub fn cross_entropy<E: Dtype, D: Kernels<E>, T: Tape<E, D>>(
    rows: Rows<E, D, T>,
    labels: &[usize],
) -> Result<Loss<E, D, T>, NetworkError> {
    loss(rows, labels)
}

/// Cross entropy of one prediction per pixel: `maps` has one channel per class, `labels` one class per pixel, image by
/// image and row by row.
///
/// # Errors
/// No class, no label, or labels that do not fit.
pub fn cross_entropy_per_pixel<E: Dtype, D: Kernels<E>, T: Tape<E, D>>(
    maps: Maps<E, D, T>,
    labels: &[usize],
) -> Result<Loss<E, D, T>, NetworkError> {
    loss(maps, labels)
}

fn loss<S: Channels, E: Dtype, D: Kernels<E>, T: Tape<E, D>>(
    x: Tensor<S, E, D, T>,
    labels: &[usize],
) -> Result<Loss<E, D, T>, NetworkError> {
    let extents = extents(&x);
    let [images, classes, positions] = extents;
    agree("the number of labels", images * positions, labels.len())?;
    nonzero("the number of labels", labels.len())?;
    nonzero("the number of classes", classes)?;
    if let Some(position) = labels.iter().position(|label| *label >= classes) {
        return Err(NetworkError::NoSuchClass { label: labels[position], position, last: classes - 1 });
    }
    let (x, tape) = x.split_tape();
    apply(CrossEntropy { extents, labels: labels.to_vec() }, [Some(Input::of(&x)?)], (), tape)
}

/// Mean over images and positions of -ln of the softmax over channels, at the labelled channel. Labels count image by
/// image, position by position.
struct CrossEntropy {
    extents: [usize; 3],
    labels: Vec<usize>,
}

impl Operation<1> for CrossEntropy {
    const READS: [bool; 1] = [true];
}
