//! The kernels for a card against those for the processor.

use super::{Average, MaxPool, OnePosition, Subsample};
use crate::cuda::tests::{Case, agree};
use crate::operation::Operation;
use crate::tensors::MapShape;

/// The operations, for a rehearsal.
pub(in crate::ops) fn max_pool(maps: MapShape) -> impl Operation<1> {
    MaxPool { maps }
}

pub(in crate::ops) fn subsample(maps: MapShape) -> impl Operation<1> {
    Subsample { maps }
}

pub(in crate::ops) fn average(maps: MapShape) -> impl Operation<1> {
    Average { maps }
}

pub(in crate::ops) fn one_position(maps: MapShape) -> impl Operation<1> {
    OnePosition { maps }
}

#[test]
#[ignore = "needs a C++ compiler"]
fn windows_agree() {
    let maps = (2, 3, 6, 34);
    agree(&[Case::of(MaxPool { maps }, [2 * 3 * 6 * 34]), Case::of(MaxPool { maps: (1, 1, 2, 2) }, [4])]);
    agree(&[Case::of(Subsample { maps }, [2 * 3 * 6 * 34])]);
}

#[test]
#[ignore = "needs a C++ compiler"]
fn readouts_agree() {
    for (maps, count) in [((3, 5, 23, 29), 3 * 5 * 23 * 29), ((2, 1, 1, 1), 2)] {
        agree(&[Case::of(Average { maps }, [count])]);
        agree(&[Case::of(OnePosition { maps }, [count])]);
    }
}
