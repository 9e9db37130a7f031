//! Section 4 in the limit of large batches: σ_s, the factor 1/σ_s, and the slope of the logarithmic gradient.
//!
//! After normalisation every unit has zero mean and unit variance over the samples, so that two independent samples
//! have cosine similarity c = 0 in the *normalised pre-activations* û. The ReLU and Kaiming weights of the next layer
//! turn a mean square of 1 and a cosine of 0 into raw pre-activations u of mean square 1 and inner product K(0): K is
//! evaluated at 0 in every layer, not iterated. Over samples of one network the raw u thus have squared mean K(0) and
//! variance
//!
//! σ_s² = 1 - K(0) = 1 - 1/π, σ_s = 0.8256, 1/σ_s = 1.2112.
//!
//! That holds from layer 2 on; the raw pre-activations of layer 1 see the inputs themselves and have σ_s² = 2 for
//! inputs of unit mean square and c⁰ = 0.
//!
//! **Gradient and its sign.** Backward through one layer, the ReLU halves the mean square of ∂L/∂x^l, Kaiming weights
//! double it, and the division by σ_s multiplies it by 1/σ_s². Towards the inputs the gradient therefore grows by
//! 1/σ_s² = 1.467 a layer, and ln <(∂L/∂x^l)²> falls with rising l: its slope *against l* is
//! -ln(1/σ_s²) = ln(1 - 1/π) = -0.38318. [`batch_gradient`](crate::batch_gradient) says what finite batches and the
//! gradient through the statistics add.

use crate::cosine_map;

// region: batch-norm
/// σ_s = √(1 - K(0)): standard deviation over samples of the pre-activations that batch normalisation divides by.
pub fn sigma_s() -> f64 {
    (1.0 - cosine_map::value(0.0)).sqrt()
}

/// 1/σ_s: by how much batch normalisation amplifies pre-activations forward and gradients backward, per layer.
pub fn amplification() -> f64 {
    1.0 / sigma_s()
}

/// -ln(1/σ_s²) = ln(1 - K(0)): slope of ln <(∂L/∂x^l)²> against the layer l.
pub fn gradient_slope() -> f64 {
    (-cosine_map::value(0.0)).ln_1p()
}
// endregion: batch-norm
