//! The kernels for a card against those for the processor.

use super::Relu;
use crate::cuda::tests::{Case, agree};
use crate::operation::Operation;

/// The operation, for a rehearsal.
pub(in crate::ops) fn operation(count: usize) -> impl Operation<1> {
    Relu { count }
}

#[test]
#[ignore = "needs a C++ compiler"]
fn kernels_agree() {
    agree(&[2, 3 * 5 * 23 * 29].map(|count| Case::of(Relu { count }, [count])));
}
