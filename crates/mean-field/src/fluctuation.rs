//! How much the mean square of a layer differs from network to network when the width is finite: the reason why a
//! network average of the total variance (Section 2.1) needs many networks, or wide ones, at depth.
//!
//! Fix one input and let q^l = (1/n) Σ_i (x_i^l)². Given layer l-1 the pre-activations of layer l are iid N(0, 2
//! q^{l-1}), so
//!
//! q^l = q^{l-1} ξ^l, ξ^l = (1/n) Σ_i 2 f(g_i)², g_i iid N(0, 1),
//!
//! and the ξ of different layers are independent. <2 f²> = 1 and <(2f²)²> = 4 · 3/2 = 6, so <ξ> = 1 and Var ξ = 5/n.
//! Multiplying, <(q^l)²>/<q^l>² = (1 + 5/n)^l exactly, at any width. The pre-activations' mean square (1/n) Σ_i
//! (u_i^l)² is 2 q^{l-1} times the mean of n squared Gaussians (variance 2/n): one factor 1 + 2/n in place of the
//! last 1 + 5/n.
//!
//! Averaging over T inputs of one network lowers this in early layers only: with depth the inputs become alike, and
//! with them their q^l. The distribution is close to log-normal, with a long upper tail: where the relative variance
//! is not small, the average over networks is dominated by few of them and its own standard error is not to be
//! trusted.

// region: fluctuation
/// Relative variance over networks, for one input, of the mean square activation of layer l ≥ 0 when all layers have
/// `width` n units: (1 + 5/n)^l - 1.
pub fn activation_relative_variance(width: usize, layer: usize) -> f64 {
    (log_factor(5.0, width) * layer as f64).exp_m1()
}

/// Relative variance over networks, for one input, of the mean square pre-activation of layer l ≥ 1 when all layers
/// have `width` n units: (1 + 5/n)^{l-1} (1 + 2/n) - 1.
pub fn pre_activation_relative_variance(width: usize, layer: usize) -> f64 {
    (log_factor(5.0, width) * (layer as f64 - 1.0) + log_factor(2.0, width)).exp_m1()
}
// endregion: fluctuation

/// ln(1 + excess/n), the growth that one layer adds to the logarithm of the second moment.
fn log_factor(excess: f64, width: usize) -> f64 {
    (excess / width as f64).ln_1p()
}
