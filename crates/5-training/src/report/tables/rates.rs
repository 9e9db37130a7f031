//! Every run, every learning rate, and the choice among them.

use report::{Table, TableError};

use crate::experiment::choices::Part;
use crate::experiment::curve::Curve;
use crate::experiment::search::{Results, Series};

/// One row a run that trains.
pub(super) fn runs(results: &Results) -> Result<Table, TableError> {
    let all = || results.outcomes.iter().filter(|(run, _)| run.part != Part::Start);
    let curves = || all().map(|(run, outcome)| Curve::new(&outcome.losses, run.iterations));
    let diverged = |at: Option<u64>| at.map_or("no".to_owned(), |at| at.to_string());
    Table::new("runs")
        .words("part", all().map(|(run, _)| run.part))?
        .words("task", all().map(|(run, _)| run.task))?
        .words("optimiser", all().map(|(run, _)| run.optimiser))?
        .words("initialisation", all().map(|(run, _)| run.initialisation))?
        .numbers("rate", all().map(|(run, _)| run.rate))?
        .counts("seed", all().map(|(run, _)| u64::from(run.seed)))?
        .words("data", all().map(|(_, outcome)| outcome.source))?
        .counts("iterations", all().map(|(_, outcome)| outcome.losses.len() as u64))?
        .words("diverged", all().map(|(_, outcome)| diverged(outcome.diverged)))?
        .numbers("area", curves().map(|curve| curve.area()))?
        .numbers("end_loss", curves().map(|curve| curve.end()))
}

/// One row a learning rate of an initialisation in a panel, on the budget on which rates are compared.
pub(super) fn rates(results: &Results) -> Result<Table, TableError> {
    let all: Vec<Series> = results.panels().into_iter().flat_map(|panel| results.searched(panel)).collect();
    let is_chosen = |series: &Series| {
        let fastest = results.fastest(series.panel).contains(&(series.initialisation, series.rate));
        if fastest { "yes" } else { "no" }
    };
    let diverged =
        |series: &Series| series.runs.iter().filter(|(_, outcome)| outcome.diverged.is_some()).count() as u64;
    Table::new("rates")
        .words("task", all.iter().map(|series| series.panel.0))?
        .words("optimiser", all.iter().map(|series| series.panel.1))?
        .words("initialisation", all.iter().map(|series| series.initialisation))?
        .numbers("rate", all.iter().map(|series| series.rate))?
        .counts("iterations", all.iter().map(|series| series.runs[0].0.iterations))?
        .counts("seeds", all.iter().map(|series| series.runs.len() as u64))?
        .counts("diverged", all.iter().map(diverged))?
        .numbers("area", all.iter().map(Series::area))?
        .numbers("end_loss", all.iter().map(Series::end))?
        .words("chosen", all.iter().map(is_chosen))
}
