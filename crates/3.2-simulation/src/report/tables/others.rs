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
    Table::new("gamma")
        .numbers("gamma", rows.iter().map(|row| row.0))?
        .counts("layer", rows.iter().map(|row| row.1))?
        .numbers("log_total_variance", rows.iter().map(|row| row.2.value))?
        .numbers("standard_error", rows.iter().map(|row| row.2.standard_error))?
        .numbers("expected", rows.iter().map(expected))
}

/// Its slope, and how much the slope changes from the first half of the layers to the second.
pub(super) fn gamma_slopes(found: &Found) -> Result<Table, TableError> {
    let rows: &[(f64, u64, &Growth)] = &found.gammas;
    Table::new("gamma_slopes")
        .numbers("gamma", rows.iter().map(|row| row.0))?
        .counts("networks", rows.iter().map(|row| row.1))?
        .counts("depth", rows.iter().map(|row| row.2.log_variance.len() as u64))?
        .numbers("slope", rows.iter().map(|row| row.2.slope.value))?
        .numbers("standard_error", rows.iter().map(|row| row.2.slope.standard_error))?
        .numbers("expected", rows.iter().map(|row| weight_variance::log_slope(row.0)))?
        .numbers("bend", rows.iter().map(|row| row.2.bend.value))?
        .numbers("bend_error", rows.iter().map(|row| row.2.bend.standard_error))
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
    Table::new("distributions")
        .counts("layer", rows.iter().map(|row| row.0))?
        .words("series", rows.iter().map(|row| &row.1))?
        .numbers("left", rows.iter().map(|row| row.2))?
        .numbers("right", rows.iter().map(|row| row.2 + COLUMN))?
        .numbers("density", rows.iter().map(|row| row.3))
}

/// Mean and variance (unbiased) of each series.
pub(super) fn units(found: &Found) -> Result<Table, TableError> {
    let rows: Vec<(u64, String, &[f32])> =
        found.distributions.iter().flat_map(|(_, of)| of.iter()).flat_map(series).collect();
    let summaries = rows.iter().map(|row| row.2.iter().map(|value| f64::from(*value)).collect::<Vec<_>>());
    let summaries: Vec<Summary> = summaries.map(|values| Summary::of(&values)).collect();
    Table::new("units")
        .counts("layer", rows.iter().map(|row| row.0))?
        .words("series", rows.iter().map(|row| &row.1))?
        .counts("values", rows.iter().map(|row| row.2.len() as u64))?
        .numbers("mean", summaries.iter().map(|of| of.mean))?
        .numbers("variance", summaries.iter().map(|of| of.variance))
}

/// The total variance of the pool, over all units.
pub(super) fn pooled(found: &Found) -> Result<Table, TableError> {
    let (width, rows) = found.distributions.unwrap_or_default();
    Table::new("pooled")
        .counts("layer", rows.iter().map(|of| of.layer))?
        .counts("width", rows.iter().map(|_| width))?
        .counts("networks", rows.iter().map(|of| of.mean_square.count))?
        .numbers("total_variance", rows.iter().map(|of| of.mean_square.mean))?
        .numbers("standard_error", rows.iter().map(|of| of.mean_square.standard_error()))?
        .numbers("change", rows.iter().map(|of| of.change.mean))?
        .numbers("change_error", rows.iter().map(|of| of.change.standard_error()))
}
