//! CUDA kernels without a card: their source goes through NVIDIA's own compilers, which run on any processor, and what
//! those say of every kernel is held against what the program launches and against a card's limits. Tests of the crates
//! that have kernels use it; what it cannot tell is whether a kernel computes the right thing.

mod compilers;
mod error;
mod kernel;
mod launch;

pub use compilers::Compilers;
pub use error::CompilerError;
pub use kernel::{Kernel, kernels};
pub use launch::{Launch, faults};
