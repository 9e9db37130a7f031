//! What normalisation does to samples: to those of the batch, to their lengths, and to samples that are not in it.

use ensemble::Normalisation;
use mean_field::batch_gradient::batch_variance;
use report::{Table, TableError};

use super::{Curve, Ran, Results};
use crate::experiment::fresh_samples::{self, Fresh, predicted};
use crate::experiment::runs::Backward;
use statistics::{Estimate, Moments, jackknife, mean, unbiased_variance};

/// σ_s is averaged over layers 2 to this part of the depth: deeper down, finite width has made the samples' lengths
/// unequal, and the average over samples is no longer that of a wide network.
const SHALLOW: usize = 5;

/// The spread of the samples' lengths, the variance of |x_t|² over samples in units of its squared mean.
pub(super) fn lengths(results: &Results) -> Result<Table, TableError> {
    let of = |curve: &Curve| {
        let rows: Vec<Vec<f64>> = curve
            .of
            .networks
            .iter()
            .map(|network| network.lengths.iter().map(|length| length.1).collect())
            .collect();
        let layers =
            curve.of.networks.first().map(|network| network.lengths.iter().map(|length| length.0).collect());
        let layers: Vec<u64> = layers.unwrap_or_default();
        let ran = curve.of.ran;
        let row = |(index, layer)| {
            (
                ran.normalisation,
                ran.samples as u64,
                ran.networks as u64,
                layer,
                jackknife(&rows, |means| means[index]),
            )
        };
        layers.into_iter().enumerate().map(row).collect::<Vec<_>>()
    };
    let rows: Vec<_> = results.full().flat_map(of).collect();
    Table::new("lengths")
        .words("setting", rows.iter().map(|row| row.0))?
        .counts("samples", rows.iter().map(|row| row.1))?
        .counts("networks", rows.iter().map(|row| row.2))?
        .counts("layer", rows.iter().map(|row| row.3))?
        .numbers("spread", rows.iter().map(|row| row.4.value))?
        .numbers("standard_error", rows.iter().map(|row| row.4.standard_error))
}

/// Sample means and variances over the batch after batch normalisation, the furthest unit of any network in each layer.
pub(super) fn moments(results: &Results) -> Result<Table, TableError> {
    let networks: &[Backward] =
        results.main_of(Normalisation::BatchNorm).map_or(&[], |curve| curve.of.networks);
    let layers = networks.first().map_or(0, |network| network.normalised.len());
    let over = |layer: usize, pick: fn(&Moments) -> f64, join: fn(f64, f64) -> f64| {
        networks.iter().map(|network| pick(&network.normalised[layer])).reduce(join).unwrap_or(f64::NAN)
    };
    let column = |pick: fn(&Moments) -> f64, join: fn(f64, f64) -> f64| {
        (0..layers).map(move |layer| over(layer, pick, join))
    };
    Table::new("moments")
        .counts("layer", (1..).take(layers))?
        .numbers("largest_mean", column(|of| of.largest_mean, f64::max))?
        .numbers("least_variance", column(|of| of.least_variance, f64::min))?
        .numbers("greatest_variance", column(|of| of.greatest_variance, f64::max))
}

/// Curves of batch normalisation, by batch size.
fn normalised<'a>(results: &'a Results) -> Vec<&'a Curve<'a>> {
    let mut curves: Vec<_> =
        results.full().filter(|curve| curve.of.ran.normalisation == Normalisation::BatchNorm).collect();
    curves.sort_by_key(|curve| curve.of.ran.samples);
    curves
}

/// The unbiased sample variance that batch normalisation finds, averaged over units: networks by layers 1 to L.
fn unbiased(curve: &Curve) -> Vec<Vec<f64>> {
    let samples = curve.of.ran.samples as f64;
    let of = |network: &Backward| {
        network.raw_variance.iter().map(|variance| unbiased_variance(*variance, samples)).collect()
    };
    curve.of.networks.iter().map(of).collect()
}

