//! The unit Gaussian.

use std::f64::consts::SQRT_2;

use libm::erfc;

/// Φ, its cumulative distribution function.
pub(crate) fn cumulative(t: f64) -> f64 {
    0.5 * erfc(-t / SQRT_2)
}
