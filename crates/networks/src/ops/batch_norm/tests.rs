//! The kernels for a card against those for the processor.

use super::{Moments, Normalisation};
use crate::cuda::tests::{Case, EXTENTS, agree};
use crate::operation::Operation;

/// The operations, for a rehearsal.
pub(in crate::ops) fn moments(extents: [usize; 3]) -> impl Operation<1> {
    Moments { extents }
}

pub(in crate::ops) fn normalisation(extents: [usize; 3]) -> impl Operation<2> {
    Normalisation { extents, epsilon: 1e-5 }
}

#[test]
#[ignore = "needs a C++ compiler"]
fn kernels_agree() {
    for extents in EXTENTS {
        let (count, channels) = (extents.iter().product(), extents[1]);
        agree(&[Case::of(Moments { extents }, [count])]);
        let case = Case::of(Normalisation { extents, epsilon: 1e-5 }, [count, 2 * channels]);
        agree(&[case.nonnegative(1)]);
    }
}
