//! The iterates c^l = K^l(c⁰) of Section 3.1, and the sample mean, sample variance and total variance that they give
//! for the pre-activations of layer l (Eqs. 5, 6 and 8).
//!
//! **Which iterate belongs to which layer.** Let q = <x²> be the mean square of the inputs and c⁰ the cosine
//! similarity of two independent samples. Under Kaiming initialisation |x^l|²/n → q in every layer (half of the mean
//! square 2q of the pre-activations survives the ReLU), so the inner product of two samples is x_a^l·x_b^l/n → q c^l.
//! Eq. 6 then reads
//!
//! (m^l)² = (2/n) <x_a^{l-1}·x_b^{l-1}> = 2q c^{l-1} = 2q K^{l-1}(c⁰), (v^l)² = 2q (1 - K^{l-1}(c⁰)), (σ^l)² = 2q.
//!
//! Layer 1 sees the inputs themselves, hence K⁰: for uncorrelated inputs m¹ = 0. Eq. 8 as printed has K^l, which is
//! the value for layer l+1; [`Inputs::moments_as_printed`] keeps that form so that it can be shown to fail.
//!
//! **Digits.** The iterates are kept as gaps ε^l = 1 - c^l. One layer changes ε by a relative 2/l only, so rounding
//! every ε^l to 53 bits would add up over millions of layers; the iterator carries what rounding cut off to the next
//! layer (Kahan's summation), and what is left is the rounding of the small decrements, ~1e-16 · Σ 2/l.

use std::iter;

use crate::DomainError;
use crate::cosine_map::{closed_form, decrement};

// region: gaps
/// The gaps ε⁰, ε¹, ε², … with ε^l = 1 - K^l(c⁰); never ends.
#[derive(Debug, Clone)]
pub struct Gaps {
    gap: f64,
    /// What the last rounding cut off: `gap + remainder` is the iterate.
    remainder: f64,
}

impl Gaps {
    /// Starts from ε⁰ = `first_gap` in [0, 2]; outside, all further gaps are NaN.
    pub fn from_gap(first_gap: f64) -> Self {
        Self { gap: first_gap, remainder: 0.0 }
    }
}

impl Iterator for Gaps {
    type Item = f64;

    fn next(&mut self) -> Option<f64> {
        let current = self.gap;
        let change = self.remainder - decrement(current);
        self.gap = current + change;
        self.remainder = change - (self.gap - current);
        Some(current)
    }
}
// endregion: gaps

// region: naive
/// The cosines c⁰, c¹, … by the closed form in c: the obvious way, shown because it fails.
///
/// Near c = 1 each layer changes c by about 0.3 (1-c)^{3/2}, which drowns in the rounding of c once 1 - c is below
/// about 1e-10; the sequence then stands still, or leaves [-1, 1] and turns into NaN.
pub fn naive_cosines(first_cosine: f64) -> impl Iterator<Item = f64> {
    iter::successors(Some(first_cosine), |&c| Some(closed_form(c)))
}
// endregion: naive

/// Sample and total statistics of one layer's pre-activations, averaged over networks (Eqs. 3 to 5), in squared units
/// of the pre-activation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SampleMoments {
    /// The layer l ≥ 1.
    pub layer: usize,
    /// (m^l)²: squared sample mean, averaged over networks (Eq. 4a).
    pub squared_mean: f64,
    /// (v^l)²: sample variance, averaged over networks (Eq. 4b).
    pub variance: f64,
    /// (σ^l)²: variance over samples and networks together (Eq. 3).
    pub total_variance: f64,
}

impl SampleMoments {
    /// v^l, the root of the mean sample variance.
    pub fn standard_deviation(&self) -> f64 {
        self.variance.sqrt()
    }

    /// σ^l, the total standard deviation.
    pub fn total_standard_deviation(&self) -> f64 {
        self.total_variance.sqrt()
    }

    /// r^l = m^l / v^l, the ratio whose estimate over T samples is Eq. 9; infinite without sample variance.
    pub fn ratio(&self) -> f64 {
        (self.squared_mean / self.variance).sqrt()
    }
}

/// What the prediction needs to know of the inputs: mean square and cosine similarity of independent samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Inputs {
    mean_square: f64,
    cosine: f64,
}

impl Inputs {
    /// The inputs of Section 3: iid elements of zero mean and unit variance, hence q = 1 and, in high dimension,
    /// c⁰ = 0.
    pub const STANDARD: Self = Self { mean_square: 1.0, cosine: 0.0 };

    /// Inputs of mean square q = `mean_square` > 0 whose independent samples have cosine similarity c⁰ = `cosine`.
    pub fn new(mean_square: f64, cosine: f64) -> Result<Self, DomainError> {
        if !(mean_square > 0.0 && mean_square.is_finite()) {
            return Err(DomainError::MeanSquare(mean_square));
        }
        if !(-1.0..=1.0).contains(&cosine) {
            return Err(DomainError::Cosine(cosine));
        }
        Ok(Self { mean_square, cosine })
    }

    /// ε⁰, ε¹, …: the gaps 1 - c^l of the activations x^l, from the inputs on.
    pub fn gaps(&self) -> Gaps {
        Gaps::from_gap(1.0 - self.cosine)
    }

    // region: moments
    /// m, v and σ of the pre-activations of layers 1, 2, …: Eq. 8 with the index that Eq. 6 requires, K^{l-1}.
    pub fn moments(&self) -> impl Iterator<Item = SampleMoments> + use<> {
        let total = 2.0 * self.mean_square;
        (1..).zip(self.gaps()).map(move |(layer, gap)| SampleMoments {
            layer,
            squared_mean: total * (1.0 - gap),
            variance: total * gap,
            total_variance: total,
        })
    }

    /// The same with K^l, as Eq. 8 is printed: each layer carries the values of the next.
    pub fn moments_as_printed(&self) -> impl Iterator<Item = SampleMoments> + use<> {
        self.moments().skip(1).map(|moments| SampleMoments { layer: moments.layer - 1, ..moments })
    }
    // endregion: moments
}
