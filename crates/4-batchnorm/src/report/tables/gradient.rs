//! The curves of Fig. 3, layer by layer.

use ensemble::{Normalisation, SCALE_EPSILON};
use report::{Table, TableError};

use super::slopes::slope_of;
use super::{Curve, Results};
use crate::experiment::runs::Backward;
use statistics::{Estimate, jackknife};

/// A quantity of a layer of a curve, and its prediction.
struct Row {
    setting: String,
    width: u64,
    samples: u64,
    layer: u64,
    found: Estimate,
    predicted: f64,
}

impl Row {
    fn of(curve: &Curve, layer: usize, predicted: f64, statistic: impl Fn(&[f64]) -> f64) -> Self {
        let ran = curve.of.ran;
        Self {
            setting: ran.normalisation.to_string(),
            width: ran.width as u64,
            samples: ran.samples as u64,
            layer: layer as u64,
            found: jackknife(&curve.gradients, statistic),
            predicted,
        }
    }
}

fn table(name: &str, what: &str, rows: &[Row]) -> Result<Table, TableError> {
    Table::new(name)
        .words("setting", rows.iter().map(|row| &row.setting))?
        .counts("width", rows.iter().map(|row| row.width))?
        .counts("samples", rows.iter().map(|row| row.samples))?
        .counts("layer", rows.iter().map(|row| row.layer))?
        .numbers(what, rows.iter().map(|row| row.found.value))?
        .numbers("standard_error", rows.iter().map(|row| row.found.standard_error))
}

fn with_prediction(table: Table, rows: &[Row]) -> Result<Table, TableError> {
    table.numbers("predicted", rows.iter().map(|row| row.predicted))
}

// region: gradient
/// ln <(∂L/∂x^l)²>, averaged over units, samples and networks before the logarithm: Fig. 3.
pub(super) fn gradient(results: &Results) -> Result<Table, TableError> {
    let layers = |curve: &Curve| {
        let row = |layer: usize| Row::of(curve, layer, curve.predicted[layer], |means| means[layer].ln());
        (0..=curve.of.ran.depth).map(row).collect::<Vec<_>>()
    };
    table("gradient", "log_mean_square", &results.full().flat_map(layers).collect::<Vec<_>>())
}
// endregion: gradient

/// The same relative to the output, so that the loss's own weights do not count, for the panels of Fig. 3.
pub(super) fn growth(results: &Results) -> Result<Table, TableError> {
    let layers = |curve: &Curve| {
        let last = curve.of.ran.depth;
        let row = |layer: usize| {
            Row::of(curve, layer, curve.predicted[layer], |means| (means[layer] / means[last]).ln())
        };
        (0..=last).map(row).collect::<Vec<_>>()
    };
    let rows: Vec<Row> = results.main().flat_map(layers).collect();
    with_prediction(table("growth", "growth", &rows)?, &rows)
}

// region: by-variance
/// The growth under scale+bias by two routes: backward, and from the forward pass alone. A layer divides its
/// pre-activations by √(v + ε), v their sample variance averaged over units, and holds that number fixed; so one layer
/// multiplies the mean square of the gradient by 1/(v + ε), and by nothing else on average.
pub(super) fn by_variance(results: &Results) -> Result<Table, TableError> {
    let mut rows: Vec<(u64, [Estimate; 3])> = Vec::new();
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
            rows.push((layer as u64, [growth, route, difference]));
        }
    }
    Table::new("by_variance")
        .counts("layer", rows.iter().map(|row| row.0))?
        .numbers("growth", rows.iter().map(|row| row.1[0].value))?
        .numbers("by_variance", rows.iter().map(|row| row.1[1].value))?
        .numbers("difference", rows.iter().map(|row| row.1[2].value))?
        .numbers("standard_error", rows.iter().map(|row| row.1[2].standard_error))
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

// region: local-slopes
/// The step from layer l - 1 to layer l, for l = 1, …, L.
pub(super) fn local_slopes(results: &Results) -> Result<Table, TableError> {
    let layers = |curve: &Curve| {
        let step = |layer: usize| curve.predicted[layer] - curve.predicted[layer - 1];
        let row =
            |layer: usize| Row::of(curve, layer, step(layer), |means| (means[layer] / means[layer - 1]).ln());
        (1..=curve.of.ran.depth).map(row).collect::<Vec<_>>()
    };
    let rows: Vec<Row> = results.full().flat_map(layers).collect();
    with_prediction(table("local_slopes", "local_slope", &rows)?, &rows)
}
// endregion: local-slopes

// region: halves
/// Slopes of the two halves of the fitted layers, and what the deeper one has more than the shallower.
pub(super) fn halves(results: &Results) -> Result<Table, TableError> {
    let both = |curve: &Curve| {
        let (first, last) = (results.margin, curve.of.ran.depth - results.margin);
        let middle = (first + last) / 2;
        let shallow = Row::of(curve, middle, f64::NAN, |means| slope_of(means, first..=middle));
        let deep = Row::of(curve, middle, f64::NAN, |means| slope_of(means, middle..=last));
        let more = Row::of(curve, middle, 0.0, |means| {
            slope_of(means, middle..=last) - slope_of(means, first..=middle)
        });
        (curve.of.ran.networks as u64, shallow, deep, more)
    };
    let rows: Vec<_> = results.full().map(both).collect();
    Table::new("halves")
        .words("setting", rows.iter().map(|row| &row.1.setting))?
        .counts("width", rows.iter().map(|row| row.1.width))?
        .counts("samples", rows.iter().map(|row| row.1.samples))?
        .counts("networks", rows.iter().map(|row| row.0))?
        .counts("middle_layer", rows.iter().map(|row| row.1.layer))?
        .numbers("shallow", rows.iter().map(|row| row.1.found.value))?
        .numbers("deep", rows.iter().map(|row| row.2.found.value))?
        .numbers("difference", rows.iter().map(|row| row.3.found.value))?
        .numbers("standard_error", rows.iter().map(|row| row.3.found.standard_error))
}
// endregion: halves
