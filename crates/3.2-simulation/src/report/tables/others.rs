//! Tables of the total variance with scaled weights, and of the distributions.

use mean_field::weight_variance;
use report::{Table, TableError};
use statistics::{Estimate, Summary};

use super::Found;
use crate::experiment::runs::{Distribution, Growth};

/// Width of a column of the histograms, and how far they reach on both sides: beyond 3.5 total standard deviations.
const COLUMN: f64 = 0.25;
const REACH: f64 = 5.0;

/// ln (σ^l)² against layer.
pub(super) fn gamma(found: &Found) -> Result<Table, TableError> {
    let rows: Vec<(f64, u64, &Estimate)> = found
        .gammas
        .iter()
        .flat_map(|(gamma, _, growth)| {
            (1..).zip(&growth.log_variance).map(|(layer, value)| (*gamma, layer, value))
        })
        .collect();
    let expected = |(gamma, layer, _): &(f64, u64, _)| {
        weight_variance::total_variance(1.0, *gamma, *layer as usize).ln()
    };
    Table::of("gamma", &rows)
        .number("gamma", |row| row.0)
        .count("layer", |row| row.1)
        .estimate(["log_total_variance", "standard_error"], |row| row.2)
        .number("expected", expected)
        .table()
}

/// Its slope, and how much the slope changes from the first half of the layers to the second.
pub(super) fn gamma_slopes(found: &Found) -> Result<Table, TableError> {
    let rows: &[(f64, u64, &Growth)] = &found.gammas;
    Table::of("gamma_slopes", rows)
        .number("gamma", |row| row.0)
        .count("networks", |row| row.1)
        .count("depth", |row| row.2.log_variance.len())
        .estimate(["slope", "standard_error"], |row| row.2.slope)
        .number("expected", |row| weight_variance::log_slope(row.0))
        .measured("bend", |row| row.2.bend)
        .table()
}

/// The series of a layer: its units, then the pool.
fn series(of: &Distribution) -> Vec<(u64, String, &[f32])> {
    let units =
        (1..).zip(&of.units).map(|(unit, values)| (of.layer, format!("unit {unit}"), values.as_slice()));
    units.chain([(of.layer, "pooled".to_owned(), of.pooled.as_slice())]).collect()
}

/// Histograms, as densities.
pub(super) fn distributions(found: &Found) -> Result<Table, TableError> {
    let columns = (2.0 * REACH / COLUMN).round() as usize;
    let left = |column: usize| COLUMN * column as f64 - REACH;
    let mut rows: Vec<(u64, String, f64, f64)> = Vec::new();
    for (layer, name, values) in found.distributions.iter().flat_map(|(_, of)| of.iter()).flat_map(series) {
        let mut counts = vec![0_u64; columns];
        for value in values {
            let column = ((f64::from(*value) + REACH) / COLUMN).floor();
            if let Some(count) = (column >= 0.0).then(|| counts.get_mut(column as usize)).flatten() {
                *count += 1;
            }
        }
        let density = |count: &u64| *count as f64 / (values.len() as f64 * COLUMN);
        rows.extend(
            counts
                .iter()
                .enumerate()
                .map(|(column, count)| (layer, name.clone(), left(column), density(count))),
        );
    }
    Table::of("distributions", &rows)
        .count("layer", |row| row.0)
        .word("series", |row| &row.1)
        .number("left", |row| row.2)
        .number("right", |row| row.2 + COLUMN)
        .number("density", |row| row.3)
        .table()
}

/// Mean and variance (unbiased) of each series.
pub(super) fn units(found: &Found) -> Result<Table, TableError> {
    let rows: Vec<(u64, String, Vec<f64>)> = found
        .distributions
        .iter()
        .flat_map(|(_, of)| of.iter())
        .flat_map(series)
        .map(|(layer, name, values)| (layer, name, values.iter().map(|value| f64::from(*value)).collect()))
        .collect();
    Table::of("units", &rows)
        .count("layer", |row| row.0)
        .word("series", |row| &row.1)
        .count("values", |row| row.2.len())
        .number("mean", |row| Summary::of(&row.2).mean)
        .number("variance", |row| Summary::of(&row.2).variance)
        .table()
}

/// The total variance of the pool, over all units.
pub(super) fn pooled(found: &Found) -> Result<Table, TableError> {
    let (width, rows) = found.distributions.unwrap_or_default();
    Table::of("pooled", rows)
        .count("layer", |of| of.layer)
        .count("width", |_| width)
        .count("networks", |of| of.mean_square.count)
        .estimate(["total_variance", "standard_error"], |of| of.mean_square.estimate())
        .measured("change", |of| of.change.estimate())
        .table()
}
