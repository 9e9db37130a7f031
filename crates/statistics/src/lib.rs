//! Estimates from independent replicates, and what is known of their errors.
//!
//! The replicate is the network (or matrix, or draw) throughout the project: a network's units, layers and samples are
//! anything but independent of each other, so the scatter of points along one curve says nothing about the error of a
//! quantity fitted to it. Networks are independent, and leaving out each of them in turn gives the error of any smooth
//! function of their average. All sums are in double precision and in the order of the replicates.

mod estimate;
mod jackknife;
mod line;
mod moments;
mod summary;

pub use estimate::Estimate;
pub use jackknife::{jackknife, log_mean_variance, pseudo_values};
pub use line::{Line, least_squares_slope};
pub use moments::{MomentSums, Moments, ratio, unbiased_squared_mean, unbiased_variance};
pub use summary::{Summary, mean};
