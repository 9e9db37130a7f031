//! Gradients in an infinitely wide normalised network when the batch has T samples, with the gradient through the
//! batch's statistics: what Section 4's informal argument leaves out, and why it hardly matters.
//!
//! **Forward.** For one unit, let g be its T centred pre-activations, Gaussian with covariance proportional to
//! I - 11ᵀ/T, so any two samples have correlation ρ = -1/(T-1). Scale+bias divides g by a standard deviation common
//! to the layer, batch normalisation by the unit's own s; then û is uniform on a sphere instead of Gaussian, but its
//! radius is independent of its direction and <f(û_a) f(û_b)> has degree two, so in both cases û has mean square 1
//! and the next raw pre-activations have mean square 1 and inner product k = K(ρ). Their variance in the batch is
//!
//! <s²> = (1 - k)(1 - 1/T), and for one unit T s²/(1-k) follows χ² with T-1 degrees: <1/s²> = T/((1-k)(T-3)).
//!
//! **Backward.** Let d be the mean square of ∂L/∂x^l and e its mean product between two samples. As usual in the wide
//! limit the gradient is taken to be independent of the û it meets. With h = f'(û) ∂L/∂x^l, batch normalisation
//! passes back
//!
//! ∂L/∂u = (1/s) (I - 11ᵀ/T - û ûᵀ/T) h,
//!
//! the first projection from the mean, the second from s. Kaiming weights double the mean square. The pieces of
//! |∂L/∂u|² are <|h|²> = T d/2, <(1ᵀh)²> = T d/2 + T(T-1) e K'(ρ)/2 (two samples are both active with probability
//! K'(ρ)/2) and <(ûᵀh)²> = T d/2 + T(T-1) e K(ρ)/2, so with s independent of û
//!
//! d' = <1/s²> (d (1 - 2/T) - (1 - 1/T) e (K'(ρ) + K(ρ))).
//!
//! The projections make Σ_a ∂L/∂u_a = 0 for each unit, so that e' = -d'/(T-1) exactly, in every layer but the one
//! next to the loss:
//!
//! d'/d = T/((1-k)(T-3)) · (1 - (2 - K'(ρ) - K(ρ))/T) → 1/(1 - 1/π) for T → ∞.
//!
//! The terms through mean and s are of order 1/T: that is why the informal argument predicts the slope well. The
//! exception is the loss L = w·x^L of the paper, whose gradient w is the same for all samples (e = d): the first
//! backward step of large batches multiplies d by (1 - 1/2 - 1/π)/(1 - 1/π) = 0.2665 instead of 1.467. A line fitted
//! to the logarithmic gradient must leave that layer out. The last step, to the inputs, is different too: the raw
//! pre-activations of layer 1 have variance 2 instead of 1 - k.

use crate::DomainError;
use crate::cosine_map::{slope, value};
use crate::domain::require_samples;

/// Which paths the gradient takes through batch normalisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Through {
    /// Through the sample mean and the sample standard deviation, as batch normalisation is trained.
    Full,
    /// Through the sample mean only: σ_s is treated as a constant.
    FixedDeviation,
    /// Through neither: both statistics are treated as constants, as in the informal argument.
    FixedStatistics,
}

/// What is done to the pre-activations in the three panels of Fig. 3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Normalisation {
    /// Kaiming initialisation, nothing else.
    Kaiming,
    /// Bias per unit and scale per layer set from the same T samples (Section 5.1), then held constant.
    ScaleBias,
    /// Kaiming initialisation with batch normalisation over the T samples.
    BatchNorm(Through),
}

impl Normalisation {
    /// The fewest samples for which the mean square of the gradient is finite: <1/s²> of a single unit needs T ≥ 4.
    fn least_samples(self) -> usize {
        match self {
            Self::Kaiming => 1,
            Self::ScaleBias => 2,
            Self::BatchNorm(_) => 4,
        }
    }

    fn require(self, samples: usize) -> Result<(), DomainError> {
        require_samples("the growth of the gradient under this normalisation", self.least_samples(), samples)
    }
}

/// ρ = -1/(T-1), the correlation that centring leaves between two of T samples.
fn centred_correlation(samples: usize) -> f64 {
    -1.0 / (samples as f64 - 1.0)
}

/// The expected (biased) variance within a batch of T = `samples` ≥ 2 of the raw pre-activations of layers 2, 3, …:
/// (1 - K(-1/(T-1)))(1 - 1/T), which tends to σ_s² = 1 - K(0).
pub fn batch_variance(samples: usize) -> Result<f64, DomainError> {
    require_samples("a variance within the batch", 2, samples)?;
    Ok((1.0 - value(centred_correlation(samples))) * (1.0 - 1.0 / samples as f64))
}

// region: batch-gradient
/// d'/d for one layer backward. `overlap` is e/d, the similarity of the incoming gradients of two samples, and
/// `spread` the variance over all samples of the layer's raw pre-activations.
fn layer_factor(normalisation: Normalisation, samples: usize, overlap: f64, spread: f64) -> f64 {
    let t = samples as f64;
    let rho = centred_correlation(samples);
    let (inverse_square, kept, shared) = match normalisation {
        Normalisation::Kaiming => return 1.0,
        Normalisation::ScaleBias => (t / (t - 1.0), 1.0, 0.0),
        Normalisation::BatchNorm(Through::FixedStatistics) => (t / (t - 3.0), 1.0, 0.0),
        Normalisation::BatchNorm(Through::FixedDeviation) => (t / (t - 3.0), 1.0 - 1.0 / t, slope(rho)),
        Normalisation::BatchNorm(Through::Full) => (t / (t - 3.0), 1.0 - 2.0 / t, slope(rho) + value(rho)),
    };
    inverse_square / spread * (kept - (1.0 - 1.0 / t) * overlap * shared)
}

/// Growth per layer of <(∂L/∂x^l)²> towards the inputs, with T = `samples`, away from the first and the last layer.
pub fn growth(normalisation: Normalisation, samples: usize) -> Result<f64, DomainError> {
    normalisation.require(samples)?;
    let rho = centred_correlation(samples);
    Ok(layer_factor(normalisation, samples, rho, 1.0 - value(rho)))
}

/// ln <(∂L/∂x^l)²> for l = 0, …, `depth`, for the loss L = w·x^L of Section 4 with w ~ N(0, 1), so that the last
/// entry is 0. T = `samples` inputs of mean square 1 with cosine similarity 0.
pub fn log_mean_squares(
    normalisation: Normalisation,
    depth: usize,
    samples: usize,
) -> Result<Vec<f64>, DomainError> {
    normalisation.require(samples)?;
    let rho = centred_correlation(samples);
    let mut curve = vec![0.0; depth + 1];
    for layer in (1..=depth).rev() {
        let overlap = if layer == depth { 1.0 } else { rho };
        let spread = if layer == 1 { 2.0 } else { 1.0 - value(rho) };
        curve[layer - 1] = curve[layer] + layer_factor(normalisation, samples, overlap, spread).ln();
    }
    Ok(curve)
}
// endregion: batch-gradient
