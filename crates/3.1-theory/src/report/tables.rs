//! Tables of Section 3.1.

use report::{Table, TableError, Tables};

use crate::experiment::params::Params;
use crate::experiment::runs::{ApproachRow, CurveRow, MapRow, Outcome, Run};

/// All tables from the run results.
///
/// # Errors
/// When columns do not fit together.
pub fn tables(_: &Params, outcomes: &[(Run, Outcome)]) -> Result<Tables, TableError> {
    let mut tables = Vec::new();
    for (_, outcome) in outcomes {
        match outcome {
            Outcome::CosineMap { map, excess, differences, at_one, batch_norm } => {
                tables.push(cosine_map(map)?);
                tables.push(pairs("above_diagonal", ("angle", "excess"), excess)?);
                tables.push(pairs("marginal_slope", ("step", "difference"), differences)?);
                tables.push(named(
                    "at_one",
                    &["map", "slope", "measure_as_printed", "measure_unit"],
                    at_one,
                )?);
                tables.push(named(
                    "batch_norm",
                    &["sigma_s", "amplification", "gradient_slope"],
                    batch_norm,
                )?);
            }
            Outcome::Curves(rows) => {
                tables.push(variance_curve(rows)?);
                tables.push(layer_index(rows)?);
            }
            Outcome::Approach(rows) => {
                tables.push(convergence(rows)?);
                tables.push(rate(rows)?);
            }
        }
    }
    Tables::of(tables)
}

fn cosine_map(rows: &[MapRow]) -> Result<Table, TableError> {
    Table::new("cosine_map")
        .numbers("c", rows.iter().map(|row| row.0))?
        .numbers("closed_form", rows.iter().map(|row| row.1))?
        .numbers("quadrature_2d", rows.iter().map(|row| row.2))?
        .numbers("quadrature_polar", rows.iter().map(|row| row.3))
}

fn pairs(name: &str, (x, y): (&str, &str), rows: &[(f64, f64)]) -> Result<Table, TableError> {
    Table::new(name).numbers(x, rows.iter().map(|row| row.0))?.numbers(y, rows.iter().map(|row| row.1))
}

fn named(name: &str, quantities: &[&str], values: &[f64]) -> Result<Table, TableError> {
    Table::new(name).words("quantity", quantities)?.numbers("value", values.iter().copied())
}

fn variance_curve(rows: &[CurveRow]) -> Result<Table, TableError> {
    Table::new("variance_curve")
        .counts("layer", rows.iter().map(|row| row.layer))?
        .numbers("sample_mean", rows.iter().map(|row| row.squared_mean.sqrt()))?
        .numbers("sample_std", rows.iter().map(|row| row.variance.sqrt()))?
        .numbers("total_std", rows.iter().map(|row| row.total_variance.sqrt()))
}

fn layer_index(rows: &[CurveRow]) -> Result<Table, TableError> {
    Table::new("layer_index")
        .counts("layer", rows.iter().map(|row| row.layer))?
        .numbers("by_inner_product", rows.iter().map(|row| row.squared_mean_by_inner_product))?
        .numbers("corrected", rows.iter().map(|row| row.squared_mean))?
        .numbers("as_printed", rows.iter().map(|row| row.squared_mean_as_printed))
}

fn convergence(rows: &[ApproachRow]) -> Result<Table, TableError> {
    Table::new("convergence")
        .counts("layer", rows.iter().map(|row| row.layer))?
        .numbers("one_minus_c", rows.iter().map(|row| row.gap))?
        .numbers("ratio_to_asymptote", rows.iter().map(|row| row.gap / row.leading))
}

fn rate(rows: &[ApproachRow]) -> Result<Table, TableError> {
    Table::new("rate")
        .counts("layer", rows.iter().map(|row| row.layer))?
        .numbers("next_over_this", rows.iter().map(|row| row.next_gap / row.gap))?
        .numbers("corrected_over_gap_minus_one", rows.iter().map(|row| (row.corrected - row.gap) / row.gap))?
        .numbers("expected_remainder", rows.iter().map(|row| row.remainder))?
        .numbers("naive_over_gap", rows.iter().map(|row| row.naive / row.gap))
}
