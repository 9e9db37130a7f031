//! Tables of inner products from network to network, and of the cosines of inputs.

use std::f64::consts::PI;

use mean_field::fluctuation::activation_relative_variance;
use report::{Table, TableError};
use statistics::Line;

use super::Found;
use crate::experiment::runs::{Averaging, AveragingRow, InputCosines};

/// Relative change of the variance of the inner product in layer 1 per unit of the inputs' cosine c, at c = 0. Given the
/// inputs, that variance is 4<f²f²> - K², with f²f² averaged over two unit Gaussians of correlation c = cos θ:
/// <f²f²> = (3 sin θ cos θ + (π-θ)(1 + 2cos²θ))/2π. At c = 0 it is 1 - 1/π² and its slope (8 - 1)/π; further layers
/// forget their inputs.
const PER_COSINE: f64 = 7.0 * PI / (PI * PI - 1.0);

/// Variance over networks of inner product and squared length, against width and layer; that of the squared length is
/// known exactly.
pub(super) fn self_averaging(found: &Found) -> Result<Table, TableError> {
    let rows: Vec<(u64, u64, f64, &AveragingRow)> = found
        .averaging
        .iter()
        .flat_map(|(width, networks, of)| {
            of.layers.iter().map(move |row| (*width, *networks, of.input_cosine, row))
        })
        .collect();
    let exact = |(width, .., row): &(u64, u64, f64, &AveragingRow)| {
        activation_relative_variance(*width as usize, row.layer as usize)
    };
    Table::of("self_averaging", &rows)
        .count("width", |row| row.0)
        .count("layer", |row| row.3.layer)
        .count("networks", |row| row.1)
        .number("input_cosine", |row| row.2)
        .number("inner_product", |row| row.3.inner_product.value.exp())
        .number("inner_product_log_error", |row| row.3.inner_product.standard_error)
        .number("squared_length", |row| row.3.squared_length.value.exp())
        .number("squared_length_log_error", |row| row.3.squared_length.standard_error)
        .number("squared_length_exact", exact)
        .table()
}

/// Exponents of the variance of the inner product in the width. Two things put them off -1 without chance: these widths
/// are not yet large, by as much as the exact variance of the squared length, fitted in the same way, misses -1; and
/// the given inputs are not quite orthogonal, each width by its own cosine.
pub(super) fn averaging_exponents(found: &Found) -> Result<Table, TableError> {
    let depth = found.averaging.iter().map(|(.., of)| of.layers.len()).min().unwrap_or(0);
    let fitted = |layer: usize, logarithm: &dyn Fn(u64, &Averaging) -> f64| -> Line {
        let point = |(width, _, of): &(u64, u64, &Averaging)| {
            ((*width as f64).ln(), logarithm(*width, of), of.layers[layer].inner_product.standard_error)
        };
        Line::weighted(&found.averaging.iter().map(point).collect::<Vec<_>>())
    };
    let exponent = |layer: &usize| fitted(*layer, &|_, of| of.layers[*layer].inner_product.value).slope;
    let by_widths = |layer: &usize| {
        let exact = |width: u64, _: &Averaging| activation_relative_variance(width as usize, layer + 1).ln();
        (fitted(*layer, &exact).slope.value + 1.0).abs()
    };
    let by_inputs = |layer: &usize| fitted(*layer, &|_, of| PER_COSINE * of.input_cosine).slope.value.abs();
    let networks = found.averaging.iter().map(|of| of.1).min().unwrap_or(0);
    Table::of("averaging_exponents", &(0..depth).collect::<Vec<_>>())
        .count("layer", |layer| layer + 1)
        .count("networks", |_| networks)
        .estimate(["exponent", "standard_error"], exponent)
        .number("off_at_these_widths", by_widths)
        .number("off_by_these_inputs", by_inputs)
        .table()
}

/// Mean square of the cosine of two inputs, which is 1/n for standard normal elements.
pub(super) fn input_cosine(found: &Found) -> Result<Table, TableError> {
    let rows = &found.inputs;
    Table::of("input_cosine", rows)
        .count("width", |row| row.0)
        .count("sets", |row| row.1)
        .estimate(["mean_square", "standard_error"], |row| row.2.square.estimate())
        .table()
}

/// What is lost by taking the average over samples inside the iterated map.
pub(super) fn input_gap(found: &Found) -> Result<Table, TableError> {
    let rows: Vec<_> = found
        .inputs
        .iter()
        .flat_map(|(width, sets, of)| {
            (1u64..).zip(&of.gaps).map(move |(layer, gap)| (*width, *sets, layer, gap))
        })
        .collect();
    Table::of("input_gap", &rows)
        .count("width", |row| row.0)
        .count("sets", |row| row.1)
        .count("layer", |row| row.2)
        .estimate(["gap", "standard_error"], |row| row.3.estimate())
        .table()
}

/// Exponents of that loss in the width.
pub(super) fn input_exponents(found: &Found) -> Result<Table, TableError> {
    let depth = found.inputs.iter().map(|(_, _, of)| of.gaps.len()).min().unwrap_or(0);
    let fitted = |layer: &usize| {
        let point = |(width, _, of): &(u64, u64, &InputCosines)| {
            let gap = &of.gaps[*layer];
            ((*width as f64).ln(), gap.mean.ln(), gap.standard_error() / gap.mean)
        };
        Line::weighted(&found.inputs.iter().map(point).collect::<Vec<_>>()).slope
    };
    let sets = found.inputs.iter().map(|of| of.1).min().unwrap_or(0);
    Table::of("input_exponents", &(0..depth).collect::<Vec<_>>())
        .count("layer", |layer| layer + 1)
        .count("sets", |_| sets)
        .estimate(["exponent", "standard_error"], fitted)
        .table()
}
