//! Tables of Section 2.

use mean_field::fluctuation::pre_activation_relative_variance;
use mean_field::{Inputs, SampleMoments};
use report::{Protocol, Table, TableError, Tables};

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
///
/// # Errors
/// When columns do not fit together.
pub fn tables(params: &Params, outcomes: &[(Run, Outcome)]) -> Result<Tables, TableError> {
    let mut rows = Vec::new();
    for (run, outcome) in outcomes {
        let cosine = mean_of(run.law).powi(2);
        let inputs = Inputs::new(1.0, cosine).map_err(|error| TableError::Content(error.to_string()))?;
        let layers = (1..).zip(outcome).zip(inputs.moments());
        rows.extend(layers.map(|((number, layer), theory)| Row { run, number, layer, theory }));
    }
    let measured = [total(&rows)?, decomposition(&rows)?, share(&rows)?, fluctuation(&rows)?];
    Tables::of([protocol(outcomes)?, laws(params)?].into_iter().chain(measured))
}

/// What ran, read from the runs themselves.
fn protocol(outcomes: &[(Run, Outcome)]) -> Result<Table, TableError> {
    let list = |entry: &dyn Fn(&Run) -> String| {
        let mut entries: Vec<String> = Vec::new();
        for entry in outcomes.iter().map(|(run, _)| entry(run)) {
            if !entries.contains(&entry) {
                entries.push(entry);
            }
        }
        entries.join(",")
    };
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
    let means = || params.laws.iter().map(|law| mean_of(*law));
    Table::new("laws")
        .words("law", &params.laws)?
        .numbers("mean", means())?
        .numbers("mean_square", params.laws.iter().map(|_| 1.0))?
        .numbers("cosine", means().map(|mean| mean * mean))
}

/// The columns that every row begins with.
fn begun(name: &str, rows: &[Row]) -> Result<Table, TableError> {
    Table::new(name)
        .words("law", rows.iter().map(|row| row.run.law))?
        .counts("width", rows.iter().map(|row| row.run.width as u64))?
        .counts("samples", rows.iter().map(|row| row.run.samples as u64))?
        .counts("networks", rows.iter().map(|row| row.run.networks as u64))?
        .counts("layer", rows.iter().map(|row| row.number as u64))
}

/// Adds an estimate and its standard error.
fn with(table: Table, name: &str, values: impl Iterator<Item = Estimate>) -> Result<Table, TableError> {
    let values: Vec<Estimate> = values.collect();
    table
        .numbers(name, values.iter().map(|value| value.value))?
        .numbers(&format!("{name}_error"), values.iter().map(|value| value.standard_error))
}

fn total(rows: &[Row]) -> Result<Table, TableError> {
    let table = with(begun("total", rows)?, "mean", rows.iter().map(|row| row.layer.mean))?;
    with(table, "variance", rows.iter().map(|row| row.layer.variance))
}

fn decomposition(rows: &[Row]) -> Result<Table, TableError> {
    let mut table = begun("decomposition", rows)?;
    for (index, name) in ["squared_mean", "variance", "total", "sum_minus_total"].into_iter().enumerate() {
        table = with(table, name, rows.iter().map(|row| row.layer.terms[index]))?;
    }
    table
        .numbers("squared_mean_theory", rows.iter().map(|row| row.theory.squared_mean))?
        .numbers("variance_theory", rows.iter().map(|row| row.theory.variance))
}

fn share(rows: &[Row]) -> Result<Table, TableError> {
    // Layer 1 has nothing before it to fall from.
    let none = Estimate::computed(0.0, 0.0);
    let table = with(begun("share", rows)?, "share", rows.iter().map(|row| row.layer.share))?;
    let table = with(table, "std_ratio", rows.iter().map(|row| row.layer.share.sqrt()))?;
    let table = with(table, "fall", rows.iter().map(|row| row.layer.fall.unwrap_or(none)))?;
    let theory = |row: &Row| row.theory.standard_deviation() / row.theory.total_standard_deviation();
    table.numbers("std_ratio_theory", rows.iter().map(theory))
}

fn fluctuation(rows: &[Row]) -> Result<Table, TableError> {
    let table =
        with(begun("fluctuation", rows)?, "relative_variance", rows.iter().map(|row| row.layer.spread))?;
    let theory = |row: &Row| pre_activation_relative_variance(row.run.width, row.number);
    table.numbers("one_input_theory", rows.iter().map(theory))
}
