//! Where scale+bias initialisation loses hold of the lengths, and with which power of the width.

use mean_field::runaway;
use report::{Table, TableError};
use statistics::{Estimate, Line};

use crate::experiment::runs::{Outcome, Question, Run};
use crate::report::tables::{WIDE, median, table};

/// The relative variance of squared lengths that is passed.
const LEVEL: f64 = 1.0;
/// Layers that the density is followed.
const DEEPEST: usize = 1000;

type Rows<const A: usize, const B: usize> = Vec<([u64; A], [f64; B])>;

/// The tables `runaway`, `exponents`, `deviations` and `length_variance`.
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
        deviations(&layers)?,
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
// endregion: passes

/// The rows of one batch, width by width.
type Ladder<'a> = Vec<&'a ([u64; 3], [f64; 5])>;

/// Columns of the rows of `runaway`.
const MEASURED: usize = 0;
const PREDICTED: usize = 2;
const DENSITY: usize = 4;

/// The batches, with their widths.
fn ladders(layers: &Rows<3, 5>) -> Vec<(u64, Ladder<'_>)> {
    let mut batches: Vec<u64> = layers.iter().map(|(counts, _)| counts[1]).collect();
    batches.sort_unstable();
    batches.dedup();
    let of = |batch| layers.iter().filter(|(counts, _)| counts[1] == batch).collect();
    batches.into_iter().map(|batch| (batch, of(batch))).collect()
}

/// The relative error of the ratio of both medians.
fn relative_error([found, error, predicted, beside, _]: [f64; 5]) -> f64 {
    (error / found).hypot(beside / predicted)
}

/// The power of the width with which a column grows, without one of the widths. Measured and predicted layers are weighted
/// alike, by the errors of both; the standard error is propagated from those of the medians over networks.
fn power(ladder: &Ladder, column: usize, without: Option<usize>) -> Estimate {
    let kept = ladder.iter().enumerate().filter(|(index, _)| Some(*index) != without);
    let point = |(_, (counts, values)): (usize, &&([u64; 3], [f64; 5]))| {
        ((counts[0] as f64).ln(), values[column].ln(), relative_error(*values))
    };
    Line::weighted(&kept.map(point).collect::<Vec<_>>()).slope
}

/// The spread of fits to `count` widths of which each leaves one out: a jackknife over the ladder.
fn range_error(count: usize, fit: impl Fn(Option<usize>) -> f64) -> f64 {
    if count < 3 {
        return f64::NAN;
    }
    let left_out: Vec<f64> = (0..count).map(|index| fit(Some(index))).collect();
    let centre = statistics::mean(&left_out);
    let squares: f64 = left_out.iter().map(|value| (value - centre).powi(2)).sum();
    ((count as f64 - 1.0) / count as f64 * squares).sqrt()
}

/// The power of the width with which the layer grows, batch by batch, with its error over networks and over the ladder of
/// widths; the same fit of the predictions; and by how much the power is above that of the largest batch. What the ladder adds
/// to two powers alike, because neither is a pure one, their difference does not have.
fn exponents(layers: &Rows<3, 5>) -> Result<Table, TableError> {
    let ladders = ladders(layers);
    let mut rows: Rows<4, 7> = Vec::new();
    for (index, (batch, of)) in ladders.iter().enumerate().filter(|(_, (_, of))| of.len() > 1) {
        let found = |column| power(of, column, None);
        let measured = |without| power(of, MEASURED, without).value;
        let beside = |without| measured(without) - power(of, PREDICTED, without).value;
        let above = match ladders.last() {
            Some((_, largest)) if index + 1 < ladders.len() => {
                let above = |without| measured(without) - power(largest, MEASURED, without).value;
                let networks =
                    found(MEASURED).standard_error.hypot(power(largest, MEASURED, None).standard_error);
                [above(None), networks.hypot(range_error(of.len(), above))]
            }
            _ => [f64::NAN; 2],
        };
        let widths = || of.iter().map(|(counts, _)| counts[0]);
        let ends = [widths().min().unwrap_or(0), widths().max().unwrap_or(0)];
        rows.push((
            [*batch, ends[0], ends[1], of.len() as u64],
            [
                found(MEASURED).value,
                found(MEASURED).standard_error,
                range_error(of.len(), measured),
                found(PREDICTED).value,
                range_error(of.len(), beside),
                above[0],
                above[1],
            ],
        ));
    }
    let numbers = [
        "exponent",
        "standard_error",
        "range_error",
        "predicted",
        "difference_error",
        "above_largest",
        "above_largest_error",
    ];
    table("exponents", ["samples", "first_width", "last_width", "widths"], numbers, &rows)
}

/// How far the predictions are off, in percent: the measured layer from the map's, as a weighted mean over the wide networks
/// with its χ² against none; and the density's from the map's, between which bounds at all widths.
fn deviations(layers: &Rows<3, 5>) -> Result<Table, TableError> {
    let mut rows: Rows<2, 5> = Vec::new();
    for (batch, of) in ladders(layers) {
        let wide = || of.iter().filter(|(counts, _)| counts[0] >= WIDE as u64);
        let (mut weights, mut weighted, mut chi_square) = (0.0, 0.0, 0.0);
        for (_, values) in wide() {
            let (later, error) = (values[MEASURED] / values[PREDICTED] - 1.0, relative_error(*values));
            weights += error.powi(-2);
            weighted += later / error.powi(2);
            chi_square += (later / error).powi(2);
        }
        let density = || of.iter().map(|(_, values)| 100.0 * (values[DENSITY] / values[PREDICTED] - 1.0));
        let later = [100.0 * weighted / weights, 100.0 * weights.sqrt().recip()];
        let ends = [density().fold(f64::INFINITY, f64::min), density().fold(f64::NEG_INFINITY, f64::max)];
        rows.push(([batch, wide().count() as u64], [later[0], later[1], chi_square, ends[0], ends[1]]));
    }
    let numbers = ["later", "standard_error", "chi_square", "density_least", "density_most"];
    table("deviations", ["samples", "widths"], numbers, &rows)
}
