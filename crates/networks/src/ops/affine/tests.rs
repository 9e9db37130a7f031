//! The kernels for a card against those for the processor.

use super::Affine;
use crate::cuda::tests::{Case, EXTENTS, agree};
use crate::operation::Operation;

/// The operation, for a rehearsal.
pub(in crate::ops) fn operation(extents: [usize; 3]) -> impl Operation<3> {
    Affine { extents }
}

#[test]
#[ignore = "needs a C++ compiler"]
fn kernels_agree() {
    agree(&EXTENTS.map(|extents| {
        let count = extents.iter().product();
        Case::of(Affine { extents }, [count, extents[1], extents[1]])
    }));
}
