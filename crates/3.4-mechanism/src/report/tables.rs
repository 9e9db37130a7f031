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

/// All tables from the run results.
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

fn matrix(matrices: u64, sides: &[Sides]) -> Result<Table, TableError> {
    Table::of("matrix", &KINDS.iter().zip(sides).collect::<Vec<_>>())
        .word("kind", |row| row.0.0)
        .count("vectors", |row| row.1.vectors)
        .count("elements", |_| ELEMENTS)
        .count("rows", |_| ROWS)
        .count("matrices", |_| matrices)
        .number("before", |row| row.1.before)
        .measured("after", |row| row.1.after)
        .measured("log_ratio", |row| row.1.log_ratio)
        .measured("mean_of_ratios", |row| row.1.mean_of_ratios)
        .table()
}

/// A number of order one without the digits that rounding in a quadrature has made.
fn sure(value: f64) -> f64 {
    // Adding zero turns a negative zero into a plain one.
    (value * 1e14).round() / 1e14 + 0.0
}

fn relu(laws: &[LawRow]) -> Result<Table, TableError> {
    Table::of("relu", &LAWS.iter().zip(laws).collect::<Vec<_>>())
        .word("law", |row| row.0.0)
        .number("below_zero", |row| sure(row.1.effect.below_zero))
        .number("mean_before", |row| sure(row.1.effect.mean_before))
        .number("mean_after", |row| sure(row.1.effect.mean_after))
        .number("second_before", |row| sure(row.1.effect.second_before))
        .number("second_after", |row| sure(row.1.effect.second_after))
        .number("variance_before", |row| sure(row.1.effect.variance_before()))
        .number("variance_after", |row| sure(row.1.effect.variance_after()))
        .number("mean_gain", |row| sure(row.1.effect.mean_gain))
        .number("second_loss", |row| sure(row.1.effect.second_loss))
        .number("typical", |row| row.1.density.0)
        .number("density", |row| row.1.density.1)
        .table()
}

fn drawn(draws: u64, laws: &[LawRow]) -> Result<Table, TableError> {
    Table::of("relu_draws", &LAWS.iter().zip(laws).collect::<Vec<_>>())
        .word("law", |row| row.0.0)
        .count("draws", |_| draws)
        .measured("mean_gain", |row| row.1.sampled.mean_gain)
        .measured("second_loss", |row| row.1.sampled.second_loss)
        .measured("variance_loss", |row| row.1.sampled.variance_loss)
        .table()
}

fn family(normals: &[(f64, Effect)]) -> Result<Table, TableError> {
    Table::of("normal_family", normals)
        .number("mean_before", |row| row.0)
        .number("mean_after", |row| sure(row.1.mean_after))
        .number("second_before", |row| sure(row.1.second_before))
        .number("second_after", |row| sure(row.1.second_after))
        .number("variance_before", |row| sure(row.1.variance_before()))
        .number("variance_after", |row| sure(row.1.variance_after()))
        .table()
}

fn steps(deep: &Config, layers: &[Step]) -> Result<Table, TableError> {
    Table::of("steps", &(1u64..).zip(layers).collect::<Vec<_>>())
        .count("width", |_| deep.width)
        .count("samples", |_| deep.samples)
        .count("networks", |_| deep.networks)
        .count("layer", |row| row.0)
        .measured("before", |row| row.1.before)
        .measured("after_matrix", |row| row.1.after_matrix)
        .measured("after_relu", |row| row.1.after_relu)
        .measured("log_matrix", |row| row.1.matrix)
        .measured("log_relu", |row| row.1.relu)
        .number("matrix_factor", |row| row.1.matrix.value.exp())
        .number("relu_factor", |row| row.1.relu.value.exp())
        .table()
}
