//! The kernels for a card against those for the processor.

use super::Linear;
use crate::cuda::tests::{Case, agree};
use crate::operation::Operation;

/// The operation, for a rehearsal.
pub(in crate::ops) fn operation([images, inputs, outputs]: [usize; 3]) -> impl Operation<3> {
    Linear { images, inputs, outputs }
}

#[test]
#[ignore = "needs a C++ compiler"]
fn kernels_agree() {
    agree(&[(9, 33, 7), (1, 1, 1), (70, 5, 130)].map(|(images, inputs, outputs)| {
        let sizes = [images * inputs, outputs * inputs, outputs];
        Case::of(Linear { images, inputs, outputs }, sizes)
    }));
}