// region: sigma-s
/// σ_s in every layer from 2 on: the root of the mean variance, with T - 1 in place of T, that batch normalisation
/// finds before it divides. Predicted for the same batch: √(1 - K(-1/(T-1))).
pub(super) fn sigma_s(results: &Results) -> Result<Table, TableError> {
    let mut rows: Vec<(u64, u64, Estimate, f64)> = Vec::new();
    for curve in normalised(results) {
        let samples = curve.of.ran.samples;
        let within = batch_variance(samples).map_err(|error| TableError::Content(error.to_string()))?;
        let predicted = unbiased_variance(within, samples as f64).sqrt();
        let variances = unbiased(curve);
        for layer in 2..=curve.of.ran.depth {
            let found = jackknife(&variances, |means| means[layer - 1].sqrt());
            rows.push((samples as u64, layer as u64, found, predicted));
        }
    }
    Table::new("sigma_s")
        .counts("samples", rows.iter().map(|row| row.0))?
        .counts("layer", rows.iter().map(|row| row.1))?
        .numbers("sigma_s", rows.iter().map(|row| row.2.value))?
        .numbers("standard_error", rows.iter().map(|row| row.2.standard_error))?
        .numbers("predicted", rows.iter().map(|row| row.3))
}

/// σ_s and 1/σ_s of large batches, from the two largest that ran with all networks: the variance is a line in 1/T up to
/// 0.34/T² (the expansion of 1 - K(-1/(T-1))), of which two batches T and T' leave less than 1/(2 T T').
pub(super) fn sigma_s_limit(results: &Results) -> Result<Table, TableError> {
    let most = results.main_of(Normalisation::BatchNorm).map_or(0, |curve| curve.of.ran.networks);
    let curves: Vec<_> =
        normalised(results).into_iter().filter(|curve| curve.of.ran.networks == most).collect();
    let row = |pair: &[&Curve]| {
        let [small, large] = [pair[0], pair[1]];
        let last = (large.of.ran.depth / SHALLOW).max(2);
        let [t, u] = [small.of.ran.samples as f64, large.of.ran.samples as f64];
        let both: Vec<Vec<f64>> = unbiased(small)
            .iter()
            .zip(unbiased(large))
            .map(|(a, b)| vec![mean(&a[1..last]), mean(&b[1..last])])
            .collect();
        let limit = |means: &[f64]| ((u * means[1] - t * means[0]) / (u - t)).sqrt();
        let (found, inverse) = (jackknife(&both, limit), jackknife(&both, |means| 1.0 / limit(means)));
        (small.of.ran.samples as u64, large.of.ran.samples as u64, last as u64, found, inverse, 0.5 / (t * u))
    };
    let rows: Vec<_> = curves.windows(2).last().map(row).into_iter().collect();
    Table::new("sigma_s_limit")
        .counts("smaller_batch", rows.iter().map(|row| row.0))?
        .counts("larger_batch", rows.iter().map(|row| row.1))?
        .counts("networks", rows.iter().map(|_| most as u64))?
        .counts("first_layer", rows.iter().map(|_| 2))?
        .counts("last_layer", rows.iter().map(|row| row.2))?
        .numbers("sigma_s", rows.iter().map(|row| row.3.value))?
        .numbers("sigma_s_error", rows.iter().map(|row| row.3.standard_error))?
        .numbers("amplification", rows.iter().map(|row| row.4.value))?
        .numbers("amplification_error", rows.iter().map(|row| row.4.standard_error))?
        .numbers("remainder", rows.iter().map(|row| row.5))
}
// endregion: sigma-s

/// The runs with fresh samples, by batch size.
fn fresh_runs<'a>(results: &'a Results) -> Vec<&'a Ran<'a, Vec<Moments>>> {
    let mut runs: Vec<_> = results.fresh.iter().collect();
    runs.sort_by_key(|run| run.ran.samples);
    runs
}

/// A moment over fresh samples in a layer, networks in rows of one.
fn per_network(run: &Ran<Vec<Moments>>, layer: usize, moment: impl Fn(&Moments) -> f64) -> Vec<Vec<f64>> {
    run.networks.iter().map(|network| vec![moment(&network[layer - 1])]).collect()
}

/// ln <u²> of one network: its average over networks is that of a typical one, where the lengths vary by orders.
fn log_mean_square(of: &Moments) -> f64 {
    of.mean_square.ln()
}

/// What is averaged over networks of the fresh samples: squared sample mean, sample variance, logarithm.
const MOMENTS: [fn(&Moments) -> f64; 3] = [|of| of.squared_mean, |of| of.variance, log_mean_square];

