//! K by quadrature over one angle: the definition of Eq. 7 in polar coordinates.
//!
//! Put (z₁, z₂) = r (cos α, sin α) and c = cos θ. Then c z₁ + s z₂ = r cos(α - θ), and since the ReLU is homogeneous
//! the radius separates: with ∫ r³ exp(-r²/2) dr = 2,
//!
//! K(cos θ) = (2/2π) · 2 · ∫ f(cos α) f(cos(α - θ)) dα = (2/π) ∫ cos α cos(α - θ) dα,
//!
//! the last integral over the angles at which both ReLUs are active, α from θ - π/2 to π/2: an arc of length
//! φ = π - θ. Measured from its end, t = π/2 - α, the integrand is sin t · sin(φ - t), which vanishes at both ends
//! and cancels nowhere, so that the result keeps its *relative* accuracy for c → -1, where the arc shrinks to
//! nothing.

use std::f64::consts::FRAC_2_PI;

use quadrature::clenshaw_curtis::integrate;

/// Error at which the rule may stop, relative to the size of the integrand.
const TARGET: f64 = 1e-15;

// region: polar
/// K(c) of Eq. 7 by quadrature over the arc on which both ReLUs are active, for c in [-1, 1] (NaN outside).
pub fn by_polar_angle(c: f64) -> f64 {
    let arc = (-c).acos();
    let both_active = |share: f64| (arc * share).sin() * (arc * (1.0 - share)).sin();
    FRAC_2_PI * arc * integrate(both_active, 0.0, 1.0, TARGET * arc * arc).integral
}
// endregion: polar
