//! The share of units whose sample mean is large against their sample standard deviation (Section 1).
//!
//! In an infinitely wide layer the pre-activations of one unit at independent samples are M + v ξ_t: its mean M over
//! all samples is Gaussian over units with variance m², the ξ_t are independent unit Gaussians, and v is the same for
//! all units. Hence |M| exceeds k v with probability 2Φ(-k v/m), and M is positive as often as negative.
//!
//! **T samples.** Of the mean ū and the deviation s over T samples (s² divided by T - 1), ū is Gaussian with variance
//! m² + v²/T, (T - 1) s²/v² is a χ² with T - 1 degrees of freedom, and the two are independent. So ū/s is Student's t
//! with T - 1 degrees of freedom, times √(m² + v²/T)/v, and
//!
//! P(|ū| > k s) = P(|t_{T-1}| > a), a = k v/√(m² + v²/T),
//!
//! exactly; for T → ∞ it is 2Φ(-k v/m) again.
//!
//! **Quadrature.** With t = √ν tan θ the density of t_ν is proportional to cos^{ν-1} θ on (-π/2, π/2), so that the
//! probability is a ratio of two integrals, and no Gamma function is needed.

use std::f64::consts::FRAC_PI_2;

use crate::domain::require_samples;
use crate::gaussian::{cumulative, over_panels};
use crate::{DomainError, SampleMoments};

/// Panels between 0 and where the density of Student's t has vanished.
const PANELS: usize = 32;
/// It has, to 1e-300, at this many standard deviations of θ, which are 1/√ν.
const REACH: f64 = 40.0;

// region: large-mean
/// 2Φ(-k v/m): the share of units whose mean over all samples exceeds `deviations` = k > 0 standard deviations in size.
pub fn large_mean_share(moments: SampleMoments, deviations: f64) -> f64 {
    2.0 * cumulative(-deviations / moments.ratio())
}

/// P(|t_{T-1}| > k v/√(m² + v²/T)): the same for mean and standard deviation over `samples` = T ≥ 2 samples.
///
/// # Errors
/// Fewer than two samples.
pub fn large_mean_share_of(
    moments: SampleMoments,
    deviations: f64,
    samples: usize,
) -> Result<f64, DomainError> {
    require_samples("the share of large sample means", 2, samples)?;
    let ratio = (moments.squared_mean / moments.variance + 1.0 / samples as f64).sqrt();
    Ok(outside(deviations / ratio, samples as f64 - 1.0))
}
// endregion: large-mean

/// P(|t_ν| > a) of Student's t with ν ≥ 1 degrees of freedom.
fn outside(a: f64, freedom: f64) -> f64 {
    let density = |angle: f64| angle.cos().powf(freedom - 1.0);
    let end = FRAC_PI_2.min(REACH / freedom.sqrt());
    let from = (a / freedom.sqrt()).atan().min(end);
    over_panels(density, from, end, PANELS) / over_panels(density, 0.0, end, PANELS)
}
