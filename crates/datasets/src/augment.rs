//! The paper's augmentation (§5.2): every image of a minibatch is changed at random, anew in every iteration.
//!
//! What happens to an image is a function of the augmentation's seed, the iteration and the image's index: it does not
//! depend on threads, on the rest of the minibatch, or on where a run was interrupted.

mod crop;
mod deformation;
mod displacement;
mod symmetry;

pub use crop::PadAndCrop;
pub use deformation::Deformation;
pub(crate) use displacement::Displacement;
pub use displacement::Warp;
use symmetry::Symmetry;
