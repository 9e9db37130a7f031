//! Tables of Section 3.4.

use ensemble::Config;
use report::{Protocol, Table, TableError, Tables};

use crate::experiment::laws::LAWS;
use crate::experiment::matrices::{ROWS, Sides};
use crate::experiment::params::Params;
use crate::experiment::relu::Effect;
use crate::experiment::runs::{LawRow, Outcome, Run};
use crate::experiment::steps::Step;
use crate::experiment::vectors::{ELEMENTS, KINDS};
use statistics::Estimate;

/// All tables from the run results.
///
/// # Errors
/// When columns do not fit together.
pub fn tables(_: &Params, outcomes: &[(Run, Outcome)]) -> Result<Tables, TableError> {
    let mut tables = vec![protocol(outcomes)?];
    for (run, outcome) in outcomes {
        match (run, outcome) {
            (Run::Matrices { matrices }, Outcome::Matrices(sides)) => tables.push(matrix(*matrices, sides)?),
            (Run::Relu { draws }, Outcome::Relu { laws, family: normals }) => {
                tables.push(relu(laws)?);
                tables.push(drawn(*draws, laws)?);
                tables.push(family(normals)?);
            }
            (Run::Steps(deep), Outcome::Steps(layers)) => tables.push(steps(deep, layers)?),
            (run, _) => {
                return Err(TableError::Content(format!("run {} gave what another gives", run.name())));
            }
        }
    }
    Tables::of(tables)
}

/// What ran, read from the runs themselves.
fn protocol(outcomes: &[(Run, Outcome)]) -> Result<Table, TableError> {
    let settings = outcomes.iter().flat_map(|(run, _)| match run {
        Run::Matrices { matrices } => vec![("matrices", matrices.to_string())],
        Run::Relu { draws } => vec![("draws", draws.to_string())],
        Run::Steps(deep) => vec![
            ("width", deep.width.to_string()),
            ("depth", deep.depth.to_string()),
            ("networks", deep.networks.to_string()),
            ("samples", deep.samples.to_string()),
            ("inputs", "standard-normal".to_owned()),
            ("engine", deep.engine.to_string()),
        ],
    });
    let settings: Vec<(&str, String)> = settings.collect();
    Protocol::table(&settings)
}

/// Adds an estimate and its standard error.
fn with(table: Table, name: &str, values: impl Iterator<Item = Estimate>) -> Result<Table, TableError> {
    let values: Vec<Estimate> = values.collect();
    table
        .numbers(name, values.iter().map(|value| value.value))?
        .numbers(&format!("{name}_error"), values.iter().map(|value| value.standard_error))
}

fn matrix(matrices: u64, sides: &[Sides]) -> Result<Table, TableError> {
    let table = Table::new("matrix")
        .words("kind", KINDS.iter().map(|(name, _)| name))?
        .counts("vectors", sides.iter().map(|side| side.vectors))?
        .counts("elements", sides.iter().map(|_| ELEMENTS as u64))?
        .counts("rows", sides.iter().map(|_| ROWS as u64))?
        .counts("matrices", sides.iter().map(|_| matrices))?
        .numbers("before", sides.iter().map(|side| side.before))?;
    let table = with(table, "after", sides.iter().map(|side| side.after))?;
    let table = with(table, "log_ratio", sides.iter().map(|side| side.log_ratio))?;
    with(table, "mean_of_ratios", sides.iter().map(|side| side.mean_of_ratios))
}

/// A number of order one without the digits that rounding in a quadrature has made.
fn sure(value: f64) -> f64 {
    // Adding zero turns a negative zero into a plain one.
    (value * 1e14).round() / 1e14 + 0.0
}

fn relu(laws: &[LawRow]) -> Result<Table, TableError> {
    let column = |part: fn(&Effect) -> f64| laws.iter().map(move |law| sure(part(&law.effect)));
    Table::new("relu")
        .words("law", LAWS.iter().map(|(name, _)| name))?
        .numbers("below_zero", column(|effect| effect.below_zero))?
        .numbers("mean_before", column(|effect| effect.mean_before))?
        .numbers("mean_after", column(|effect| effect.mean_after))?
        .numbers("second_before", column(|effect| effect.second_before))?
        .numbers("second_after", column(|effect| effect.second_after))?
        .numbers("variance_before", column(Effect::variance_before))?
        .numbers("variance_after", column(Effect::variance_after))?
        .numbers("mean_gain", column(|effect| effect.mean_gain))?
        .numbers("second_loss", column(|effect| effect.second_loss))?
        .numbers("typical", laws.iter().map(|law| law.density.0))?
        .numbers("density", laws.iter().map(|law| law.density.1))
}

fn drawn(draws: u64, laws: &[LawRow]) -> Result<Table, TableError> {
    let table = Table::new("relu_draws").words("law", LAWS.iter().map(|(name, _)| name))?;
    let table = table.counts("draws", laws.iter().map(|_| draws))?;
    let table = with(table, "mean_gain", laws.iter().map(|law| law.sampled.mean_gain))?;
    let table = with(table, "second_loss", laws.iter().map(|law| law.sampled.second_loss))?;
    with(table, "variance_loss", laws.iter().map(|law| law.sampled.variance_loss))
}

fn family(normals: &[(f64, Effect)]) -> Result<Table, TableError> {
    let column = |part: fn(&Effect) -> f64| normals.iter().map(move |normal| sure(part(&normal.1)));
    Table::new("normal_family")
        .numbers("mean_before", normals.iter().map(|normal| normal.0))?
        .numbers("mean_after", column(|effect| effect.mean_after))?
        .numbers("second_before", column(|effect| effect.second_before))?
        .numbers("second_after", column(|effect| effect.second_after))?
        .numbers("variance_before", column(Effect::variance_before))?
        .numbers("variance_after", column(Effect::variance_after))
}

fn steps(deep: &Config, layers: &[Step]) -> Result<Table, TableError> {
    let table = Table::new("steps")
        .counts("width", layers.iter().map(|_| deep.width as u64))?
        .counts("samples", layers.iter().map(|_| deep.samples as u64))?
        .counts("networks", layers.iter().map(|_| deep.networks as u64))?
        .counts("layer", 1..=layers.len() as u64)?;
    let table = with(table, "before", layers.iter().map(|step| step.before))?;
    let table = with(table, "after_matrix", layers.iter().map(|step| step.after_matrix))?;
    let table = with(table, "after_relu", layers.iter().map(|step| step.after_relu))?;
    let table = with(table, "log_matrix", layers.iter().map(|step| step.matrix))?;
    let table = with(table, "log_relu", layers.iter().map(|step| step.relu))?;
    table
        .numbers("matrix_factor", layers.iter().map(|step| step.matrix.value.exp()))?
        .numbers("relu_factor", layers.iter().map(|step| step.relu.value.exp()))
}
