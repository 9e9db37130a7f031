//! What normalisation does to samples: to those of the batch, to their lengths, and to samples that are not in it.

use ensemble::Normalisation;
use mean_field::batch_gradient::batch_variance;
use report::{Table, TableError};

use super::{Curve, Ran, Results};
use crate::experiment::fresh_samples::{self, Fresh, predicted};
use crate::experiment::runs::Backward;
use statistics::{Moments, jackknife, mean, unbiased_variance};

/// σ_s is averaged over layers 2 to this part of the depth: deeper down, finite width has made the samples' lengths
/// unequal, and the average over samples is no longer that of a wide network.
const SHALLOW: usize = 5;

/// The spread of the samples' lengths, the variance of |x_t|² over samples in units of its squared mean.
pub(super) fn lengths(results: &Results) -> Result<Table, TableError> {
    let mut rows = Vec::new();
    for curve in results.full() {
        let networks = curve.of.networks;
        let lengths: Vec<Vec<f64>> =
            networks.iter().map(|network| network.lengths.iter().map(|length| length.1).collect()).collect();
        let layers = networks.first().into_iter().flat_map(|network| &network.lengths);
        for (index, (layer, _)) in layers.enumerate() {
            rows.push((curve.of.ran, *layer, jackknife(&lengths, |means| means[index])));
        }
    }
    Table::of("lengths", &rows)
        .word("setting", |row| row.0.normalisation)
        .count("samples", |row| row.0.samples)
        .count("networks", |row| row.0.networks)
        .count("layer", |row| row.1)
        .estimate(["spread", "standard_error"], |row| row.2)
        .table()
}

/// Sample means and variances over the batch after batch normalisation, the furthest unit of any network in each layer.
pub(super) fn moments(results: &Results) -> Result<Table, TableError> {
    let networks: &[Backward] =
        results.main_of(Normalisation::BatchNorm).map_or(&[], |curve| curve.of.networks);
    let layers = networks.first().map_or(0, |network| network.normalised.len());
    let over = |pick: fn(&Moments) -> f64, join: fn(f64, f64) -> f64| {
        move |layer: &usize| {
            let of_layer = networks.iter().map(|network| pick(&network.normalised[*layer]));
            of_layer.reduce(join).unwrap_or(f64::NAN)
        }
    };
    Table::of("moments", &(0..layers).collect::<Vec<_>>())
        .count("layer", |layer| layer + 1)
        .number("largest_mean", over(|of| of.largest_mean, f64::max))
        .number("least_variance", over(|of| of.least_variance, f64::min))
        .number("greatest_variance", over(|of| of.greatest_variance, f64::max))
        .table()
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
    let mut rows = Vec::new();
    for curve in normalised(results) {
        let samples = curve.of.ran.samples;
        let within = batch_variance(samples).map_err(TableError::content)?;
        let predicted = unbiased_variance(within, samples as f64).sqrt();
        let variances = unbiased(curve);
        for layer in 2..=curve.of.ran.depth {
            let found = jackknife(&variances, |means| means[layer - 1].sqrt());
            rows.push((samples, layer, found, predicted));
        }
    }
    Table::of("sigma_s", &rows)
        .count("samples", |row| row.0)
        .count("layer", |row| row.1)
        .estimate(["sigma_s", "standard_error"], |row| row.2)
        .number("predicted", |row| row.3)
        .table()
}

