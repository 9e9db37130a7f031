//! The unit Gaussian, and integrals over panels that are narrow beside it.

use std::f64::consts::SQRT_2;

use libm::erfc;
use quadrature::clenshaw_curtis::integrate;

/// Φ, its cumulative distribution function.
pub(crate) fn cumulative(t: f64) -> f64 {
    0.5 * erfc(-t / SQRT_2)
}

/// ∫ f from `low` to `high`, a Clenshaw-Curtis rule on each of so many panels.
pub(crate) fn over_panels(f: impl Fn(f64) -> f64, low: f64, high: f64, panels: usize) -> f64 {
    let width = (high - low) / panels as f64;
    let panel = |i: usize| low + width * i as f64;
    (0..panels).map(|i| integrate(&f, panel(i), panel(i + 1), 0.0).integral).sum()
}
