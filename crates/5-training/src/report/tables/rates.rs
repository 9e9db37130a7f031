//! Every run, every learning rate, and the choice among them.

use report::{Table, TableError};

use crate::experiment::choices::Part;
use crate::experiment::curve::Curve;
use crate::experiment::search::{Results, Series};

/// One row a run that trains.
pub(super) fn runs(results: &Results) -> Result<Table, TableError> {
    let all = results.outcomes.iter().filter(|(run, _)| run.part != Part::Start);
    Table::of("runs", &all.collect::<Vec<_>>())
        .word("part", |row| row.0.part)
        .word("task", |row| row.0.task)
        .word("optimiser", |row| row.0.optimiser)
        .word("initialisation", |row| row.0.initialisation)
        .number("rate", |row| row.0.rate)
        .count("seed", |row| row.0.seed)
        .word("data", |row| row.1.source)
        .count("iterations", |row| row.1.losses.len())
        .word("diverged", |row| row.1.diverged.map_or("no".to_owned(), |at| at.to_string()))
        .number("area", |row| Curve::new(&row.1.losses, row.0.iterations).area())
        .number("end_loss", |row| Curve::new(&row.1.losses, row.0.iterations).end())
        .table()
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
    Table::of("rates", &all)
        .word("task", |series| series.panel.0)
        .word("optimiser", |series| series.panel.1)
        .word("initialisation", |series| series.initialisation)
        .number("rate", |series| series.rate)
        .count("iterations", |series| series.runs[0].0.iterations)
        .count("seeds", |series| series.runs.len())
        .count("diverged", diverged)
        .number("area", Series::area)
        .number("end_loss", Series::end)
        .word("chosen", is_chosen)
        .table()
}
