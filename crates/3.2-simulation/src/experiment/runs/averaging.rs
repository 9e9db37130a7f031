//! Self-averaging: how much the inner products of given samples differ from network to network, against width; and
//! how closely the cosines of independent inputs gather around zero.

use ensemble::{Network, Record};
use mean_field::cosine_map::closed_form;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use statistics::{Estimate, Summary, log_mean_variance, mean};

/// Input vectors of a set whose cosines are taken: 1225 pairs.
pub(super) const SET: usize = 50;

/// Samples that are followed through all networks.
pub(super) const GIVEN: usize = 8;

/// One layer of given samples.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AveragingRow {
    /// l, from 1.
    pub layer: u64,
    /// ln of the variance over networks of x_a·x_b/(|x_a⁰||x_b⁰|) for two given samples, averaged over pairs of them.
    pub inner_product: Estimate,
    /// ln of the variance over networks of |x_a|²/|x_a⁰|² for a given sample, averaged over them.
    pub squared_length: Estimate,
}

/// Given samples followed through many networks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Averaging {
    /// Mean cosine of their inputs, over pairs.
    pub input_cosine: f64,
    /// Layers 1, 2, …
    pub layers: Vec<AveragingRow>,
}

/// Follows given samples through many networks. A longer input makes longer activations, in proportion, so that lengths of
/// the inputs are divided out exactly; their cosines are not, and differ from width to width by about 1/√n.
// region: inner-products
pub(super) fn inner_products(record: &Record) -> Option<Averaging> {
    let grams = |layer: usize| -> Option<Vec<&[f64]>> {
        record.networks.iter().map(|network| network.layers.get(layer)?.gram.as_deref()).collect()
    };
    let inputs = *grams(0)?.first()?;
    let lengths = |a: usize, b: usize| (inputs[a * GIVEN + a] * inputs[b * GIVEN + b]).sqrt();
    let over_networks = |grams: &[&[f64]], a: usize, b: usize| -> Vec<f64> {
        grams.iter().map(|gram| gram[a * GIVEN + b] / lengths(a, b)).collect()
    };
    let pairs = || (1..GIVEN).flat_map(|a| (0..a).map(move |b| (a, b)));
    let row = |layer: usize| {
        let grams = grams(layer)?;
        Some(AveragingRow {
            layer: layer as u64,
            inner_product: log_mean_variance(pairs().map(|(a, b)| over_networks(&grams, a, b))),
            squared_length: log_mean_variance((0..GIVEN).map(|a| over_networks(&grams, a, a))),
        })
    };
    let cosines: Vec<f64> = pairs().map(|(a, b)| inputs[a * GIVEN + b] / lengths(a, b)).collect();
    let layers = (1..=record.config.depth).map(row).collect::<Option<_>>()?;
    Some(Averaging { input_cosine: mean(&cosines), layers })
}
// endregion: inner-products

/// Cosines of the inputs of one width.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InputCosines {
    /// Mean square of c⁰ over pairs; mean and standard deviation over sets of inputs.
    pub square: Summary,
    /// <K^l(c⁰)> - K^l(0) for l = 1, 2, …, over pairs; mean and standard deviation over sets.
    pub gaps: Vec<Summary>,
}

/// What one set of inputs gives: the mean square of its cosines, and <K^l(c)> - K^l(0) for l from 1.
type InputSet = (f64, Vec<f64>);

/// Takes the cosines of independent inputs, and iterates the map from each and from their average.
// region: input-cosines
pub(super) fn input_cosines(record: &Record, depth: u64) -> Option<InputCosines> {
    let of_a_network =
        |network: &Network| Some(of_a_set(&cosines(network.layers.first()?.gram.as_deref()?), depth));
    let sets: Vec<InputSet> = record.networks.par_iter().map(of_a_network).collect::<Option<_>>()?;
    let over = |pick: &dyn Fn(&InputSet) -> f64| Summary::of(&sets.iter().map(pick).collect::<Vec<_>>());
    Some(InputCosines {
        square: over(&|set| set.0),
        gaps: (0..depth as usize).map(|index| over(&|set| set.1[index])).collect(),
    })
}

/// Mean square of the cosines, and <K^l(c)> - K^l(0) for l from 1. Flipping the sign of one sample turns c into -c
/// without changing the law: averaging over both takes away what is odd in c and vanishes on average.
fn of_a_set(cosines: &[f64], depth: u64) -> InputSet {
    let count = cosines.len() as f64;
    let mut iterates: Vec<f64> = cosines.iter().flat_map(|c| [*c, -c]).collect();
    let mut from_zero = 0.0;
    let next = |_| {
        iterates.iter_mut().for_each(|c| *c = closed_form(*c).min(1.0));
        from_zero = closed_form(from_zero);
        iterates.iter().map(|c| c - from_zero).sum::<f64>() / (2.0 * count)
    };
    let gaps = (1..=depth).map(next).collect();
    (cosines.iter().map(|c| c * c).sum::<f64>() / count, gaps)
}
// endregion: input-cosines

/// Cosines of all pairs of different samples, from their Gram matrix.
fn cosines(gram: &[f64]) -> Vec<f64> {
    let at = |a: usize, b: usize| gram[a * SET + b];
    (1..SET).flat_map(|a| (0..a).map(move |b| at(a, b) / (at(a, a) * at(b, b)).sqrt())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// K is convex, so the average of its values lies above its value at the average.
    #[test]
    fn gaps_are_positive_and_vanish_without_spread() {
        let (square, gaps) = of_a_set(&[0.5, 0.5], 3);
        assert_eq!(square, 0.25);
        assert!(gaps.iter().all(|gap| *gap > 0.0));
        assert!(of_a_set(&[0.0], 3).1.iter().all(|gap| *gap == 0.0));
    }
}
