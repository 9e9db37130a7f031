//! Averages over independent replicates, and what is known of their errors.
//!
//! The replicate is the network (or matrix, or draw) throughout the project: a network's units, layers and samples are
//! anything but independent of each other, so the scatter of points along one curve says nothing about the error of a
//! quantity fitted to it. Networks are independent, and leaving out each of them in turn gives the error of any smooth
//! function of their average.

mod jackknife;
mod value;

pub use jackknife::{jackknife, pseudo_values};
pub use value::{Value, mean};
