//! Weights whose variance is γ times Kaiming's: the total variance against depth.

use ensemble::{Network, Record};
use serde::{Deserialize, Serialize};
use statistics::{Estimate, jackknife, least_squares_slope};

/// The total variance of an ensemble with scaled weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Growth {
    /// ln (σ^l)² for l = 1, 2, …
    pub log_variance: Vec<Estimate>,
    /// Slope of the straight line through all layers.
    pub slope: Estimate,
    /// Slope over the second half of the layers minus slope over the first.
    pub bend: Estimate,
}

/// Follows the total variance through the layers.
// region: growth
pub(super) fn growth(record: &Record) -> Option<Growth> {
    let squares = |network: &Network| -> Option<Vec<f64>> {
        network.layers[1..].iter().map(|layer| Some(layer.totals?.mean_square)).collect()
    };
    let squares: Vec<Vec<f64>> = record.networks.iter().map(squares).collect::<Option<_>>()?;
    let slope = |means: &[f64]| least_squares_slope(&means.iter().map(|mean| mean.ln()).collect::<Vec<_>>());
    let depth = record.config.depth;
    let half = depth / 2;
    Some(Growth {
        log_variance: (0..depth).map(|layer| jackknife(&squares, |means| means[layer].ln())).collect(),
        slope: jackknife(&squares, slope),
        bend: jackknife(&squares, |means| slope(&means[half..]) - slope(&means[..half])),
    })
}
// endregion: growth
