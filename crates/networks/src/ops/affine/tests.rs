//! The kernels for a card against those for the processor.

use super::Affine;
use crate::cuda::tests::{Case, EXTENTS, agree};

#[test]
#[ignore = "needs a C++ compiler"]
fn kernels_agree() {
    agree(&EXTENTS.map(|extents| {
        let count = extents.iter().product();
        Case::of(Affine { extents }, [count, extents[1], extents[1]])
    }));
}
