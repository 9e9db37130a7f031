//! Single units: large sample means, and how far from affine the ReLU acts on the samples.

use ensemble::Config;
use mean_field::large_mean::{large_mean_share, large_mean_share_of};
use mean_field::nearly_linear::residual_share;
use mean_field::{Inputs, SampleMoments};
use report::{Estimate, Table, TableError};
use statistics::jackknife;

use super::signs::{failed, gap_below, main_runs};
use super::{SignsRan, is_kaiming};
use crate::experiment::units::{LARGE, Units, watched_layers};

/// m and v of layer `layer` in infinite width.
fn wide(layer: usize) -> SampleMoments {
    Inputs::STANDARD.moments().nth(layer - 1).expect("the moments never end")
}

/// A row a watched layer of a run: its index among the watched, and its number.
fn rows<'a>(runs: &'a [SignsRan<'a>]) -> Vec<(&'a SignsRan<'a>, usize, usize)> {
    let of = |run: &'a SignsRan<'a>| {
        let layers = watched_layers(run.ran.depth).into_iter().enumerate();
        layers.map(move |(index, layer)| (run, index, layer))
    };
    runs.iter().flat_map(of).collect()
}

/// The ratio of two sums over the watched units and all networks, with the jackknife's error over networks; not a number
/// where the second is zero.
fn ratio(run: &SignsRan, layers: &[usize], of: fn(&Units) -> [f64; 2], join: fn(&[f64]) -> f64) -> Estimate {
    let sums = |network: &crate::experiment::runs::Signs| {
        layers.iter().flat_map(|&layer| of(&network.units[layer])).collect::<Vec<f64>>()
    };
    let replicates: Vec<Vec<f64>> = run.networks.iter().map(sums).collect();
    jackknife(&replicates, join)
}

fn large(of: &Units) -> [f64; 2] {
    [of.large[0] as f64, of.units as f64]
}

fn positive(of: &Units) -> [f64; 2] {
    [of.large[1] as f64, of.large[0] as f64]
}

fn left(of: &Units) -> [f64; 2] {
    [of.left, of.variance]
}

fn one(means: &[f64]) -> f64 {
    means[0] / means[1]
}

/// What the second of two ratios has more than the first.
fn more(means: &[f64]) -> f64 {
    means[2] / means[3] - means[0] / means[1]
}

fn described(name: &str, rows: &[(&SignsRan, usize, usize)]) -> Result<Table, TableError> {
    let ran = || rows.iter().map(|row| row.0.ran);
    Table::new(name)
        .words("setting", ran().map(|ran: &Config| ran.normalisation))?
        .counts("width", ran().map(|ran| ran.width as u64))?
        .counts("samples", ran().map(|ran| ran.samples as u64))?
        .counts("networks", ran().map(|ran| ran.networks as u64))?
        .counts("layer", rows.iter().map(|row| row.2 as u64))
}

// region: large-means
/// The share of watched units whose sample mean exceeds two sample standard deviations, and the share of positive ones among
/// them. Infinite width predicts the first under Kaiming initialisation, over these samples and over all; a unit whose
/// sample mean has been taken away has none.
pub(super) fn large_means(runs: &[SignsRan]) -> Result<Table, TableError> {
    let rows = rows(runs);
    let share = |of: fn(&Units) -> [f64; 2]| -> Vec<Estimate> {
        rows.iter().map(|(run, index, _)| ratio(run, &[*index], of, one)).collect()
    };
    let (shares, signs) = (share(large), share(positive));
    let predicted = |(run, _, layer): &(&SignsRan, usize, usize)| {
        if !is_kaiming(run.ran) {
            return Ok([0.0; 2]);
        }
        let these = large_mean_share_of(wide(*layer), LARGE, run.ran.samples).map_err(failed)?;
        Ok([these, large_mean_share(wide(*layer), LARGE)])
    };
    let predicted = rows.iter().map(predicted).collect::<Result<Vec<_>, TableError>>()?;
    described("large_means", &rows)?
        .numbers("share", shares.iter().map(|of| of.value))?
        .numbers("standard_error", shares.iter().map(|of| of.standard_error))?
        .numbers("positive", signs.iter().map(|of| of.value))?
        .numbers("positive_error", signs.iter().map(|of| of.standard_error))?
        .numbers("predicted", predicted.iter().map(|of| of[0]))?
        .numbers("predicted_all_samples", predicted.iter().map(|of| of[1]))
}
// endregion: large-means

// region: nearly-linear
/// The share of the variance over samples of f(u) that the best affine map of u in each unit leaves, all watched units of a
/// layer together. Infinite width predicts it from the correlation of two samples, which is zero where units are centred.
pub(super) fn nearly_linear(runs: &[SignsRan]) -> Result<Table, TableError> {
    let rows = rows(runs);
    let shares: Vec<Estimate> = rows.iter().map(|(run, index, _)| ratio(run, &[*index], left, one)).collect();
    let predicted = |(run, _, layer): &(&SignsRan, usize, usize)| {
        residual_share(if is_kaiming(run.ran) { gap_below(*layer) } else { 1.0 })
    };
    described("nearly_linear", &rows)?
        .numbers("share", shares.iter().map(|of| of.value))?
        .numbers("standard_error", shares.iter().map(|of| of.standard_error))?
        .numbers("predicted", rows.iter().map(predicted))
}
// endregion: nearly-linear

/// By how much both shares change from one watched layer to the next, network by network, at the main width.
pub(super) fn unit_steps(runs: &[SignsRan], main: &Config) -> Result<Table, TableError> {
    let layers = watched_layers(main.depth);
    let rows: Vec<(&SignsRan, usize)> =
        main_runs(runs, main).flat_map(|run| (1..layers.len()).map(move |to| (run, to))).collect();
    let step = |of: fn(&Units) -> [f64; 2]| -> Vec<Estimate> {
        rows.iter().map(|(run, to)| ratio(run, &[to - 1, *to], of, more)).collect()
    };
    let (large, left) = (step(large), step(left));
    Table::new("unit_steps")
        .words("setting", rows.iter().map(|row| row.0.ran.normalisation))?
        .counts("from_layer", rows.iter().map(|row| layers[row.1 - 1] as u64))?
        .counts("to_layer", rows.iter().map(|row| layers[row.1] as u64))?
        .numbers("large", large.iter().map(|of| of.value))?
        .numbers("large_error", large.iter().map(|of| of.standard_error))?
        .numbers("left", left.iter().map(|of| of.value))?
        .numbers("left_error", left.iter().map(|of| of.standard_error))
}
