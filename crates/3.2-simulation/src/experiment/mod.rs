//! What Section 3.2 computes. Every file of this folder is part of the keys of its runs.

pub mod params;
pub mod runs;

pub use runs::Simulation;
