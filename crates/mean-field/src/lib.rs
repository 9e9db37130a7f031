//! Infinite-width predictions for random ReLU networks: the cosine map K of Eq. 7, its iterates, and what follows
//! from them for sample means, sample variances, gradients and signs. Pure `f64`, nothing random, no tensors.
//!
//! One idea a module, in the order of the paper:
//!
//! - [`cosine_map`]: K in closed form, accurate on all of [-1, 1], and the same map for the gap 1 - c;
//! - [`definition`] and [`polar`]: two independent quadratures of the integral that defines K;
//! - [`iterate`]: c^l = K^l(c⁰) without loss of digits, and m^l, v^l, σ^l (Eqs. 5, 6, 8);
//! - [`asymptote`]: how slowly c^l reaches 1, to next-to-leading order;
//! - [`finite_samples`]: what averages over T samples instead of all samples show (Eq. 9);
//! - [`weight_variance`]: weights of variance γ·2/n;
//! - [`fluctuation`]: how much the total variance differs between networks of finite width;
//! - [`batch_norm`]: σ_s, 1/σ_s and the slope of the gradient (Section 4);
//! - [`batch_gradient`]: the same for a batch of T samples, with the gradient through the batch's statistics;
//! - [`large_mean`]: the share of units with a large sample mean (Section 1);
//! - [`orthant`]: the share of units that are always on or always off (Section 6);
//! - [`nearly_linear`]: what the best affine map leaves of the variance behind the ReLU (Section 6);
//! - [`lengths`]: what finite width keeps of the lengths of the samples, and of the angles between them (Section 7);
//! - [`runaway`]: how deep scale+bias initialisation holds the lengths together (Section 7);
//! - [`price`]: growth of the gradient against the sample variance kept (Section 7);
//! - [`evaluation`]: fresh samples through a batch's statistics, layer by layer (Section 7).
//!
//! **Layers** are counted as in Eq. 1: layer 0 is the inputs, and the pre-activations u^l of layer l = 1, 2, … see
//! the activations x^{l-1} of the layer before. **Gap** means ε = 1 - c throughout, with c a cosine similarity: near
//! the fixed point c = 1 the gap carries the digits that c itself cannot hold.
//!
//! Functions of a cosine or a gap alone return NaN outside its range, as `acos` does; functions of a number of
//! samples return a [`DomainError`] where their statistic does not exist.

pub mod asymptote;
pub mod batch_gradient;
pub mod batch_norm;
pub mod cosine_map;
pub mod definition;
pub mod evaluation;
pub mod finite_samples;
pub mod fluctuation;
pub mod iterate;
pub mod large_mean;
pub mod lengths;
pub mod nearly_linear;
pub mod orthant;
pub mod polar;
pub mod price;
pub mod runaway;
pub mod weight_variance;

mod domain;
mod gaussian;

pub use domain::DomainError;
pub use iterate::{Gaps, Inputs, SampleMoments};
