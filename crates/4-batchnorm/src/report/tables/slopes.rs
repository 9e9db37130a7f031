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
    let found: Vec<Estimate> = rows.iter().map(|(curve, range)| fitted(curve, range.clone())).collect();
    Table::new("slopes")
        .words("setting", rows.iter().map(|(curve, _)| curve.of.ran.normalisation))?
        .counts("width", rows.iter().map(|(curve, _)| curve.of.ran.width as u64))?
        .counts("samples", rows.iter().map(|(curve, _)| curve.of.ran.samples as u64))?
        .counts("first_layer", rows.iter().map(|(_, range)| *range.start() as u64))?
        .counts("last_layer", rows.iter().map(|(_, range)| *range.end() as u64))?
        .numbers("slope", found.iter().map(|slope| slope.value))?
        .numbers("standard_error", found.iter().map(|slope| slope.standard_error))
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
            let ranges = ranges(curve.of.ran.depth, results.margin);
            choices.extend(ranges.into_iter().map(|(name, layers)| Choice {
                samples,
                networks,
                name,
                layers,
            }));
        }
    }
    choices.sort_by_key(|choice| choice.samples);
    choices
}

/// The slopes with one row a choice and the two exploding settings side by side, predictions beside them. A setting that
/// was not run has no numbers.
pub(super) fn choices(results: &Results) -> Result<Table, TableError> {
    let choices = choices_run(results);
    let mut table = Table::new("choices")
        .counts("samples", choices.iter().map(|choice| choice.samples as u64))?
        .counts("networks", choices.iter().map(|choice| choice.networks as u64))?
        .words("range", choices.iter().map(|choice| choice.name))?
        .counts("first_layer", choices.iter().map(|choice| *choice.layers.start() as u64))?
        .counts("last_layer", choices.iter().map(|choice| *choice.layers.end() as u64))?;
    for setting in [Normalisation::ScaleBias, Normalisation::BatchNorm] {
        let cell = |choice: &Choice| {
            let of_choice = |curve: &&Curve| {
                curve.of.ran.normalisation == setting && curve.of.ran.samples == choice.samples
            };
            let curve = results.full().find(of_choice);
            let none = (Estimate::sampled(f64::NAN, f64::NAN, 0), f64::NAN);
            curve.map_or(none, |curve| {
                (
                    fitted(curve, choice.layers.clone()),
                    least_squares_slope(&curve.predicted[choice.layers.clone()]),
                )
            })
        };
        let cells: Vec<_> = choices.iter().map(cell).collect();
        table = table
            .numbers(setting.name(), cells.iter().map(|cell| cell.0.value))?
            .numbers(&format!("{setting}_error"), cells.iter().map(|cell| cell.0.standard_error))?
            .numbers(&format!("{setting}_predicted"), cells.iter().map(|cell| cell.1))?;
    }
    Ok(table)
}

/// The infinite-width slope in our range against 1/T, evenly from the largest batch that ran to the smallest.
pub(super) fn against_batch(results: &Results) -> Result<Table, TableError> {
    let ran = results.curves.first().map(|curve| curve.of.ran);
    let inverses = || results.curves.iter().map(|curve| 1.0 / curve.of.ran.samples as f64);
    let (low, high) = (inverses().fold(f64::INFINITY, f64::min), inverses().fold(0.0, f64::max));
    let at = |index: usize| (low + (high - low) * index as f64 / GRID as f64).recip().round() as usize;
    let mut batches: Vec<usize> = (0..=GRID).map(at).collect();
    batches.dedup();
    let mut table =
        Table::new("against_batch").counts("samples", batches.iter().map(|samples| *samples as u64))?;
    for setting in [Normalisation::ScaleBias, Normalisation::BatchNorm] {
        let slope = |&samples: &usize| {
            let Some(ran) = ran else { return Ok(f64::NAN) };
            let ensemble = Config { normalisation: setting, samples, ..ran.clone() };
            let curve = predicted(&ensemble, Through::Full)?;
            Ok(least_squares_slope(&curve[results.margin..=ran.depth - results.margin]))
        };
        let slopes: Result<Vec<f64>, TableError> = batches.iter().map(slope).collect();
        table = table.numbers(setting.name(), slopes?)?;
    }
    let table = table.numbers("inverse", batches.iter().map(|samples| 1.0 / *samples as f64))?;
    table.numbers("infinite", batches.iter().map(|_| gradient_slope()))
}

/// Batches from half to twice the size of ours are as much within reason: the paper assumes a large one, and uses 100
/// samples elsewhere.
fn within_reason(results: &Results, samples: usize) -> bool {
    2 * samples >= results.samples && samples <= 2 * results.samples
}

// region: reasonable
/// Our slope in each setting, and the lowest and highest that another range of layers or batch size within reason gives.
pub(super) fn reasonable(results: &Results) -> Result<Table, TableError> {
    let row = |ours: &Curve| {
        let setting = ours.of.ran.normalisation;
        let alike = results.full().filter(|curve| curve.of.ran.normalisation == setting);
        let curves = alike.filter(|curve| within_reason(results, curve.of.ran.samples));
        let all: Vec<f64> = curves
            .flat_map(|curve| choices_of(results, curve))
            .map(|(curve, range)| fitted(curve, range).value)
            .collect();
        let lowest = all.iter().copied().fold(f64::INFINITY, f64::min);
        let highest = all.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let found = fitted(ours, results.margin..=ours.of.ran.depth - results.margin);
        (setting, ours.of.ran.networks as u64, all.len() as u64, found, lowest, highest)
    };
    let rows: Vec<_> = results.main().map(row).collect();
    Table::new("reasonable")
        .words("setting", rows.iter().map(|row| row.0))?
        .counts("networks", rows.iter().map(|row| row.1))?
        .counts("choices", rows.iter().map(|row| row.2))?
        .numbers("slope", rows.iter().map(|row| row.3.value))?
        .numbers("standard_error", rows.iter().map(|row| row.3.standard_error))?
        .numbers("lowest", rows.iter().map(|row| row.4))?
        .numbers("highest", rows.iter().map(|row| row.5))
}
// endregion: reasonable

/// A batch size at which the gradient was taken with and without its path through σ_s.
struct Detached {
    samples: usize,
    networks: usize,
    paired: usize,
    slope: Estimate,
    effect: Estimate,
    predicted: f64,
}

// region: detached
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
        Some(Detached {
            samples: ran.samples,
            networks: full.of.ran.networks,
            paired: both.len(),
            slope: fitted(full, range.clone()),
            effect: jackknife(&both, change),
            predicted: predicted(without) - predicted(full),
        })
    };
    let detached = results.curves.iter().filter(|curve| curve.through == Through::FixedDeviation);
    let mut rows: Vec<Detached> = detached.filter_map(pair).collect();
    rows.sort_by_key(|row| row.samples);
    Table::new("detached")
        .counts("samples", rows.iter().map(|row| row.samples as u64))?
        .counts("networks", rows.iter().map(|row| row.networks as u64))?
        .counts("paired_networks", rows.iter().map(|row| row.paired as u64))?
        .numbers("slope", rows.iter().map(|row| row.slope.value))?
        .numbers("slope_error", rows.iter().map(|row| row.slope.standard_error))?
        .numbers("without", rows.iter().map(|row| row.slope.value + row.effect.value))?
        .numbers("effect", rows.iter().map(|row| row.effect.value))?
        .numbers("effect_error", rows.iter().map(|row| row.effect.standard_error))?
        .numbers("predicted_effect", rows.iter().map(|row| row.predicted))?
        .numbers("informal", rows.iter().map(|_| gradient_slope()))
}
// endregion: detached
