//! What Section 7 shows of its runs. No file of this folder is part of their keys.

pub mod claims;
pub mod figures;
pub mod tables;
