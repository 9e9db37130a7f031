//! How slowly the sample variance vanishes: 1 - c^l → 9π²/(2l²), with its first correction. The paper shows that the
//! decay is subexponential; this is its exact rate.
//!
//! **Expansion of the map.** With ε = 1 - cos θ, so θ² = 2ε (1 + ε/6 + …), the series κ(θ) = (θ³/3 - θ⁵/30 + …)/π
//! becomes
//!
//! 1 - K(1-ε) = ε - A ε^{3/2} (1 + ε/20 + O(ε²)), A = 2√2/(3π).
//!
//! **A depth for every gap.** Let N = 3π/√(2ε) = 2/(A√ε). Raising the expansion to the power -1/2 (A² = 8/(9π²)),
//!
//! N' = N + 1 + (3/2)/N + κ₂/N² + O(N⁻³), κ₂ = 5/2 + 9π²/40:
//!
//! a layer adds one to N and a little more. Summing (3/2)/N over layers adds (3/2) ln N, so that N is l + (3/2) ln l
//! up to a constant b, and
//!
//! 1 - c^l = 9π²/(2N²), N = l + (3/2) ln l + b + O(ln l / l).
//!
//! The factor 3/2 is exact; b remembers where the sequence started, c⁰, and is measured. The combination N - (3/2) ln
//! N + β/N grows by exactly one a layer up to O(N⁻³) if β = κ₂ - 3/2 = 1 + 9π²/40: the term (3/2)/N cancels against
//! -(3/2) ln(N'/N) to leave κ₂ - (3/2)(3/2 - 1/2) at order N⁻², which β must absorb. So l subtracted from it is b up
//! to O(l⁻²), and some ten thousand layers give b to eight digits.
//!
//! Solving N - (3/2) ln N + β/N = l + b for N to the next order gives what the corrected form still leaves out,
//! relative to the gap: (9/2 ln l + 3b - 2β)/l² ([`correction_remainder`]).
//!
//! **Sample variance.** (v^l)² = 2 (1 - c^{l-1}) → 9π²/l², so v^l ~ 3π/l for inputs of unit mean square.

use std::f64::consts::PI;

use crate::Gaps;

/// The exact coefficient of ln l in the depth N.
const LOG_COEFFICIENT: f64 = 1.5;

/// β = 1 + 9π²/40, the coefficient of 1/N in the combination that grows by one a layer.
const INVERSE_COEFFICIENT: f64 = 1.0 + 9.0 * PI * PI / 40.0;

/// Layers iterated to measure [`offset`]: the omitted O(l⁻²) is then below 1e-8, and iterating takes about a
/// millisecond.
const MEASURED_LAYERS: usize = 20_000;

// region: asymptote
/// The leading order of 1 - c^l: 9π²/(2l²).
pub fn leading_gap(layer: usize) -> f64 {
    gap_at_depth(layer as f64)
}

/// 1 - c^l to next-to-leading order, 9π²/(2 (l + (3/2) ln l + b)²), with b from [`offset`]. Needs l ≥ 1.
pub fn corrected_gap(layer: usize, offset: f64) -> f64 {
    let layer = layer as f64;
    gap_at_depth(layer + LOG_COEFFICIENT * layer.ln() + offset)
}

/// b, the part of the depth N that remembers the inputs' cosine c⁰, measured by iterating the map; NaN for c⁰ outside
/// [-1, 1), where the sequence does not move.
pub fn offset(first_cosine: f64) -> f64 {
    let gap = Gaps::from_gap(1.0 - first_cosine).nth(MEASURED_LAYERS).expect("the gaps never end");
    let depth = depth_of_gap(gap);
    depth - LOG_COEFFICIENT * depth.ln() + INVERSE_COEFFICIENT / depth - MEASURED_LAYERS as f64
}
// endregion: asymptote

/// The relative amount by which [`corrected_gap`] exceeds 1 - c^l, to leading order: (9/2 ln l + 3b - 2β)/l².
pub fn correction_remainder(layer: usize, offset: f64) -> f64 {
    let layer = layer as f64;
    (3.0 * LOG_COEFFICIENT * layer.ln() + 3.0 * offset - 2.0 * INVERSE_COEFFICIENT) / (layer * layer)
}

/// N = 3π/√(2ε), the depth at which the leading order alone would give the gap ε.
pub fn depth_of_gap(gap: f64) -> f64 {
    3.0 * PI / (2.0 * gap).sqrt()
}

/// ε = 9π²/(2N²), the inverse of [`depth_of_gap`].
pub fn gap_at_depth(depth: f64) -> f64 {
    4.5 * (PI / depth).powi(2)
}
