//! The processor: how it runs operations, and what their kernels for it share.

pub(crate) mod allocator;
mod device;
mod memory;
pub(crate) mod product;
mod real;
pub(crate) mod rows;
pub(crate) mod scratch;
pub(crate) mod sums;
pub(crate) mod vector;

pub use real::Real;
