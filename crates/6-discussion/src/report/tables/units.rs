//! Single units: large sample means, and how far from affine the ReLU acts on the samples.

use ensemble::Config;
use mean_field::large_mean::{large_mean_share, large_mean_share_of};
use mean_field::nearly_linear::residual_share;
use mean_field::{Inputs, SampleMoments};
use report::{Columns, Estimate, Table, TableError};
use statistics::jackknife;

use super::signs::{gap_below, main_runs};
use super::{SignsRan, is_kaiming};
use crate::experiment::runs::Signs;
use crate::experiment::units::{LARGE, Units, watched_layers};

/// m and v of layer `layer` in infinite width.
fn wide(layer: usize) -> SampleMoments {
    Inputs::STANDARD.moments().nth(layer - 1).expect("the moments never end")
}

/// A watched layer of a run: its index among the watched, and its number.
type Row<'a> = (&'a SignsRan<'a>, usize, usize);

/// A row a watched layer of a run.
fn rows<'a>(runs: &'a [SignsRan<'a>]) -> Vec<Row<'a>> {
    let of = |run: &'a SignsRan<'a>| {
        let layers = watched_layers(run.ran.depth).into_iter().enumerate();
        layers.map(move |(index, layer)| (run, index, layer))
    };
    runs.iter().flat_map(of).collect()
}

/// A function of two sums over the watched units of some layers and all networks, with the jackknife's error over networks:
/// their ratio, say, which is not a number where the second is zero.
fn ratio(run: &SignsRan, layers: &[usize], of: fn(&Units) -> [f64; 2], join: fn(&[f64]) -> f64) -> Estimate {
    let sums = |network: &Signs| layers.iter().flat_map(|&layer| of(&network.units[layer])).collect();
    jackknife(&run.networks.iter().map(sums).collect::<Vec<Vec<f64>>>(), join)
}

/// The ratio of two sums in a layer.
fn share(of: fn(&Units) -> [f64; 2]) -> impl Fn(&Row) -> Estimate {
    move |(run, index, _)| ratio(run, &[*index], of, |means| means[0] / means[1])
}

fn large(of: &Units) -> [f64; 2] {
    [of.large[0] as f64, of.units as f64]
}

fn left(of: &Units) -> [f64; 2] {
    [of.left, of.variance]
}

fn begun<'a, 'b>(name: &str, rows: &'a [Row<'b>]) -> Columns<'a, Row<'b>> {
    Table::of(name, rows)
        .word("setting", |row| row.0.ran.normalisation)
        .count("width", |row| row.0.ran.width)
        .count("samples", |row| row.0.ran.samples)
        .count("networks", |row| row.0.ran.networks)
        .count("layer", |row| row.2)
}

/// The share of watched units whose sample mean exceeds two sample standard deviations, and the share of positive ones among
/// them. Infinite width predicts the first under Kaiming initialisation, over these samples and over all; a unit whose
/// sample mean has been taken away has none.
pub(super) fn large_means(runs: &[SignsRan]) -> Result<Table, TableError> {
    let rows = rows(runs);
    let predicted = |(run, _, layer): &Row| {
        if !is_kaiming(run.ran) {
            return Ok([0.0; 2]);
        }
        let these = large_mean_share_of(wide(*layer), LARGE, run.ran.samples).map_err(TableError::content)?;
        Ok([these, large_mean_share(wide(*layer), LARGE)])
    };
    let predicted = rows.iter().map(predicted).collect::<Result<Vec<_>, TableError>>()?;
    begun("large_means", &rows)
        .estimate(["share", "standard_error"], share(large))
        .measured("positive", share(|of| [of.large[1] as f64, of.large[0] as f64]))
        .numbers("predicted", predicted.iter().map(|of| of[0]))
        .numbers("predicted_all_samples", predicted.iter().map(|of| of[1]))
        .table()
}

/// The share of the variance over samples of f(u) that the best affine map of u in each unit leaves, all watched units of a
/// layer together. Infinite width predicts it from the correlation of two samples, which is zero where units are centred.
pub(super) fn nearly_linear(runs: &[SignsRan]) -> Result<Table, TableError> {
    begun("nearly_linear", &rows(runs))
        .estimate(["share", "standard_error"], share(left))
        .number("predicted", |(run, _, layer)| {
            residual_share(if is_kaiming(run.ran) { gap_below(*layer) } else { 1.0 })
        })
        .table()
}

/// By how much both shares change from one watched layer to the next, network by network, at the main width.
pub(super) fn unit_steps(runs: &[SignsRan], main: &Config) -> Result<Table, TableError> {
    let layers = watched_layers(main.depth);
    let rows: Vec<(&SignsRan, usize)> =
        main_runs(runs, main).flat_map(|run| (1..layers.len()).map(move |to| (run, to))).collect();
    let step = |of: fn(&Units) -> [f64; 2]| {
        move |(run, to): &(&SignsRan, usize)| {
            ratio(run, &[to - 1, *to], of, |means| means[2] / means[3] - means[0] / means[1])
        }
    };
    Table::of("unit_steps", &rows)
        .word("setting", |row| row.0.ran.normalisation)
        .count("from_layer", |row| layers[row.1 - 1])
        .count("to_layer", |row| layers[row.1])
        .measured("large", step(large))
        .measured("left", step(left))
        .table()
}
