//! The kernels for a card against those for the processor.

use super::{Moments, Normalisation};
use crate::cuda::tests::{Case, EXTENTS, agree};

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
