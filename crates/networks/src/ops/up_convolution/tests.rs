//! The kernels for a card against those for the processor.

use super::UpConvolution;
use crate::cuda::tests::{Case, agree};
use crate::operation::Operation;
use crate::tensors::MapShape;

/// The operation, for a rehearsal.
pub(in crate::ops) fn operation(
    (images, inputs, height, width): MapShape,
    outputs: usize,
) -> impl Operation<3> {
    UpConvolution { images, inputs, outputs, height, width }
}

#[test]
#[ignore = "needs a C++ compiler"]
fn kernels_agree() {
    agree(&[(2, 3, 70, [5, 4]), (1, 105, 2, [3, 9])].map(|(images, inputs, outputs, [height, width])| {
        let sizes = [images * inputs * height * width, inputs * outputs * 4, outputs];
        Case::of(UpConvolution { images, inputs, outputs, height, width }, sizes)
    }));
}
