//! Convolutional networks on the tensors of dfdx: the operations that dfdx lacks on stable Rust, with kernels for the
//! processor and for NVIDIA cards, and the networks that the paper builds from them.

mod cpu;
#[cfg(any(feature = "cuda", test))]
pub mod cuda;
mod failure;
pub mod initialise;
pub mod kernels;
pub mod models;
pub mod observe;
pub mod ops;
pub mod optimise;

pub use failure::Failure;
pub use kernels::{Kernel, Kernels, Maps, PerChannel, Rows, Slot};
