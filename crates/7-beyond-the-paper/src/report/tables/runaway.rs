//! Where scale+bias initialisation loses hold of the lengths, and with which power of the width.

use mean_field::runaway;
use report::{Table, TableError};
use statistics::{Estimate, Line};

use crate::experiment::runs::{Outcome, Question, Run};
use crate::report::tables::table;

/// The relative variance of squared lengths that is passed.
const LEVEL: f64 = 1.0;
/// Layers that the density is followed.
const DEEPEST: usize = 1000;

type Rows<const A: usize, const B: usize> = Vec<([u64; A], [f64; B])>;

/// The tables `runaway`, `exponents` and `length_variance`.
pub(crate) fn tables(outcomes: &[(Run, Outcome)]) -> Result<Vec<Table>, TableError> {
    let (mut layers, mut curves): (Rows<3, 5>, Rows<3, 1>) = (Vec::new(), Vec::new());
    let map = |width: usize, samples: usize| {
        let predicts =
            |run: &Run| run.question == Question::Map && run.width == width && run.samples == samples;
        let found = outcomes.iter().find_map(|(run, outcome)| match outcome {
            Outcome::Runaway(networks) if predicts(run) => Some(networks),
            _ => None,
        });
        let none = Estimate::sampled(f64::NAN, f64::NAN, 0);
        found.map_or(none, |all| median(all.iter().map(|variances| passes(variances)).collect()))
    };
    for (run, outcome) in outcomes {
        let (Question::Runaway, Outcome::Runaway(networks)) = (run.question, outcome) else { continue };
        let counts = [run.width, run.samples, run.networks].map(|count| count as u64);
        let passed = median(networks.iter().map(|variances| passes(variances)).collect());
        let density = runaway::layer(run.width, run.samples, DEEPEST).map_err(TableError::content)?;
        let (predicted, density) = (map(run.width, run.samples), density.unwrap_or(f64::NAN));
        let [found, by_map] = [passed, predicted].map(|median| [median.value, median.standard_error]);
        layers.push((counts, [found[0], found[1], by_map[0], by_map[1], density]));
        for layer in 1..=run.depth {
            let variances: Vec<f64> =
                networks.iter().filter_map(|network| network.get(layer).copied()).collect();
            curves.push(([counts[0], counts[1], layer as u64], [median(variances).value]));
        }
    }
    let names = ["runaway_layer", "standard_error", "predicted", "predicted_error", "density"];
    Ok(vec![
        exponents(&layers)?,
        table("runaway", ["width", "samples", "networks"], names, &layers)?,
        table("length_variance", ["width", "samples", "layer"], ["relative_variance"], &curves)?,
    ])
}

// region: passes
/// The layer at which the relative variance passes 1, interpolated in its logarithm; infinite where it does not.
fn passes(variances: &[f64]) -> f64 {
    let beyond = (1..variances.len()).find(|layer| variances[*layer] > LEVEL);
    beyond.map_or(f64::INFINITY, |layer| {
        let (before, after) = (variances[layer - 1].ln(), variances[layer].ln());
        layer as f64 - (after - LEVEL.ln()) / (after - before)
    })
}

/// The median, with half the distance between the order statistics √N/2 to either side as its standard error (binomial).
fn median(mut values: Vec<f64>) -> Estimate {
    values.sort_by(f64::total_cmp);
    let count = values.len();
    let at = |place: f64| values[(place.max(0.0) as usize).min(count - 1)];
    let (middle, step) = (0.5 * (count as f64 - 1.0), 0.5 * (count as f64).sqrt());
    let error = 0.5 * (at((middle + step).ceil()) - at((middle - step).floor()));
    let value = 0.5 * (at(middle.floor()) + at(middle.ceil()));
    Estimate::sampled(if value.is_finite() { value } else { f64::NAN }, error, count as u32)
}
// endregion: passes

/// The power of the width with which the layer grows, batch by batch, with the spread of the fits that leave one width
/// out (a jackknife over the ladder), the same fit of the predictions, and the spread of the difference of both: what the
/// ladder adds to either alone, because neither is a pure power, it adds to both. Both are weighted by the errors of both.
fn exponents(layers: &Rows<3, 5>) -> Result<Table, TableError> {
    let mut batches: Vec<u64> = layers.iter().map(|(counts, _)| counts[1]).collect();
    batches.dedup();
    let mut rows: Rows<3, 5> = Vec::new();
    for batch in batches {
        let of: Vec<_> = layers.iter().filter(|(counts, _)| counts[1] == batch).collect();
        if of.len() < 2 {
            continue;
        }
        let widths = || of.iter().map(|(counts, _)| counts[0]);
        let slope = |column: usize, without: Option<usize>| {
            let point = |(counts, values): &&([u64; 3], [f64; 5])| {
                let error = (values[1] / values[0]).hypot(values[3] / values[2]);
                ((counts[0] as f64).ln(), values[column].ln(), error)
            };
            let kept = of.iter().enumerate().filter(|(index, _)| Some(*index) != without);
            Line::weighted(&kept.map(|(_, row)| point(row)).collect::<Vec<_>>()).slope
        };
        let spread = |of_fit: &dyn Fn(Option<usize>) -> f64| {
            if of.len() < 3 {
                return f64::NAN;
            }
            let left_out: Vec<f64> = (0..of.len()).map(|index| of_fit(Some(index))).collect();
            let (count, centre) = (of.len() as f64, statistics::mean(&left_out));
            let squares: f64 = left_out.iter().map(|value| (value - centre).powi(2)).sum();
            ((count - 1.0) / count * squares).sqrt()
        };
        let measured = |without| slope(0, without).value;
        let difference = |without| slope(0, without).value - slope(2, without).value;
        let ends = [batch, widths().min().unwrap_or(0), widths().max().unwrap_or(0)];
        let [fit, predicted] = [slope(0, None), slope(2, None)];
        let errors = [fit.standard_error, spread(&measured), spread(&difference)];
        rows.push((ends, [fit.value, errors[0], errors[1], predicted.value, errors[2]]));
    }
    let names = ["exponent", "standard_error", "range_error", "predicted", "difference_error"];
    table("exponents", ["samples", "first_width", "last_width"], names, &rows)
}
