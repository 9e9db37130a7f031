//! Pre-activations themselves, in the first layer and in the last: of single units over samples, and pooled over networks.

use ensemble::{Config, ConfigError, Ensemble, Network, Observables, Record};
use serde::{Deserialize, Serialize};
use statistics::Summary;

/// Units of one network that are shown. All units have the same law, so the first ones are as random as any.
pub(super) const UNITS: usize = 3;
/// Units that each network adds to the pool: in a wide network they are nearly independent.
const POOLED_UNITS: usize = 8;
/// Samples of each network in the pool.
pub(super) const POOLED_SAMPLES: usize = 2;

/// The first layer and the last.
fn layers(config: &Config) -> Vec<usize> {
    if config.depth > 1 { vec![1, config.depth] } else { vec![1] }
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

/// The one network, checked.
pub(super) fn alone(config: &Config, seed: u64) -> Result<Ensemble, ConfigError> {
    let observe = Observables::none().moments().watch(layers(config), (0..UNITS).collect::<Vec<_>>());
    Ensemble::new(Config { seed, ..config.clone() }, observe)
}

/// What is looked at in many.
pub(super) fn of_the_pool(config: &Config) -> Observables {
    let units = (0..POOLED_UNITS.min(config.width)).collect::<Vec<_>>();
    Observables::none().totals().watch(layers(config), units)
}

// region: distributions
/// What one network and a pool of many show.
pub(super) fn distributions(single: &Record, pool: &Record) -> Option<Vec<Distribution>> {
    let layer = |layer: usize| {
        let square = |layer: usize| {
            let of = |network: &Network| Some(network.layers.get(layer)?.totals?.mean_square);
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
    layers(&pool.config).into_iter().map(layer).collect()
}
// endregion: distributions
