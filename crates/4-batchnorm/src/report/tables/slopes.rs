//! Slopes of Fig. 3 over every range of layers and every batch size that was run.

use statistics::{Estimate, jackknife, least_squares_slope};
use std::ops::RangeInclusive;

use ensemble::{Config, Normalisation, Through};
use mean_field::batch_norm::gradient_slope;
use report::{Table, TableError};

use super::ranges::ranges;
use super::{Curve, Results, predicted};

/// Points of the predicted slope against batch size.
const GRID: usize = 60;

// region: fit
/// The slope over `layers` of the logarithm of the mean square, averaged over networks first.
pub(super) fn fitted(curve: &Curve, layers: RangeInclusive<usize>) -> Estimate {
    jackknife(&curve.gradients, |means| slope_of(means, layers.clone()))
}

pub(super) fn slope_of(means: &[f64], layers: RangeInclusive<usize>) -> f64 {
    let logarithms: Vec<f64> = means.iter().map(|mean| mean.ln()).collect();
    least_squares_slope(&logarithms[layers])
}
// endregion: fit

/// The curves with each of their ranges.
fn choices_of<'a>(
    results: &'a Results,
    curve: &'a Curve,
) -> impl Iterator<Item = (&'a Curve<'a>, RangeInclusive<usize>)> {
    ranges(curve.of.ran.depth, results.margin).into_iter().map(move |(_, range)| (curve, range))
}

/// Every slope with its standard error.
pub(super) fn slopes(results: &Results) -> Result<Table, TableError> {
    let rows: Vec<_> = results.full().flat_map(|curve| choices_of(results, curve)).collect();
    Table::of("slopes", &rows)
        .word("setting", |row| row.0.of.ran.normalisation)
        .count("width", |row| row.0.of.ran.width)
        .count("samples", |row| row.0.of.ran.samples)
        .count("first_layer", |row| *row.1.start())
        .count("last_layer", |row| *row.1.end())
        .estimate(["slope", "standard_error"], |row| fitted(row.0, row.1.clone()))
        .table()
}

/// A batch size and a range of layers.
struct Choice {
    samples: usize,
    networks: usize,
    name: &'static str,
    layers: RangeInclusive<usize>,
}

/// Every choice that was run in a setting whose gradients explode, by batch size.
fn choices_run(results: &Results) -> Vec<Choice> {
    let mut choices: Vec<Choice> = Vec::new();
    for curve in results.full().filter(|curve| curve.of.ran.normalisation != Normalisation::Kaiming) {
        let (samples, networks) = (curve.of.ran.samples, curve.of.ran.networks);
        if choices.iter().all(|choice| choice.samples != samples) {
            let ranges = ranges(curve.of.ran.depth, results.margin).into_iter();
            choices.extend(ranges.map(|(name, layers)| Choice { samples, networks, name, layers }));
        }
    }
    choices.sort_by_key(|choice| choice.samples);
    choices
}

/// The slopes with one row a choice and the two exploding settings side by side, predictions beside them. A setting that
/// was not run has no numbers.
pub(super) fn choices(results: &Results) -> Result<Table, TableError> {
    let choices = choices_run(results);
    let mut table = Table::of("choices", &choices)
        .count("samples", |choice| choice.samples)
        .count("networks", |choice| choice.networks)
        .word("range", |choice| choice.name)
        .count("first_layer", |choice| *choice.layers.start())
        .count("last_layer", |choice| *choice.layers.end());
    for setting in [Normalisation::ScaleBias, Normalisation::BatchNorm] {
        let curve = |choice: &Choice| {
            results
                .full()
                .find(|curve| curve.of.ran.normalisation == setting && curve.of.ran.samples == choice.samples)
        };
        let none = Estimate::sampled(f64::NAN, f64::NAN, 0);
        let predicted = |choice: &Choice| {
            curve(choice).map(|curve| least_squares_slope(&curve.predicted[choice.layers.clone()]))
        };
        table = table
            .measured(setting.name(), |choice| {
                curve(choice).map_or(none, |curve| fitted(curve, choice.layers.clone()))
            })
            .number(&format!("{setting}_predicted"), |choice| predicted(choice).unwrap_or(f64::NAN));
    }
    table.table()
}

