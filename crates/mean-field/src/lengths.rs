//! What a network of finite width n keeps of the differences between samples: their lengths, and less of their angles.
//!
//! **Lengths.** Given the activations of layer l, the squared length |x_t|²/n of layer l+1 is an average over n
//! independent units of f_t = relu(u_t)², so that for unit mean square of u two samples of cosine c have
//! n Var(ln|x_s|² - ln|x_t|²) = 4·2 (<f²> - <f_s f_t>) = 8 (3/2 - κ(c)) in addition to what they had, where
//! κ(c) = <relu(a)² relu(b)²> = (3 sin θ cos θ + (π - θ)(1 + 2 cos² θ))/(2π) is the arc-cosine kernel of degree 2. The length
//! |x| varies half as much as |x|², relatively, and the variance over samples is half of that of a difference:
//!
//! n·cv²(|x^l|) → C_l = 1/2 + Σ_{k<l} (3/2 - κ(c^k)),
//!
//! with 1/2 for standard normal inputs. For c → 1 a term is 2(1-c) ~ 9π²/k², so that C_l has a limit, which it misses by
//! 9π²/l: once samples have met they get the same noise.
//!
//! **Orthogonal weights** keep all angles and lengths before the ReLU; of f = (u² + u|u|)/2 they fix the first part for
//! every pair, and only u|u| is left to chance: 3/2 - κ loses (1 - c²)/2.
//!
//! **Angles.** Let b be the part of one sample's pre-activation orthogonal to the other's, a. On the k ≈ n/2 active units
//! the squared angle becomes χ²_{k-1}/χ²_k of itself: its logarithm loses 2/n a layer and gains the variance 8/n. With the
//! decay ε' = ε - A ε^{3/2} and N = 2/(A√ε) = 3π/√(2ε), the depth at which an infinitely wide network has the gap ε,
//! Itô's rule gives dN = (1 + 3/(2N)) dl + (2/n) N dl + √(2/n) N dB, so that the mean of N follows
//!
//! M_{l+1} = e^{2/n} (the depth one layer on from M_l), M_l ≈ n (e^{2l/n} - 1)/2:
//!
//! in their angles the samples of a network of width n are deeper than its layers. Orthogonal weights take half of drift and variance:
//! they are, for angles, a network of twice the width.

use std::f64::consts::PI;
use std::iter;

use crate::Gaps;
use crate::asymptote::{depth_of_gap, gap_at_depth};
use crate::cosine_map::next_gap;

/// The weights of a network, as far as its fluctuations depend on their law.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weights {
    /// Independent normal elements.
    Gaussian,
    /// √2 times a uniformly distributed orthogonal matrix.
    Orthogonal,
}

/// n·cv² of the lengths of standard normal inputs: |x|²/n varies by 2/n, |x| by a quarter of that.
const INPUTS: f64 = 0.5;

/// Layers summed one by one in [`limit`]; what follows is the integral of the leading gap.
const SUMMED: usize = 20_000;

/// κ(c) = <relu(a)² relu(b)²> for unit Gaussians of correlation c.
pub fn squares(c: f64) -> f64 {
    let angle = c.acos();
    (3.0 * angle.sin() * c + (PI - angle) * (1.0 + 2.0 * c * c)) / (2.0 * PI)
}

/// What one layer adds to C where the cosine before it is 1 - `gap`.
fn noise(gap: f64, weights: Weights) -> f64 {
    let c = 1.0 - gap;
    let gaussian = 1.5 - squares(c);
    match weights {
        Weights::Gaussian => gaussian,
        Weights::Orthogonal => gaussian - 0.5 * gap * (1.0 + c),
    }
}

// region: lengths
/// C_0, C_1, … of the inputs of Section 3 (c⁰ = 0): n times the squared coefficient of variation of |x^l| over samples.
pub fn coefficients(weights: Weights) -> impl Iterator<Item = f64> {
    let mut gaps = Gaps::from_gap(1.0);
    iter::successors(Some(INPUTS), move |sum| Some(sum + noise(gaps.next()?, weights)))
}

// endregion: lengths

/// C_∞.
pub fn limit(weights: Weights) -> f64 {
    let summed = coefficients(weights).nth(SUMMED).expect("the coefficients never end");
    let gap = Gaps::from_gap(1.0).nth(SUMMED).expect("the gaps never end");
    let tail = 9.0 * PI * PI / depth_of_gap(gap);
    summed + if weights == Weights::Gaussian { tail } else { 0.5 * tail }
}

/// r of layer `layer` ≥ 2 at width n: the pre-activations see x^{l-1}, whose samples have the mean product c and the
/// variance 1 + C/n - c in units of their squared mean length, hence 1/r² = (ε + C/n)/(1 - ε). For n → ∞ it is √(c/(1-c)),
/// for l → ∞ √(n/C_∞).
pub fn ratio(width: usize, layer: usize, weights: Weights) -> f64 {
    let gap = Gaps::from_gap(1.0).nth(layer - 1).expect("the gaps never end");
    let coefficient = coefficients(weights).nth(layer - 1).expect("the coefficients never end");
    ((1.0 - gap) / (gap + coefficient / width as f64)).sqrt()
}
// region: angles
/// The mean depth M_l of the angle between two samples, for layers 0, 1, … of a network of width n: <3π/√(2ε)>.
pub fn depths(width: usize, weights: Weights) -> impl Iterator<Item = f64> {
    let drift = if weights == Weights::Gaussian { 2.0 } else { 1.0 };
    let stretch = (drift / width as f64).exp();
    let next = move |depth: &f64| Some(stretch * depth_of_gap(next_gap(gap_at_depth(*depth))));
    iter::successors(Some(depth_of_gap(1.0)), next)
}
// endregion: angles
