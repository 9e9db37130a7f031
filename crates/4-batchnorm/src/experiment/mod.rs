//! What Section 4 computes. Every file of this folder is part of the keys of its runs.

pub mod fresh_samples;
pub mod params;
pub mod runs;

pub use runs::BatchNorm;