/// σ_s and 1/σ_s of large batches, from the two largest that ran with all networks: the variance is a line in 1/T up to
/// 0.34/T² (the expansion of 1 - K(-1/(T-1))), of which two batches T and T' leave less than 1/(2 T T').
pub(super) fn sigma_s_limit(results: &Results) -> Result<Table, TableError> {
    let most = results.main_of(Normalisation::BatchNorm).map_or(0, |curve| curve.of.ran.networks);
    let curves: Vec<_> =
        normalised(results).into_iter().filter(|curve| curve.of.ran.networks == most).collect();
    let pairs = curves.windows(2).last().into_iter().map(|pair| {
        let last = (pair[1].of.ran.depth / SHALLOW).max(2);
        let averaged =
            |curve: &Curve| unbiased(curve).iter().map(|of| mean(&of[1..last])).collect::<Vec<_>>();
        let networks = averaged(pair[0]).into_iter().zip(averaged(pair[1]));
        let both: Vec<Vec<f64>> = networks.map(|(small, large)| vec![small, large]).collect();
        ([pair[0], pair[1]].map(|curve| curve.of.ran.samples), last, both)
    });
    let limit = |[t, u]: [usize; 2], means: &[f64]| {
        let [t, u] = [t as f64, u as f64];
        ((u * means[1] - t * means[0]) / (u - t)).sqrt()
    };
    Table::of("sigma_s_limit", &pairs.collect::<Vec<_>>())
        .count("smaller_batch", |row| row.0[0])
        .count("larger_batch", |row| row.0[1])
        .count("networks", |_| most)
        .count("first_layer", |_| 2u64)
        .count("last_layer", |row| row.1)
        .measured("sigma_s", |row| jackknife(&row.2, |means| limit(row.0, means)))
        .measured("amplification", |row| jackknife(&row.2, |means| 1.0 / limit(row.0, means)))
        .number("remainder", |row| 0.5 / (row.0[0] as f64 * row.0[1] as f64))
        .table()
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

// region: fresh
/// Moments over samples that use the statistics of a batch they are not in. The mean square has no bias; of the other
/// two, with F fresh samples, the squared mean contains 1/F of the variance, which is short of it.
pub(super) fn fresh(results: &Results) -> Result<Table, TableError> {
    let mut rows = Vec::new();
    for run in fresh_runs(results) {
        let layers = (1..).zip(predicted(run.ran.depth, run.ran.samples));
        rows.extend(layers.map(|(layer, predicted)| (run, layer, predicted)));
    }
    let over = |moment: fn(&Moments) -> f64| {
        move |row: &(&Ran<Vec<Moments>>, usize, Fresh)| {
            jackknife(&per_network(row.0, row.1, moment), |means| means[0])
        }
    };
    let (squared_mean, variance) = (over(|of| of.squared_mean), over(|of| of.variance));
    Table::of("fresh", &rows)
        .count("samples", |row| row.0.ran.samples)
        .count("networks", |row| row.0.ran.networks)
        .count("layer", |row| row.1)
        .number("squared_mean", |row| squared_mean(row).value)
        .number("variance", |row| variance(row).value)
        .estimate(["log_mean_square", "standard_error"], over(log_mean_square))
        .number("predicted", |row| row.2.mean_square.ln())
        .table()
}

/// What remains of ln <u²> of fresh samples in layer 2 in the limit of large batches, from the two largest: a line in
/// 1/T up to [`fresh_samples::remainder`].
pub(super) fn fresh_limit(results: &Results) -> Result<Table, TableError> {
    let runs = fresh_runs(results);
    let last = runs.windows(2).last().map(|pair| [pair[0], pair[1]]);
    let sizes = |pair: &[&Ran<Vec<Moments>>; 2]| pair.map(|run| run.ran.samples as f64);
    let limit = |pair: &[&Ran<Vec<Moments>>; 2]| {
        let [t, u] = sizes(pair);
        jackknife(&side_by_side(*pair, 2), |means| (u * means[1] - t * means[0]) / (u - t))
    };
    Table::of("fresh_limit", last.as_slice())
        .count("smaller_batch", |pair| pair[0].ran.samples)
        .count("larger_batch", |pair| pair[1].ran.samples)
        .count("networks", |pair| pair[0].ran.networks)
        .estimate(["log_mean_square", "standard_error"], limit)
        .number("remainder", |pair| fresh_samples::remainder(sizes(pair)[0], sizes(pair)[1]))
        .table()
}

/// ln <u²> of two runs in a layer, network by network: of the same seed, but no more alike than their batches.
fn side_by_side(runs: [&Ran<Vec<Moments>>; 2], layer: usize) -> Vec<Vec<f64>> {
    let [a, b] = runs.map(|run| per_network(run, layer, log_mean_square));
    a.into_iter().zip(b).map(|(a, b)| [a, b].concat()).collect()
}
// endregion: fresh
