//! Tables of Section 3.1.

use report::{Table, TableError, Tables};

use crate::experiment::params::Params;
use crate::experiment::runs::{ApproachRow, CurveRow, MapRow, Outcome, Run};

/// All tables from the run results.
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
    Table::of("cosine_map", rows)
        .number("c", |row| row.0)
        .number("closed_form", |row| row.1)
        .number("quadrature_2d", |row| row.2)
        .number("quadrature_polar", |row| row.3)
        .table()
}

fn pairs(name: &str, (x, y): (&str, &str), rows: &[(f64, f64)]) -> Result<Table, TableError> {
    Table::of(name, rows).number(x, |row| row.0).number(y, |row| row.1).table()
}

fn named(name: &str, quantities: &[&str], values: &[f64]) -> Result<Table, TableError> {
    Table::of(name, quantities).word("quantity", |name| name).numbers("value", values.iter().copied()).table()
}

fn variance_curve(rows: &[CurveRow]) -> Result<Table, TableError> {
    Table::of("variance_curve", rows)
        .count("layer", |row| row.layer)
        .number("sample_mean", |row| row.squared_mean.sqrt())
        .number("sample_std", |row| row.variance.sqrt())
        .number("total_std", |row| row.total_variance.sqrt())
        .table()
}

fn layer_index(rows: &[CurveRow]) -> Result<Table, TableError> {
    Table::of("layer_index", rows)
        .count("layer", |row| row.layer)
        .number("by_inner_product", |row| row.squared_mean_by_inner_product)
        .number("corrected", |row| row.squared_mean)
        .number("as_printed", |row| row.squared_mean_as_printed)
        .table()
}

fn convergence(rows: &[ApproachRow]) -> Result<Table, TableError> {
    Table::of("convergence", rows)
        .count("layer", |row| row.layer)
        .number("one_minus_c", |row| row.gap)
        .number("ratio_to_asymptote", |row| row.gap / row.leading)
        .table()
}

fn rate(rows: &[ApproachRow]) -> Result<Table, TableError> {
    Table::of("rate", rows)
        .count("layer", |row| row.layer)
        .number("next_over_this", |row| row.next_gap / row.gap)
        .number("corrected_over_gap_minus_one", |row| (row.corrected - row.gap) / row.gap)
        .number("expected_remainder", |row| row.remainder)
        .number("naive_over_gap", |row| row.naive / row.gap)
        .table()
}
