//! What Section 2 computes. Every file of this folder is part of the keys of its runs.

pub mod groups;
pub mod params;
pub mod runs;

pub use runs::Background;
