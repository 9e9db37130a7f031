//! The share of units that are always on or always off (Section 6): the probability that the T pre-activations of a
//! unit all have the same sign.
//!
//! In an infinitely wide layer the pre-activations of one unit at T independent samples are jointly Gaussian with
//! zero mean, and every pair has the correlation c = K^{l-1}(c⁰). For c ≥ 0 such variables share one component:
//! u_t ∝ √c z + √(1-c) ξ_t with z and the ξ_t independent unit Gaussians. Given z all u_t are positive with
//! probability Φ(βz)^T, β = √(c/(1-c)), and by symmetry all are negative equally often:
//!
//! P = 2 ∫ φ(z) Φ(βz)^T dz.
//!
//! **Quadrature.** In t = βz the factor Φ(t)^T rises from 0 to 1 over a few units whatever c is, and the Gaussian
//! φ(t/β) only becomes wider for c → 1. Beyond t = 9.6 the factor is 1 to within 1e-21 T and the rest is the
//! Gaussian's own tail. Below t = -9.6 the integrand is less than (1e-21)^T, nothing beside P ≥ 2^{1-T}. The range
//! between is cut into panels no wider than either of the two scales, each with a Clenshaw-Curtis rule; all
//! contributions are positive, so small probabilities keep their relative accuracy.

use std::f64::consts::PI;

use crate::DomainError;
use crate::domain::require_samples;
use crate::gaussian::{cumulative, over_panels};

/// Φ(t) is 0 or 1 to within 4e-22 outside ±9.6.
const SATURATION: f64 = 9.6;
/// Gaussian range: φ(38) is about 1e-314, at the bottom of what a double can hold.
const GAUSSIAN_RANGE: f64 = 38.0;
/// Widest panel, in standard deviations of either scale.
const PANEL: f64 = 2.0;

// region: orthant
/// The probability that `samples` = T ≥ 1 pre-activations of one unit all have the same sign when their correlation
/// is 1 - `gap`, for a gap in [0, 1].
pub fn same_sign_probability(gap: f64, samples: usize) -> Result<f64, DomainError> {
    require_samples("the probability of one sign", 1, samples)?;
    if !(0.0..=1.0).contains(&gap) {
        return Err(DomainError::Gap(gap));
    }
    let beta = ((1.0 - gap) / gap).sqrt();
    if gap == 0.0 || beta == 0.0 {
        return Ok(if gap == 0.0 { 1.0 } else { (1.0 - samples as f64).exp2() });
    }
    let normalisation = beta * (2.0 * PI).sqrt();
    let density = |t: f64| (-0.5 * (t / beta).powi(2)).exp() / normalisation;
    let all_positive = |t: f64| density(t) * cumulative(t).powf(samples as f64);

    let end = SATURATION.min(GAUSSIAN_RANGE * beta);
    let panels = (2.0 * end / PANEL.min(PANEL * beta)).ceil() as usize;
    let always_positive = cumulative(-end / beta);
    Ok(2.0 * (over_panels(all_positive, -end, end, panels) + always_positive))
}
// endregion: orthant
