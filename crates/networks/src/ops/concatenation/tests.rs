//! The kernels for a card against those for the processor.

use super::Concatenation;
use crate::cuda::tests::{Case, agree};
use crate::operation::Operation;

/// The operation, for a rehearsal.
pub(in crate::ops) fn operation(images: usize, channels: [usize; 2], positions: usize) -> impl Operation<2> {
    Concatenation { images, channels, positions }
}

#[test]
#[ignore = "needs a C++ compiler"]
fn kernels_agree() {
    agree(&[(2, [3, 4], 35), (3, [1, 5], 1)].map(|(images, channels, positions)| {
        let sizes = channels.map(|channels| images * channels * positions);
        Case::of(Concatenation { images, channels, positions }, sizes)
    }));
}
