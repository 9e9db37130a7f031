//! Pre-activations themselves, in the first layer and in the last: of single units over samples, and pooled over networks.

use ensemble::{Config, ConfigError, Ensemble, Observables};
use serde::{Deserialize, Serialize};
use statistics::Summary;

use super::{ExperimentError, Progress, size};

/// Units of one network that are shown. All units have the same law, so the first ones are as random as any.
pub(super) const UNITS: usize = 3;
/// Units that each network adds to the pool: in a wide network they are nearly independent.
const POOLED_UNITS: usize = 8;
/// Samples of each network in the pool.
const POOLED_SAMPLES: usize = 2;

/// Sizes of the two ensembles: one network with many samples, and many networks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// n.
    pub width: u64,
    /// L.
    pub depth: u64,
    /// Samples of the one network.
    pub samples: u64,
    /// The many networks.
    pub networks: u64,
}

impl Shown {
    /// The first layer and the last.
    fn layers(&self) -> Vec<usize> {
        if self.depth > 1 { vec![1, size(self.depth)] } else { vec![1] }
    }
}

/// Pre-activations of one layer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Distribution {
    /// l.
    pub layer: u64,
    /// Each shown unit over the samples of one network.
    pub units: Vec<Vec<f32>>,
    /// Units, samples and networks pooled.
    pub pooled: Vec<f32>,
    /// Mean square over all units and samples of a network of the pool.
    pub mean_square: Summary,
    /// The same minus that of the first layer, network by network.
    pub change: Summary,
}

/// The two ensembles.
pub(super) fn ensembles(shown: &Shown, [alone, pooled]: [u64; 2]) -> Result<[Ensemble; 2], ConfigError> {
    let (width, depth, layers) = (size(shown.width), size(shown.depth), shown.layers());
    let base = Config { width, depth, shared_inputs: false, seed: alone, ..Config::default() };
    let units = (0..UNITS).collect::<Vec<_>>();
    let single = Config { samples: size(shown.samples), networks: 1, ..base.clone() };
    let pool = Config { samples: POOLED_SAMPLES, networks: size(shown.networks), seed: pooled, ..base };
    let pooled_units = (0..POOLED_UNITS.min(width)).collect::<Vec<_>>();
    Ok([
        Ensemble::new(single, Observables::none().moments().watch(layers.clone(), units))?,
        Ensemble::new(pool, Observables::none().totals().watch(layers, pooled_units).across_networks())?,
    ])
}

/// Draws both.
///
/// # Errors
/// Where an ensemble is refused or fails.
// region: distributions
pub(super) fn distributions(
    shown: &Shown,
    seeds: [u64; 2],
    progress: Progress,
) -> Result<Vec<Distribution>, ExperimentError> {
    let [single, pool] = ensembles(shown, seeds)?;
    let single = single.run()?;
    let pool = pool.run_with_progress(progress)?;
    let layer = |layer: usize| {
        let square = |layer: usize| {
            let of = |network: &ensemble::Network| Some(network.layers.get(layer)?.totals?.mean_square);
            pool.networks.iter().map(of).collect::<Option<Vec<f64>>>()
        };
        let change: Vec<f64> =
            square(layer)?.iter().zip(square(1)?).map(|(here, first)| here - first).collect();
        let watched = pool.networks.iter().map(|network| network.layers.get(layer)?.watched.as_ref());
        Some(Distribution {
            layer: layer as u64,
            units: single.networks.first()?.layers.get(layer)?.watched.clone()?,
            pooled: watched.collect::<Option<Vec<_>>>()?.into_iter().flatten().flatten().copied().collect(),
            mean_square: Summary::of(&square(layer)?),
            change: Summary::of(&change),
        })
    };
    let found: Option<Vec<Distribution>> = shown.layers().into_iter().map(layer).collect();
    found.ok_or_else(|| "the ensemble did not observe what was asked for".into())
}
// endregion: distributions
