//! What Section 6 computes. Every file of this folder is part of the keys of its runs.

pub mod params;
pub mod runs;
pub mod units;

pub use runs::Discussion;
