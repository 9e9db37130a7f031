//! The curves of Fig. 3, layer by layer.

use ensemble::{Config, Normalisation, SCALE_EPSILON};
use report::{Columns, Table, TableError};

use super::slopes::slope_of;
use super::{Curve, Results};
use crate::experiment::runs::Backward;
use statistics::{Estimate, jackknife};

/// A quantity of a layer of a curve, and its prediction.
type Row<'a> = (&'a Config, usize, Estimate, f64);

/// A statistic of the mean squares of layers 0 to L, in each of these layers of each curve; `predicted` is the same of the
/// logarithms that infinite width gives.
fn rows<'a, 'b: 'a>(
    curves: impl Iterator<Item = &'a Curve<'b>>,
    first: usize,
    found: fn(&[f64], usize) -> f64,
    predicted: fn(&[f64], usize) -> f64,
) -> Vec<Row<'a>> {
    let layers = |curve: &'a Curve<'b>| {
        (first..=curve.of.ran.depth).map(move |layer| {
            let found = jackknife(&curve.gradients, |means| found(means, layer));
            (curve.of.ran, layer, found, predicted(&curve.predicted, layer))
        })
    };
    curves.flat_map(layers).collect()
}

fn begun<'a, 'b>(name: &str, what: &str, rows: &'a [Row<'b>]) -> Columns<'a, Row<'b>> {
    Table::of(name, rows)
        .word("setting", |row| row.0.normalisation)
        .count("width", |row| row.0.width)
        .count("samples", |row| row.0.samples)
        .count("layer", |row| row.1)
        .estimate([what, "standard_error"], |row| row.2)
}

/// ln <(∂L/∂x^l)²>, averaged over units, samples and networks before the logarithm: Fig. 3.
pub(super) fn gradient(results: &Results) -> Result<Table, TableError> {
    let rows = rows(results.full(), 0, |means, layer| means[layer].ln(), |predicted, layer| predicted[layer]);
    begun("gradient", "log_mean_square", &rows).table()
}

/// The same relative to the output, so that the loss's own weights do not count, for the panels of Fig. 3.
pub(super) fn growth(results: &Results) -> Result<Table, TableError> {
    let growth = |means: &[f64], layer: usize| (means[layer] / means[means.len() - 1]).ln();
    let rows = rows(results.main(), 0, growth, |predicted, layer| predicted[layer]);
    begun("growth", "growth", &rows).number("predicted", |row| row.3).table()
}

// region: by-variance
/// The growth under scale+bias by two routes: backward, and from the forward pass alone. A layer divides its
/// pre-activations by √(v + ε), v their sample variance averaged over units, and holds that number fixed; so one layer
/// multiplies the mean square of the gradient by 1/(v + ε), and by nothing else on average.
pub(super) fn by_variance(results: &Results) -> Result<Table, TableError> {
    let mut rows: Vec<[Estimate; 3]> = Vec::new();
    if let Some(curve) = results.main_of(Normalisation::ScaleBias) {
        let last = curve.of.ran.depth;
        let both: Vec<Vec<f64>> = curve
            .of
            .networks
            .iter()
            .map(|network| [&network.gradient[..], &forward_route(network)].concat())
            .collect();
        let [backward, forward] = [0, last + 1].map(|start| {
            move |means: &[f64], layer: usize| (means[start + layer] / means[start + last]).ln()
        });
        for layer in 0..=last {
            let growth = jackknife(&both, |means| backward(means, layer));
            let route = jackknife(&both, |means| forward(means, layer));
            let difference = jackknife(&both, |means| backward(means, layer) - forward(means, layer));
            rows.push([growth, route, difference]);
        }
    }
    let rows: Vec<_> = rows.into_iter().enumerate().collect();
    Table::of("by_variance", &rows)
        .count("layer", |row| row.0)
        .number("growth", |row| row.1[0].value)
        .number("by_variance", |row| row.1[1].value)
        .estimate(["difference", "standard_error"], |row| row.1[2])
        .table()
}

/// The mean square of ∂L/∂x^L times the product of 1/(v^j + ε) over the layers j above l, for l = 0, …, L.
fn forward_route(network: &Backward) -> Vec<f64> {
    let mut route = network.gradient.clone();
    for (layer, variance) in network.raw_variance.iter().enumerate().rev() {
        route[layer] = route[layer + 1] / (variance + SCALE_EPSILON);
    }
    route
}
// endregion: by-variance

/// The step from layer l - 1 to layer l, for l = 1, …, L.
pub(super) fn local_slopes(results: &Results) -> Result<Table, TableError> {
    let step = |means: &[f64], layer: usize| (means[layer] / means[layer - 1]).ln();
    let rows = rows(results.full(), 1, step, |predicted, layer| predicted[layer] - predicted[layer - 1]);
    begun("local_slopes", "local_slope", &rows).number("predicted", |row| row.3).table()
}

/// Slopes of the two halves of the fitted layers, and what the deeper one has more than the shallower, from as many networks
/// as there are.
pub(super) fn halves(results: &Results) -> Result<Table, TableError> {
    let mut rows = Vec::new();
    let alike = |line: &&Curve, curve: &Curve| {
        line.of.ran.normalisation == curve.of.ran.normalisation && line.of.ran.samples == curve.of.ran.samples
    };
    for curve in results.full() {
        let curve = results.lines.iter().find(|line| alike(line, curve)).unwrap_or(curve);
        let (first, last) = (results.margin, curve.of.ran.depth - results.margin);
        let middle = (first + last) / 2;
        let shallow = |means: &[f64]| slope_of(means, first..=middle);
        let deep = |means: &[f64]| slope_of(means, middle..=last);
        let halves = [jackknife(&curve.gradients, shallow), jackknife(&curve.gradients, deep)];
        let more = jackknife(&curve.gradients, |means| deep(means) - shallow(means));
        rows.push((curve.of.ran, middle, halves.map(|half| half.value), more));
    }
    Table::of("halves", &rows)
        .word("setting", |row| row.0.normalisation)
        .count("width", |row| row.0.width)
        .count("samples", |row| row.0.samples)
        .count("networks", |row| row.0.networks)
        .count("middle_layer", |row| row.1)
        .number("shallow", |row| row.2[0])
        .number("deep", |row| row.2[1])
        .estimate(["difference", "standard_error"], |row| row.3)
        .table()
}
