//! The kernels for a card against those for the processor.

use super::Concatenation;
use crate::cuda::tests::{Case, agree};

#[test]
#[ignore = "needs a C++ compiler"]
fn kernels_agree() {
    agree(&[(2, [3, 4], 35), (3, [1, 5], 1)].map(|(images, channels, positions)| {
        let sizes = channels.map(|channels| images * channels * positions);
        Case::of(Concatenation { images, channels, positions }, sizes)
    }));
}
