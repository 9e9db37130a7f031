//! The kernels for a card against those for the processor.

use super::UpConvolution;
use crate::cuda::tests::{Case, agree};

#[test]
#[ignore = "needs a C++ compiler"]
fn kernels_agree() {
    agree(&[(2, 3, 70, [5, 4]), (1, 105, 2, [3, 9])].map(|(images, inputs, outputs, [height, width])| {
        let sizes = [images * inputs * height * width, inputs * outputs * 4, outputs];
        Case::of(UpConvolution { images, inputs, outputs, height, width }, sizes)
    }));
}
