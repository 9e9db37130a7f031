//! What averages over T samples show of the infinite-width prediction: the expectation behind Eq. 9, whose estimator
//! is biased when T is finite.
//!
//! Let m² and v² be the squared mean and the variance over *all* samples. Then <u_a u_b>_w = m² for two different
//! samples and m² + v² for one sample with itself. Over T independent samples, with ū = (1/T) Σ_a u_a,
//!
//! <ū²>_w = (1/T²) (T (T-1) m² + T (m² + v²)) = m² + v²/T,
//!
//! <(1/T) Σ_a u_a² - ū²>_w = m² + v² - m² - v²/T = v² (1 - 1/T).
//!
//! The sum of both is the total variance whatever T is; the mean gains what the variance loses. In an infinitely wide
//! layer the averages over units in Eq. 9 tend to these expectations, so
//!
//! r^l = √((m² + v²/T) / (v² (1 - 1/T))) = √((c + (1-c)/T) / ((1-c) (1-1/T))), c = K^{l-1}(c⁰).
//!
//! In the first layer with c⁰ = 0 that is √(1/(T-1)): 0.1005 for the paper's T = 100 and not 0. For T → ∞ it falls to
//! m/v, so the curve for T samples lies above the one for all samples: the two must not be mixed when "upper bound"
//! is tested.

use crate::domain::require_samples;
use crate::{DomainError, SampleMoments};

// region: finite-samples
/// The expected squared sample mean and (biased: divided by T) sample variance over `samples` = T ≥ 1 independent
/// samples, from those over all samples. `ratio()` of the result is the prediction for r^l of Eq. 9; infinite for a
/// single sample.
pub fn over_samples(moments: SampleMoments, samples: usize) -> Result<SampleMoments, DomainError> {
    require_samples("an average over samples", 1, samples)?;
    let lost = moments.variance / samples as f64;
    Ok(SampleMoments {
        squared_mean: moments.squared_mean + lost,
        variance: moments.variance - lost,
        ..moments
    })
}
// endregion: finite-samples
