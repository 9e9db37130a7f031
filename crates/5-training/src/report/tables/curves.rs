//! Loss against iteration.

use report::{Table, TableError};
use statistics::{Summary, mean};

use crate::experiment::choices::Part;
use crate::experiment::curve::Curve;
use crate::experiment::runs::{Outcome, Run};
use crate::experiment::search::{Results, Series};

/// One row a bin of a learning rate of an initialisation in a panel, of those that have curves: mean and standard deviation over seeds of the mean
/// loss in the bin. Bins that some seed did not reach are left out.
pub(super) fn curves(results: &Results, chosen: &[Series]) -> Result<Table, TableError> {
    let mut rows: Vec<(Series, [f64; 3])> = Vec::new();
    for panel in results.panels() {
        for series in results.series(panel, Part::Curve) {
            let curves: Vec<Vec<(f64, f64)>> = series.curves().map(|curve| curve.binned()).collect();
            let reached = curves.iter().map(Vec::len).min().unwrap_or(0);
            for bin in 0..reached {
                let losses: Vec<f64> = curves.iter().map(|curve| curve[bin].1).collect();
                let row = [curves[0][bin].0, mean(&losses), deviation(&losses)];
                rows.push((Series { runs: Vec::new(), ..series }, row));
            }
        }
    }
    let is_chosen = |series: &Series| {
        let same = |other: &Series| {
            other.is(series.panel, series.initialisation) && other.rate.total_cmp(&series.rate).is_eq()
        };
        if chosen.iter().any(same) { "yes" } else { "no" }
    };
    Table::of("curves", &rows)
        .word("task", |(series, _)| series.panel.0)
        .word("optimiser", |(series, _)| series.panel.1)
        .word("initialisation", |(series, _)| series.initialisation)
        .number("rate", |(series, _)| series.rate)
        .word("chosen", |(series, _)| is_chosen(series))
        .number("iteration", |(_, row)| row[0])
        .number("loss", |(_, row)| row[1])
        .number("sd", |(_, row)| row[2])
        .table()
}

/// One row a bin of a run: the mean loss in the bin.
pub(super) fn losses(results: &Results) -> Result<Table, TableError> {
    let of_run = |(run, outcome): &(Run, Outcome)| {
        let bins = Curve::new(&outcome.losses, run.iterations).binned();
        bins.into_iter().map(|bin| (run.clone(), bin)).collect::<Vec<_>>()
    };
    let rows: Vec<(Run, (f64, f64))> = results.outcomes.iter().flat_map(of_run).collect();
    Table::of("losses", &rows)
        .word("part", |(run, _)| run.part)
        .word("task", |(run, _)| run.task)
        .word("optimiser", |(run, _)| run.optimiser)
        .word("initialisation", |(run, _)| run.initialisation)
        .number("rate", |(run, _)| run.rate)
        .count("seed", |(run, _)| run.seed)
        .number("iteration", |(_, bin)| bin.0)
        .number("loss", |(_, bin)| bin.1)
        .table()
}

/// The standard deviation over seeds; 0 for a single seed.
pub(super) fn deviation(values: &[f64]) -> f64 {
    if values.len() > 1 { Summary::of(values).sd() } else { 0.0 }
}
