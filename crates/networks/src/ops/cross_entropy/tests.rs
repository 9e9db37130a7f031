//! The kernels for a card against those for the processor.

use super::CrossEntropy;
use crate::cuda::tests::{Case, EXTENTS, agree};
use crate::operation::Operation;

/// The operation, for a rehearsal.
pub(in crate::ops) fn operation(extents: [usize; 3]) -> impl Operation<1> {
    CrossEntropy { extents, labels: vec![0; extents[0] * extents[2]] }
}

#[test]
#[ignore = "needs a C++ compiler"]
fn kernels_agree() {
    agree(&EXTENTS.map(|extents| {
        let [images, classes, positions] = extents;
        let labels = (0..images * positions).map(|i| i * i % classes).collect();
        Case::of(CrossEntropy { extents, labels }, [images * classes * positions])
    }));
}
