//! The two steps of a layer, one after the other, in a deep network: x^{l-1} to u^l by the matrix, u^l to x^l by the
//! ReLU; and at each of the three the squared sample mean over the sample variance, both averaged over networks.

use ensemble::{Network, Record};
use serde::{Deserialize, Serialize};
use statistics::{Estimate, pseudo_values};

/// A layer: the ratio of squared mean to variance before, between and after its two steps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Of the activations below, x^{l-1}.
    pub before: Estimate,
    /// Of the pre-activations u^l.
    pub after_matrix: Estimate,
    /// Of the activations x^l.
    pub after_relu: Estimate,
    /// The logarithm of what the matrix multiplies the ratio by.
    pub matrix: Estimate,
    /// The same for the ReLU.
    pub relu: Estimate,
}

/// Squared mean and variance, network by network.
type Parts = [Vec<f64>; 2];

/// The steps of every layer, from the first.
pub fn steps(record: &Record) -> Vec<Step> {
    let samples = record.config.samples as f64;
    let parts = |of: &dyn Fn(&Network) -> Option<[f64; 2]>| -> Parts {
        let both = record.networks.iter().map(|network| of(network).unwrap_or([f64::NAN; 2]));
        let (squared_means, variances) =
            both.map(|[squared_mean, variance]| (squared_mean, variance)).unzip();
        [squared_means, variances]
    };
    let step = |layer: usize| {
        let before = parts(&|network| activations(network, layer - 1, samples));
        let between = parts(&|network| pre_activations(network, layer));
        let after = parts(&|network| activations(network, layer, samples));
        Step {
            before: ratio(&before),
            after_matrix: ratio(&between),
            after_relu: ratio(&after),
            matrix: log_factor(&before, &between),
            relu: log_factor(&between, &after),
        }
    };
    (1..=record.config.depth).map(step).collect()
}

// region: parts
/// ⟨u⟩·⟨u⟩ and ⟨u·u⟩ - ⟨u⟩·⟨u⟩ over the samples of a network, per unit.
fn pre_activations(network: &Network, layer: usize) -> Option<[f64; 2]> {
    let moments = network.layers.get(layer)?.moments?;
    Some([moments.squared_mean, moments.variance])
}

/// The same of x, from lengths and inner products: of the T² pairs whose products make up ⟨x⟩·⟨x⟩, T are of a sample
/// with itself. The factor 1/n that would make it per unit cancels in every ratio.
fn activations(network: &Network, layer: usize, samples: f64) -> Option<[f64; 2]> {
    let pairs = network.layers.get(layer)?.pairs?;
    let squared_mean = pairs.squared_length / samples + (1.0 - 1.0 / samples) * pairs.inner_product;
    Some([squared_mean, pairs.squared_length - squared_mean])
}
// endregion: parts

// region: log-factor
/// Average squared mean over average variance.
fn ratio([over, under]: &Parts) -> Estimate {
    Estimate::mean_of(&pseudo_values([over, under], |[over, under]| over / under))
}

/// The logarithm of the ratio after a step over that before it; the averages over networks are taken part by part.
fn log_factor([over, under]: &Parts, [over_after, under_after]: &Parts) -> Estimate {
    let factor =
        |[over, under, over_after, under_after]: [f64; 4]| (over_after / under_after / (over / under)).ln();
    Estimate::mean_of(&pseudo_values([over, under, over_after, under_after], factor))
}
// endregion: log-factor
