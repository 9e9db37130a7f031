//! Weights whose variance is γ·2/n instead of Kaiming's 2/n: the total variance changes by γ in every layer.
//!
//! The mean square of a pre-activation is γ·2/n times the summed squares of the activations before it, of which the
//! ReLU leaves half: (σ^l)² = γ (σ^{l-1})², starting from (σ¹)² = 2γ <x²>. So ln (σ^l)² is a line of slope ln γ in l:
//! growth for γ > 1 and decay for γ < 1, where the end of Section 3.1.1 has it both ways for γ > 1. Cosine
//! similarities do not depend on the scale of the weights, so m^l and v^l carry the same factor and their ratio none.

/// (σ^l)² = 2 <x²> γ^l for `layer` l ≥ 1, inputs of mean square `mean_square` and weight variance γ·2/n.
pub fn total_variance(mean_square: f64, gamma: f64, layer: usize) -> f64 {
    2.0 * mean_square * (gamma.ln() * layer as f64).exp()
}

/// ln γ, the slope of ln (σ^l)² against the layer l.
pub fn log_slope(gamma: f64) -> f64 {
    gamma.ln()
}
