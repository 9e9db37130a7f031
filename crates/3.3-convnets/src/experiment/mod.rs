//! What Section 3.3 computes. Every file of this folder is part of the keys of its runs.

pub mod architecture;
pub mod params;
pub mod runs;

pub use runs::ConvNets;
