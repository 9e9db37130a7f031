//! r of every layer (Eq. 9), at the start and along training.

use report::{Table, TableError};
use statistics::{Moments, mean};

use super::curves::deviation;
use super::pairs::name;
use crate::experiment::choices::Initialisation;
use crate::experiment::runs::{Observation, Run};
use crate::experiment::search::{Panel, Results, Series, distinct};

/// What the minibatches that an initialisation measured give afterwards: one row a layer of an initialisation in a task,
/// with the largest deviation over seeds.
pub(super) fn starts(results: &Results) -> Result<Table, TableError> {
    let kinds = distinct(results.outcomes.iter().map(|(run, _)| (run.task, run.initialisation)));
    let mut rows = Vec::new();
    for (task, initialisation) in kinds {
        let of = |run: &Run| run.task == task && run.initialisation == initialisation;
        let starts = || results.outcomes.iter().filter(|(run, _)| of(run)).map(|(_, outcome)| &outcome.start);
        let layers = starts().map(Vec::len).min().unwrap_or(0);
        for layer in 0..layers {
            let largest = |deviation: fn(&Moments) -> f64| {
                starts().map(|start| deviation(&start[layer])).fold(0.0, f64::max)
            };
            let deviations = [
                largest(|start| (start.mean_square - 1.0).abs()),
                largest(|start| (start.variance - 1.0).abs()),
                largest(|start| start.largest_mean),
            ];
            rows.push((task, initialisation, layer + 1, deviations));
        }
    }
    Table::of("starts", &rows)
        .word("task", |row| row.0)
        .word("initialisation", |row| row.1)
        .count("layer", |row| row.2)
        .number("mean_square_off_one", |row| row.3[0])
        .number("variance_off_one", |row| row.3[1])
        .number("largest_mean", |row| row.3[2])
        .table()
}

/// One row a layer of an initialisation at its chosen rate in a panel, at one moment: geometric mean over seeds and
/// standard deviation of the logarithm; infinite where a layer does not vary for some seed.
pub(super) fn ratios(results: &Results, chosen: &[Series]) -> Result<Table, TableError> {
    let mut rows: Vec<(&Series, u64, u64, [f64; 3])> = Vec::new();
    for panel in results.panels() {
        for series in chosen.iter().filter(|series| series.panel == panel) {
            let (moments, layers) = shape(series);
            for moment in 0..moments {
                for layer in 0..layers {
                    let logs = |reading: usize| -> Vec<f64> {
                        let found = series.runs.iter().map(|(_, outcome)| &outcome.observations[moment]);
                        found.map(|observation| observation.ratios[layer][reading].ln()).collect()
                    };
                    let (units, channels) = (logs(0), logs(1));
                    let row = [mean(&units).exp(), deviation(&units), mean(&channels).exp()];
                    let iteration = series.runs[0].1.observations[moment].iteration;
                    rows.push((series, iteration, layer as u64 + 1, row));
                }
            }
        }
    }
    Table::of("ratios", &rows)
        .word("panel", |row| name(row.0.panel))
        .word("initialisation", |row| row.0.initialisation)
        .count("iteration", |row| row.1)
        .count("layer", |row| row.2)
        .number("ratio", |row| row.3[0])
        .number("log_sd", |row| row.3[1])
        .number("channel_ratio", |row| row.3[2])
        .table()
}

/// Moments and layers that every seed of a series has.
fn shape(series: &Series) -> (usize, usize) {
    let observations = || series.runs.iter().map(|(_, outcome)| &outcome.observations);
    let moments = observations().map(Vec::len).min().unwrap_or(0);
    let layers = observations().filter_map(|all| all.first()).map(|first| first.ratios.len()).min();
    (moments, layers.unwrap_or(0))
}

/// How far apart two networks are in r: the difference of r²/(1 + r²), averaged over layers. This is the part of a layer's
/// mean square that lies in sample means; unlike r it stays finite where a layer has ceased to vary.
fn distance(one: &Observation, other: &Observation) -> f64 {
    let part = |ratio: f64| if ratio.is_finite() { ratio.powi(2) / (1.0 + ratio.powi(2)) } else { 1.0 };
    let both = one.ratios.iter().zip(&other.ratios);
    let apart: Vec<f64> = both.map(|(one, other)| (part(one[0]) - part(other[0])).abs()).collect();
    mean(&apart)
}

/// One row a seed of a panel at one moment: the distance between scale and scale+bias, each at its chosen rate.
pub(super) fn distances(results: &Results, chosen: &[Series]) -> Result<Table, TableError> {
    let mut rows: Vec<(Panel, u32, u64, f64)> = Vec::new();
    for panel in results.panels() {
        let find = |initialisation| chosen.iter().find(|series| series.is(panel, initialisation));
        let (Some(scale), Some(bias)) = (find(Initialisation::Scale), find(Initialisation::ScaleBias)) else {
            continue;
        };
        for (run, from_scale) in &scale.runs {
            let partner = bias.runs.iter().find(|(other, _)| other.seed == run.seed);
            for (one, other) in
                partner.iter().flat_map(|(_, bias)| from_scale.observations.iter().zip(&bias.observations))
            {
                rows.push((panel, run.seed, one.iteration, distance(one, other)));
            }
        }
    }
    Table::of("distances", &rows)
        .word("panel", |row| name(row.0))
        .count("seed", |row| row.1)
        .count("iteration", |row| row.2)
        .number("distance", |row| row.3)
        .table()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_bounded_and_finite() {
        let observed = |ratios: &[f64]| Observation {
            iteration: 0,
            ratios: ratios.iter().map(|ratio| [*ratio, 0.0]).collect(),
        };
        let distance = |one: &[f64], other: &[f64]| distance(&observed(one), &observed(other));
        assert_eq!(distance(&[0.3, 2.0], &[0.3, 2.0]), 0.0);
        assert!((distance(&[1.0, 0.0], &[0.0, 0.0]) - 0.25).abs() < 1e-15);
        assert_eq!(distance(&[f64::INFINITY, f64::NAN], &[0.0, 0.0]), 1.0);
    }
}
