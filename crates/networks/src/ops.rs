//! Differentiable operations, each a folder: the function that checks shapes, the kernels for the processor and for a card,
//! and tests of the one against the other. A further operation is a folder of the same files, named here, with its source
//! named in `cuda/source.rs`.

mod affine;
mod batch_norm;
mod concatenation;
mod convolution;
mod cross_entropy;
mod linear;
mod pooling;
mod relu;
#[cfg(test)]
pub(crate) mod tests;
mod up_convolution;

pub use affine::affine;
pub use batch_norm::{batch_norm, channel_statistics};
pub use concatenation::concatenate;
pub use convolution::{Convolution, Padding, Window, convolve, convolve_images};
pub use cross_entropy::{cross_entropy, cross_entropy_per_pixel};
pub use linear::linear;
pub use pooling::{average, max_pool, one_position, subsample};
pub use relu::relu;
pub use up_convolution::up_convolve;
