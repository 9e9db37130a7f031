//! Weights whose variance is γ times Kaiming's: the total variance against depth.

use ensemble::{Config, ConfigError, Ensemble, Observables};
use serde::{Deserialize, Serialize};
use statistics::{Estimate, jackknife, least_squares_slope};

use super::{ExperimentError, Progress};

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

/// The ensemble: one sample, since the total variance averages over networks and samples alike, and each network has its
/// own.
pub(super) fn ensemble(
    gamma: f64,
    width: usize,
    networks: usize,
    depth: usize,
    seed: u64,
) -> Result<Ensemble, ConfigError> {
    let config =
        Config { gamma, width, networks, depth, samples: 1, shared_inputs: false, seed, ..Config::default() };
    Ensemble::new(config, Observables::none().totals().across_networks())
}

/// Follows the total variance through the layers.
///
/// # Errors
/// Where the ensemble fails.
// region: growth
pub(super) fn growth(ensemble: &Ensemble, progress: Progress) -> Result<Growth, ExperimentError> {
    let depth = ensemble.config().depth;
    let record = ensemble.run_with_progress(progress)?;
    let squares = |network: &ensemble::Network| -> Option<Vec<f64>> {
        network.layers[1..].iter().map(|layer| Some(layer.totals?.mean_square)).collect()
    };
    let squares: Option<Vec<Vec<f64>>> = record.networks.iter().map(squares).collect();
    let squares = squares.ok_or("the ensemble did not observe what was asked for")?;
    let slope = |means: &[f64]| least_squares_slope(&means.iter().map(|mean| mean.ln()).collect::<Vec<_>>());
    let half = depth / 2;
    Ok(Growth {
        log_variance: (0..depth).map(|layer| jackknife(&squares, |means| means[layer].ln())).collect(),
        slope: jackknife(&squares, slope),
        bend: jackknife(&squares, |means| slope(&means[half..]) - slope(&means[..half])),
    })
}
// endregion: growth
