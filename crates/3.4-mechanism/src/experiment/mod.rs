//! What Section 3.4 computes. Every file of this folder is part of the keys of its runs.

pub mod laws;
pub mod matrices;
pub mod params;
pub mod relu;
pub mod runs;
pub mod steps;
pub mod vectors;

pub use runs::Mechanism;
