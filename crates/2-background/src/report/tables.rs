//! Tables of Section 2.

use mean_field::fluctuation::pre_activation_relative_variance;
use mean_field::{Inputs, SampleMoments};
use report::{Columns, Protocol, Table, TableError, Tables};

use crate::experiment::params::Params;
use crate::experiment::runs::{LayerRow, Outcome, Run, mean_of};
use statistics::Estimate;

/// A layer of a run as one row of several tables, with what infinite width predicts for it.
struct Row<'a> {
    run: &'a Run,
    number: usize,
    layer: &'a LayerRow,
    theory: SampleMoments,
}

/// All tables from the run results.
pub fn tables(params: &Params, outcomes: &[(Run, Outcome)]) -> Result<Tables, TableError> {
    let mut rows = Vec::new();
    for (run, outcome) in outcomes {
        let cosine = mean_of(run.law).powi(2);
        let inputs = Inputs::new(1.0, cosine).map_err(TableError::content)?;
        let layers = (1..).zip(outcome).zip(inputs.moments());
        rows.extend(layers.map(|((number, layer), theory)| Row { run, number, layer, theory }));
    }
    let measured = [total(&rows)?, decomposition(&rows)?, share(&rows)?, fluctuation(&rows)?];
    Tables::of([protocol(outcomes)?, laws(params)?].into_iter().chain(measured))
}

/// What ran, read from the runs themselves.
fn protocol(outcomes: &[(Run, Outcome)]) -> Result<Table, TableError> {
    let list = |of: &dyn Fn(&Run) -> String| Protocol::list(outcomes.iter().map(|(run, _)| of(run)));
    let rows = [
        ("laws", list(&|run| run.law.to_string())),
        ("widths", list(&|run| run.width.to_string())),
        ("depths", list(&|run| run.depth.to_string())),
        ("networks", list(&|run| run.networks.to_string())),
        ("samples", list(&|run| run.samples.to_string())),
        ("engine", list(&|run| run.engine.to_string())),
    ];
    Protocol::table(&rows)
}

/// Mean and mean square of an input element, and the cosine of two wide inputs.
fn laws(params: &Params) -> Result<Table, TableError> {
    let table = Table::of("laws", &params.laws).word("law", |law| law).number("mean", |law| mean_of(*law));
    table.number("mean_square", |_| 1.0).number("cosine", |law| mean_of(*law).powi(2)).table()
}

/// The columns that every row begins with.
fn begun<'a, 'b>(name: &str, rows: &'a [Row<'b>]) -> Columns<'a, Row<'b>> {
    Table::of(name, rows)
        .word("law", |row| row.run.law)
        .count("width", |row| row.run.width)
        .count("samples", |row| row.run.samples)
        .count("networks", |row| row.run.networks)
        .count("layer", |row| row.number)
}

fn total(rows: &[Row]) -> Result<Table, TableError> {
    begun("total", rows)
        .measured("mean", |row| row.layer.mean)
        .measured("variance", |row| row.layer.variance)
        .table()
}

fn decomposition(rows: &[Row]) -> Result<Table, TableError> {
    let terms = (0..).zip(["squared_mean", "variance", "total", "sum_minus_total"]);
    terms
        .fold(begun("decomposition", rows), |table, (term, name)| {
            table.measured(name, |row| row.layer.terms[term])
        })
        .number("squared_mean_theory", |row| row.theory.squared_mean)
        .number("variance_theory", |row| row.theory.variance)
        .table()
}

fn share(rows: &[Row]) -> Result<Table, TableError> {
    // Layer 1 has nothing before it to fall from.
    let none = Estimate::computed(0.0, 0.0);
    begun("share", rows)
        .measured("share", |row| row.layer.share)
        .measured("std_ratio", |row| row.layer.share.sqrt())
        .measured("fall", |row| row.layer.fall.unwrap_or(none))
        .number("std_ratio_theory", |row| {
            row.theory.standard_deviation() / row.theory.total_standard_deviation()
        })
        .table()
}

fn fluctuation(rows: &[Row]) -> Result<Table, TableError> {
    begun("fluctuation", rows)
        .measured("relative_variance", |row| row.layer.spread)
        .number("one_input_theory", |row| pre_activation_relative_variance(row.run.width, row.number))
        .table()
}
