//! What Section 7 computes. Every file of this folder is part of the keys of its runs.

pub mod map;
pub mod observed;
pub mod params;
pub mod runs;

pub use runs::BeyondThePaper;
