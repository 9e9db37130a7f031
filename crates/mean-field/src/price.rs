//! The price of preserved sample variance: by how much gradients grow per layer where the cosine stands still.
//!
//! Let a scheme take the same amount β from the inner products of all samples (a bias, a mean over samples, a share of the
//! mean of each row of W) and restore the total variance by a common factor 1/(1-β). The cosine then follows
//! c' = (K(c) - β)/(1 - β), or 1 - c' = (1 - K(c))/(1 - β): where it stands still, 1 - β = (1 - K(c))/(1 - c). A small
//! change of a sample, and a gradient on its way back, grow by K'(1)/(1 - β) = 1/(1 - β) in mean square. So the fixed point
//! alone tells the growth,
//!
//! growth = ln((1 - c)/(1 - K(c))),
//!
//! whatever took β away. With v² = 2(1-c), the sample variance kept of a total of 2, and 1 - K = ε - A ε^{3/2}, it is
//! A√ε = 2v/(3π) for small v, and ln(1/(1 - 1/π)) for c = 0, all that centring can keep.
//!
//! **Centred rows.** Taking the share a of its mean from every row of W leaves x - a x̄ 1 of the activations, x̄² = K(0)/2 of a
//! mean square of 1/2: β = (1 - (1-a)²) K(0). Every share has one fixed point below 1, as (K(c) - c)/(1 - c) falls from K(0) at
//! c = 0 to 0. It attracts: the map's slope there is K'(c)/(1 - β), below 1 since K is convex.

use crate::cosine_map::{decrement, value};

/// β, what taking the share `share` of its mean from every row of W takes from all inner products.
pub fn removed(share: f64) -> f64 {
    (1.0 - (1.0 - share).powi(2)) * value(0.0)
}

// region: price
/// The gap 1 - c that stands still under `share`: (K(c) - c)/(1 - c) = β, by bisection; 0 for none.
pub fn kept_gap(share: f64) -> f64 {
    let (mut low, mut high) = (0.0f64, 1.0f64);
    while low < 0.5 * (low + high) && 0.5 * (low + high) < high {
        let middle = 0.5 * (low + high);
        if decrement(middle) < removed(share) * middle {
            low = middle;
        } else {
            high = middle;
        }
    }
    if share == 0.0 { 0.0 } else { high }
}

/// ln((1-c)/(1-K(c))): the growth per layer of the mean square of a gradient where the gap stands still at `gap`.
pub fn growth(gap: f64) -> f64 {
    -(-decrement(gap) / gap).ln_1p()
}
// endregion: price

/// v = √(2(1-c)), the sample standard deviation kept of a total variance of 2.
pub fn kept_deviation(gap: f64) -> f64 {
    (2.0 * gap).sqrt()
}

/// 2v/(3π), the price of little variance.
pub fn small_growth(kept_deviation: f64) -> f64 {
    2.0 * kept_deviation / (3.0 * std::f64::consts::PI)
}
