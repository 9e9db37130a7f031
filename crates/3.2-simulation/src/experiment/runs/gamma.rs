//! Weights whose variance is γ times Kaiming's: the total variance against depth.

use ensemble::{Description, Ensemble, Observe, Refused};
use serde::{Deserialize, Serialize};

use super::averaging::jackknife_error;
use super::{ExperimentError, Progress, counting};

/// A number with its standard error, by jackknife over networks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Jackknifed {
    /// The number.
    pub value: f64,
    /// Its standard error.
    pub error: f64,
}

/// The total variance of an ensemble with scaled weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Growth {
    /// ln (σ^l)² for l = 1, 2, …
    pub log_variance: Vec<Jackknifed>,
    /// Slope of the straight line through all layers.
    pub slope: Jackknifed,
    /// Slope over the second half of the layers minus slope over the first.
    pub bend: Jackknifed,
}

/// The ensemble: one sample, since the total variance averages over networks and samples alike, and each network has its
/// own.
pub(super) fn ensemble(
    gamma: f64,
    width: usize,
    networks: usize,
    depth: usize,
    seed: u64,
) -> Result<Ensemble, Refused> {
    let description = Description {
        gamma,
        width,
        networks,
        depth,
        samples: 1,
        shared_inputs: false,
        seed,
        ..Description::default()
    };
    Ensemble::new(description, Observe::nothing().totals().spread())
}

/// Follows the total variance through the layers.
///
/// # Errors
/// Where the ensemble fails.
// region: growth
pub(super) fn growth(ensemble: &Ensemble, progress: Progress) -> Result<Growth, ExperimentError> {
    let Description { networks, depth, .. } = *ensemble.description();
    let record = ensemble.run_counting(counting(progress, networks))?;
    let squares = |network: &ensemble::Network| -> Option<Vec<f64>> {
        network.layers[1..].iter().map(|layer| Some(layer.totals?.mean_square)).collect()
    };
    let squares: Option<Vec<Vec<f64>>> = record.networks.iter().map(squares).collect();
    let squares = squares.ok_or("the ensemble did not observe what was asked for")?;
    let sums: Vec<f64> = (0..depth).map(|layer| squares.iter().map(|network| network[layer]).sum()).collect();
    let all: Vec<f64> = sums.iter().map(|sum| (sum / networks as f64).ln()).collect();
    let without: Vec<Vec<f64>> = squares
        .iter()
        .map(|network| {
            sums.iter().zip(network).map(|(sum, own)| ((sum - own) / (networks as f64 - 1.0)).ln()).collect()
        })
        .collect();
    let jackknifed = |of: &dyn Fn(&[f64]) -> f64| Jackknifed {
        value: of(&all),
        error: jackknife_error(&without.iter().map(|logs| of(logs)).collect::<Vec<_>>()),
    };
    let half = depth / 2;
    Ok(Growth {
        log_variance: (0..depth).map(|layer| jackknifed(&|logs| logs[layer])).collect(),
        slope: jackknifed(&slope),
        bend: jackknifed(&|logs| slope(&logs[half..]) - slope(&logs[..half])),
    })
}
// endregion: growth

/// Slope of the least-squares line through equally spaced values.
fn slope(values: &[f64]) -> f64 {
    let middle = (values.len() as f64 - 1.0) / 2.0;
    let (mut above, mut below) = (0.0, 0.0);
    for (index, value) in values.iter().enumerate() {
        let x = index as f64 - middle;
        above += x * value;
        below += x * x;
    }
    above / below
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slope_of_a_line_is_its_slope() {
        assert!((slope(&[1.0, 0.5, 0.0, -0.5]) + 0.5).abs() < 1e-15);
    }
}
