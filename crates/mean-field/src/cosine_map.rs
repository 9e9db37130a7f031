//! The cosine map K of Eq. 7: from the cosine similarity c of two samples' activations in one layer to that in the
//! next, in an infinitely wide ReLU network. It is the arc-cosine kernel of degree 1, K(c) = (√(1-c²) + c (π - arccos
//! c))/π.
//!
//! **Without cancellation.** Write c = cos θ and κ(θ) = (sin θ - θ cos θ)/π, a function that is positive and
//! increasing on (0, π] because κ'(θ) = θ sin θ / π. Sorting the closed form gives
//!
//! - K(cos θ) = cos θ + κ(θ), two terms of one sign for c ≥ 0;
//! - K(cos θ) = κ(π - θ), one term, used for c < 0, where the closed form subtracts nearly equal numbers.
//!
//! So K(c) - c = κ(θ) > 0 for every c in [-1, 1): the map lies above the diagonal, which is the proof that Section
//! 3.1.1 leaves to the reader. What remains is κ itself near 0, where sin θ and θ cos θ agree to order θ³: there
//! [`excess`] sums its Taylor series. For the gap ε = 1 - c the map is ε ↦ ε - κ(2 arcsin √(ε/2)), accurate to a few
//! units in the last place however small ε is ([`next_gap`]).

use std::f64::consts::{FRAC_PI_2, PI};

// region: closed-form
/// K(c) of Eq. 7 in closed form, as a text book writes it.
///
/// Loses all digits for c → -1, and when it is iterated towards c = 1: see [`value`] and [`next_gap`] for the forms
/// that do not. NaN outside [-1, 1].
pub fn closed_form(c: f64) -> f64 {
    ((1.0 - c * c).sqrt() + c * (PI - c.acos())) / PI
}
// endregion: closed-form

// region: stable-form
/// K(c) of Eq. 7 with a relative error of a few units in the last place on all of [-1, 1]; NaN outside.
pub fn value(c: f64) -> f64 {
    if c < 0.0 { excess((-c).acos()) } else { c + excess(c.acos()) }
}
// endregion: stable-form

/// κ(θ) = (sin θ - θ cos θ)/π = K(cos θ) - cos θ for an angle θ in [0, π]: how far the map lies above the diagonal.
///
/// Up to π/2 the series κ(θ) = θ³/(3π) · (1 - θ²/(2·5) (1 - θ²/(4·7) (1 - θ²/(6·9) (…)))), whose k-th factor is
/// θ²/(2k (2k+3)); eleven factors leave less than 1e-18 of the sum. Beyond π/2 both terms are positive.
pub fn excess(angle: f64) -> f64 {
    if angle > FRAC_PI_2 {
        return (angle.sin() - angle * angle.cos()) / PI;
    }
    let square = angle * angle;
    let factor = |k: u32| square / f64::from(2 * k * (2 * k + 3));
    let series = (1..=11).rev().fold(1.0, |rest, k| 1.0 - factor(k) * rest);
    angle * square / (3.0 * PI) * series
}

/// K'(c) = 1 - arccos(c)/π = arccos(-c)/π: from 0 at c = -1 through 1/2 at c = 0 to exactly 1 at c = 1, the marginal
/// slope of Section 3.1.1. It is also twice the probability that two unit Gaussians with correlation c are both
/// positive.
pub fn slope(c: f64) -> f64 {
    (-c).acos() / PI
}

// region: next-gap
/// 1 - K(1 - ε) for a gap ε = 1 - c in [0, 2], without ever forming c; NaN outside.
pub fn next_gap(gap: f64) -> f64 {
    gap - decrement(gap)
}

/// ε - (1 - K(1 - ε)) = κ(θ) with ε = 1 - cos θ = 2 sin²(θ/2): what one layer takes off the gap ε.
pub(crate) fn decrement(gap: f64) -> f64 {
    excess(2.0 * (0.5 * gap).sqrt().asin())
}
// endregion: next-gap
