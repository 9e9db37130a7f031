//! How far from linear the ReLU acts on the samples (Section 6): the share of the variance over samples of f(u) that
//! the best affine map of u leaves, all units of an infinitely wide layer together.
//!
//! The pre-activations of one unit are u = M + v ξ with ξ a unit Gaussian over samples and M, the unit's mean, Gaussian
//! over units with variance m². Two samples of it have the correlation c = m²/(m² + v²) = K^{l-1}(c⁰) over units.
//!
//! **Variance.** <f(u)²> averaged over units is σ²/2, σ² = m² + v², and the squared sample mean of f(u) is
//! <f(u_a) f(u_b)> over two samples, (σ²/2) K(c). So the variance of f(u) is (σ²/2) (1 - K(c)).
//!
//! **The affine part.** The best slope is Cov(u, f(u))/v² = <f'(u)> = Φ(M/v), by Stein's lemma, and explains the variance
//! v² Φ(M/v)². Φ(M/v)² is the probability that two samples of the unit are both positive; over units that is
//! K'(c)/2. With v² = σ² ε, ε = 1 - c,
//!
//! share = 1 - ε K'(1 - ε) / (1 - K(1 - ε)):
//!
//! what the chord of the map from c to 1 has more than its tangent at c. It is (π/2 - 1)/(π - 1) = 0.2665 for c = 0, units
//! without sample mean, whose kink lies in the middle of the samples; and θ/(3π) for small ε = 1 - cos θ, which is
//! 1/l in deep layers, where ε ~ 9π²/(2l²).

use std::f64::consts::PI;

use crate::cosine_map::{decrement, next_gap};

// region: nearly-linear
/// The share of the variance over samples of f(u), summed over units, that the best affine map of u in each unit leaves, for
/// units whose samples have the correlation 1 - `gap` with `gap` in (0, 1]; NaN outside.
///
/// With ε = 1 - cos θ and K'(cos θ) = 1 - θ/π the numerator is 1 - K - ε K' = ε θ/π - κ(θ), where nothing cancels.
pub fn residual_share(gap: f64) -> f64 {
    let angle = 2.0 * (0.5 * gap).sqrt().asin();
    (gap * angle / PI - decrement(gap)) / next_gap(gap)
}
// endregion: nearly-linear