/// The infinite-width slope in our range against 1/T, evenly from the largest batch that ran to the smallest.
pub(super) fn against_batch(results: &Results) -> Result<Table, TableError> {
    let ran = results.curves.first().map(|curve| curve.of.ran);
    let inverses = || results.curves.iter().map(|curve| 1.0 / curve.of.ran.samples as f64);
    let (low, high) = (inverses().fold(f64::INFINITY, f64::min), inverses().fold(0.0, f64::max));
    let at = |index: usize| (low + (high - low) * index as f64 / GRID as f64).recip().round() as usize;
    let mut batches: Vec<usize> = (0..=GRID).map(at).collect();
    batches.dedup();
    let mut table = Table::of("against_batch", &batches).count("samples", |samples| *samples);
    for setting in [Normalisation::ScaleBias, Normalisation::BatchNorm] {
        let slope = |&samples: &usize| {
            let Some(ran) = ran else { return Ok(f64::NAN) };
            let ensemble = Config { normalisation: setting, samples, ..ran.clone() };
            let curve = predicted(&ensemble, Through::Full)?;
            Ok(least_squares_slope(&curve[results.margin..=ran.depth - results.margin]))
        };
        let slopes: Result<Vec<f64>, TableError> = batches.iter().map(slope).collect();
        table = table.numbers(setting.name(), slopes?);
    }
    let table = table.number("inverse", |samples| 1.0 / *samples as f64);
    table.number("infinite", |_| gradient_slope()).table()
}

/// Batches from half to twice the size of ours are as much within reason: the paper assumes a large one, and uses 100
/// samples elsewhere.
fn within_reason(results: &Results, samples: usize) -> bool {
    2 * samples >= results.samples && samples <= 2 * results.samples
}

/// Our slope in each setting, and the lowest and highest that another range of layers or batch size within reason gives.
pub(super) fn reasonable(results: &Results) -> Result<Table, TableError> {
    let mut rows = Vec::new();
    for ours in results.main() {
        let setting = ours.of.ran.normalisation;
        let alike = results.full().filter(|curve| curve.of.ran.normalisation == setting);
        let curves = alike.filter(|curve| within_reason(results, curve.of.ran.samples));
        let all = curves.flat_map(|curve| choices_of(results, curve));
        let all: Vec<f64> = all.map(|(curve, range)| fitted(curve, range).value).collect();
        let ends = all.iter().fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], slope| {
            [low.min(*slope), high.max(*slope)]
        });
        let found = fitted(ours, results.margin..=ours.of.ran.depth - results.margin);
        rows.push((ours.of.ran, all.len(), found, ends));
    }
    Table::of("reasonable", &rows)
        .word("setting", |row| row.0.normalisation)
        .count("networks", |row| row.0.networks)
        .count("choices", |row| row.1)
        .estimate(["slope", "standard_error"], |row| row.2)
        .number("lowest", |row| row.3[0])
        .number("highest", |row| row.3[1])
        .table()
}

/// The slope of batch normalisation in our range, and by how much it changes without the path through σ_s. The change is
/// taken from networks that ran both ways: the same weights make it far more precise than either slope. The slope without
/// the path is the slope with it, from all networks, plus the change.
pub(super) fn detached(results: &Results) -> Result<Table, TableError> {
    let pair = |without: &Curve| {
        let ran = without.of.ran;
        let range = results.margin..=ran.depth - results.margin;
        let alike = |full: &&Curve| Config { networks: ran.networks, ..full.of.ran.clone() } == *ran;
        let full = results.full().find(alike)?;
        let networks = full.gradients.iter().zip(&without.gradients);
        let both: Vec<Vec<f64>> = networks.map(|(full, without)| [&full[..], without].concat()).collect();
        let change = |means: &[f64]| {
            let (full, without) = means.split_at(ran.depth + 1);
            slope_of(without, range.clone()) - slope_of(full, range.clone())
        };
        let predicted = |curve: &Curve| least_squares_slope(&curve.predicted[range.clone()]);
        let predicted = predicted(without) - predicted(full);
        Some((full.of.ran, both.len(), fitted(full, range.clone()), jackknife(&both, change), predicted))
    };
    let detached = results.curves.iter().filter(|curve| curve.through == Through::FixedDeviation);
    let mut rows: Vec<_> = detached.filter_map(pair).collect();
    rows.sort_by_key(|row| row.0.samples);
    Table::of("detached", &rows)
        .count("samples", |row| row.0.samples)
        .count("networks", |row| row.0.networks)
        .count("paired_networks", |row| row.1)
        .measured("slope", |row| row.2)
        .number("without", |row| row.2.value + row.3.value)
        .measured("effect", |row| row.3)
        .number("predicted_effect", |row| row.4)
        .number("informal", |_| gradient_slope())
        .table()
}
