//! Ordered and chaotic regimes (Section 6): by how much an infinitesimal change of one sample grows per layer.
//!
//! A change du of the pre-activations of mean square <du²> passes the ReLU on the active half of the units and
//! returns through Kaiming weights with mean square 2 · <du²>/2 · s, s = 1 where nothing is rescaled and s = 1/σ_s²
//! where the next pre-activations are divided by σ_s. In terms of the map, one layer multiplies the gap between a
//! sample and its changed copy by
//!
//! - Kaiming: K'(1) = 1, the boundary between order and chaos; any *finite* change shrinks, because K(c) > c;
//! - centred and rescaled (batch normalisation, scale+bias, large batches): K'(1)/(1 - K(0)) = 1.467, chaos.
//!
//! The gradient runs through the same factors backward, so its growth per layer is the same number: a flat gradient
//! and the ordered side go together, and so do an exploding gradient and chaos.
//!
//! Centring also changes the fixed point. Subtracting each unit's mean takes K(0) off every inner product, so the
//! cosine of two samples' centred pre-activations follows c ↦ (K(c) - K(0))/(1 - K(0)), which has fixed points at 1,
//! now repelling with slope 1.467, and at 0, attracting with slope K'(0)/(1 - K(0)) = 0.733: distinct inputs stay
//! distinct.

use crate::{batch_norm, cosine_map};

/// What happens to small changes of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Regime {
    /// Changes shrink from layer to layer.
    Ordered,
    /// Infinitesimal changes keep their size.
    Marginal,
    /// Changes grow exponentially with depth.
    Chaotic,
}

impl Regime {
    /// The regime of a `growth` per layer, marginal only when it is exactly 1.
    pub fn of_growth(growth: f64) -> Self {
        if growth > 1.0 {
            Self::Chaotic
        } else if growth < 1.0 {
            Self::Ordered
        } else {
            Self::Marginal
        }
    }
}

// region: perturbation
/// Growth per layer of the mean square of an infinitesimal change under Kaiming initialisation: K'(1) = 1.
pub fn kaiming_growth() -> f64 {
    cosine_map::slope(1.0)
}

/// The same growth where each unit is centred and rescaled by σ_s: K'(1)/(1 - K(0)).
pub fn centred_growth() -> f64 {
    cosine_map::slope(1.0) * batch_norm::amplification().powi(2)
}

/// (K(c) - K(0))/(1 - K(0)): cosine similarity of two samples' centred pre-activations, from one layer to the next.
pub fn centred_cosine_map(c: f64) -> f64 {
    let shared = cosine_map::value(0.0);
    (cosine_map::value(c) - shared) / (1.0 - shared)
}

/// The same map for the gap 1 - c, without cancellation for near-duplicate samples.
pub fn centred_next_gap(gap: f64) -> f64 {
    cosine_map::next_gap(gap) * batch_norm::amplification().powi(2)
}
// endregion: perturbation
