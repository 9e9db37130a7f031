//! Convolutional networks on the tensors of dfdx: the operations that dfdx lacks on stable Rust, with kernels for the
//! processor and for NVIDIA cards, and the networks that the paper builds from them.

mod cpu;
pub mod cuda;
mod error;
pub mod initialise;
pub mod kernels;
pub mod models;
pub mod observe;
pub mod operation;
pub mod ops;
pub mod optimise;
mod tape;
pub mod tensors;

pub use error::NetworkError;
pub use kernels::Kernels;
pub use tensors::{Kernel, Maps, PerChannel, Rows};
