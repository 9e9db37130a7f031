//! Whether the comparison of scale and scale+bias depends on choices that the original does not state.

use report::{Table, TableError};

use super::pairs::{Pair, compared, name, with_ratios};
use crate::experiment::choices::{Part, Variation};
use crate::experiment::search::{Panel, Results};

/// A panel with a choice made in one way.
struct Row {
    panel: Panel,
    choice: &'static str,
    batch: usize,
    iterations: u64,
    pairs: Vec<Pair>,
}

/// One row a choice in a panel: scale and scale+bias at the rates that were chosen, first as the curves have it, on half
/// their budget and on that of the variations, then with each variation. Geometric means over seeds, with the standard
/// errors of their logarithms.
pub(super) fn sensitivity(results: &Results) -> Result<Table, TableError> {
    let rows: Vec<Row> = results.panels().into_iter().flat_map(|panel| of_panel(results, panel)).collect();
    let table = Table::of("sensitivity", &rows)
        .word("panel", |row| name(row.panel))
        .word("choice", |row| row.choice)
        .count("batch", |row| row.batch)
        .count("iterations", |row| row.iterations)
        .count("seeds", |row| row.pairs.len());
    with_ratios(table, |row| &row.pairs).table()
}

/// The rows of a panel.
fn of_panel(results: &Results, panel: Panel) -> Vec<Row> {
    let row = |choice, part, budget: u64| {
        let chosen = results.chosen(panel, part);
        let (run, _) = chosen.first()?.runs.first()?;
        let iterations = budget.min(run.iterations);
        let pairs = compared(panel, &chosen, iterations);
        let row = Row { panel, choice, batch: run.batch, iterations, pairs };
        (!row.pairs.is_empty()).then_some(row)
    };
    let whole = row("as_chosen", Part::Curve, u64::MAX);
    let half = whole
        .as_ref()
        .and_then(|whole| row("half_the_iterations", Part::Curve, whole.iterations.div_ceil(2)));
    let varied = Variation::ALL.into_iter();
    let varied: Vec<Row> =
        varied.filter_map(|variation| row(variation.as_str(), variation.part(), u64::MAX)).collect();
    let beside = varied.first().and_then(|varied| row("as_chosen_shorter", Part::Curve, varied.iterations));
    whole.into_iter().chain(half).chain(beside).chain(varied).collect()
}
