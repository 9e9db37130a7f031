//! The dense linear algebra of the exact engine: products of blocks of units, Gram matrices, and the factor of a
//! semidefinite matrix. Blocks lie in memory as [`layout`](crate::layout) says.

#[cfg(target_arch = "x86_64")]
mod avx2;
mod factor;
mod gram;
mod product;

pub(crate) use factor::Factor;
pub(crate) use gram::{Gram, Square};
pub(crate) use product::{RightFactor, add_transposed_times, weights_times, weights_transposed_times};