// region: fresh
/// Moments over samples that use the statistics of a batch they are not in. The mean square has no bias; of the other
/// two, with F fresh samples, the squared mean contains 1/F of the variance, which is short of it.
pub(super) fn fresh(results: &Results) -> Result<Table, TableError> {
    let mut rows: Vec<(u64, u64, u64, [Estimate; 3], Fresh)> = Vec::new();
    for run in fresh_runs(results) {
        for (layer, predicted) in (1..).zip(predicted(run.ran.depth, run.ran.samples)) {
            let found = MOMENTS.map(|moment| jackknife(&per_network(run, layer, moment), |means| means[0]));
            rows.push((run.ran.samples as u64, run.ran.networks as u64, layer as u64, found, predicted));
        }
    }
    Table::new("fresh")
        .counts("samples", rows.iter().map(|row| row.0))?
        .counts("networks", rows.iter().map(|row| row.1))?
        .counts("layer", rows.iter().map(|row| row.2))?
        .numbers("squared_mean", rows.iter().map(|row| row.3[0].value))?
        .numbers("variance", rows.iter().map(|row| row.3[1].value))?
        .numbers("log_mean_square", rows.iter().map(|row| row.3[2].value))?
        .numbers("standard_error", rows.iter().map(|row| row.3[2].standard_error))?
        .numbers("predicted", rows.iter().map(|row| row.4.mean_square.ln()))
}

/// By how much ln <u²> of fresh samples falls from a batch size to the next larger one, in three layers.
pub(super) fn fresh_fall(results: &Results) -> Result<Table, TableError> {
    let runs = fresh_runs(results);
    let in_layers = |pair: &[&Ran<Vec<Moments>>]| {
        let [small, large] = [pair[0], pair[1]];
        let mut layers = vec![2, small.ran.depth / 5, small.ran.depth];
        layers.dedup();
        let row = |layer: usize| {
            let fall = jackknife(&side_by_side([small, large], layer), |means| means[0] - means[1]);
            (
                [layer, small.ran.samples, large.ran.samples, small.ran.networks].map(|count| count as u64),
                fall,
            )
        };
        layers.into_iter().map(row).collect::<Vec<_>>()
    };
    let rows: Vec<([u64; 4], Estimate)> = runs.windows(2).flat_map(in_layers).collect();
    Table::new("fresh_fall")
        .counts("layer", rows.iter().map(|row| row.0[0]))?
        .counts("smaller_batch", rows.iter().map(|row| row.0[1]))?
        .counts("larger_batch", rows.iter().map(|row| row.0[2]))?
        .counts("networks", rows.iter().map(|row| row.0[3]))?
        .numbers("fall", rows.iter().map(|row| row.1.value))?
        .numbers("standard_error", rows.iter().map(|row| row.1.standard_error))
}

/// What remains of ln <u²> of fresh samples in layer 2 in the limit of large batches, from the two largest: a line in
/// 1/T up to [`fresh_samples::remainder`].
pub(super) fn fresh_limit(results: &Results) -> Result<Table, TableError> {
    let runs = fresh_runs(results);
    let row = |pair: &[&Ran<Vec<Moments>>]| {
        let [t, u] = [pair[0].ran.samples as f64, pair[1].ran.samples as f64];
        let both = side_by_side([pair[0], pair[1]], 2);
        let limit = jackknife(&both, |means| (u * means[1] - t * means[0]) / (u - t));
        (pair[0].ran.networks as u64, [t as u64, u as u64], limit, fresh_samples::remainder(t, u))
    };
    let rows: Vec<_> = runs.windows(2).last().map(row).into_iter().collect();
    Table::new("fresh_limit")
        .counts("smaller_batch", rows.iter().map(|row| row.1[0]))?
        .counts("larger_batch", rows.iter().map(|row| row.1[1]))?
        .counts("networks", rows.iter().map(|row| row.0))?
        .numbers("log_mean_square", rows.iter().map(|row| row.2.value))?
        .numbers("standard_error", rows.iter().map(|row| row.2.standard_error))?
        .numbers("remainder", rows.iter().map(|row| row.3))
}

/// ln <u²> of two runs in a layer, network by network: of the same seed, but no more alike than their batches.
fn side_by_side(runs: [&Ran<Vec<Moments>>; 2], layer: usize) -> Vec<Vec<f64>> {
    let [a, b] = runs.map(|run| per_network(run, layer, log_mean_square));
    a.into_iter().zip(b).map(|(a, b)| [a, b].concat()).collect()
}
// endregion: fresh
