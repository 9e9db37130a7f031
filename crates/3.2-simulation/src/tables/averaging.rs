//! Tables of inner products from network to network, and of the cosines of inputs.

use manuscript::{Table, TableError};
use mean_field::fluctuation::activation_relative_variance;

use super::fit::{Line, line};
use super::{Found, error};
use crate::runs::AveragingRow;

/// Variance over networks of inner product and squared length, against width and layer; that of the squared length is
/// known exactly.
pub(super) fn self_averaging(found: &Found) -> Result<Table, TableError> {
    let rows: Vec<(u64, u64, &AveragingRow)> = found
        .averaging
        .iter()
        .flat_map(|(width, networks, rows)| rows.iter().map(|row| (*width, *networks, row)))
        .collect();
    let exact = |(width, _, row): &(u64, u64, &AveragingRow)| {
        activation_relative_variance(*width as usize, row.layer as usize)
    };
    Table::new("self_averaging")
        .counts("width", rows.iter().map(|row| row.0))?
        .counts("layer", rows.iter().map(|row| row.2.layer))?
        .counts("networks", rows.iter().map(|row| row.1))?
        .numbers("inner_product", rows.iter().map(|row| row.2.inner_product.value))?
        .numbers("inner_product_log_error", rows.iter().map(|row| row.2.inner_product.log_error))?
        .numbers("squared_length", rows.iter().map(|row| row.2.squared_length.value))?
        .numbers("squared_length_log_error", rows.iter().map(|row| row.2.squared_length.log_error))?
        .numbers("squared_length_exact", rows.iter().map(exact))
}

/// Exponents of the variance of the inner product in the width, and how far the widths are from the law for large
/// widths: by as much as the exact variance of the squared length, fitted in the same way, misses -1.
pub(super) fn averaging_exponents(found: &Found) -> Result<Table, TableError> {
    let depth = found.averaging.iter().map(|(_, _, rows)| rows.len()).min().unwrap_or(0);
    let fitted = |layer: usize, value: &dyn Fn(u64, &AveragingRow) -> f64| -> Line {
        let point = |(width, _, rows): &(u64, u64, &[AveragingRow])| {
            let row = &rows[layer];
            ((*width as f64).ln(), value(*width, row).ln(), row.inner_product.log_error)
        };
        line(&found.averaging.iter().map(point).collect::<Vec<_>>())
    };
    let fits: Vec<Line> = (0..depth).map(|layer| fitted(layer, &|_, row| row.inner_product.value)).collect();
    let exact = |layer: usize| {
        let value =
            |width: u64, row: &AveragingRow| activation_relative_variance(width as usize, row.layer as usize);
        (fitted(layer, &value).slope + 1.0).abs()
    };
    let networks = found.averaging.iter().map(|of| of.1).min().unwrap_or(0);
    Table::new("averaging_exponents")
        .counts("layer", 1..=depth as u64)?
        .counts("networks", (0..depth).map(|_| networks))?
        .numbers("exponent", fits.iter().map(|fit| fit.slope))?
        .numbers("standard_error", fits.iter().map(|fit| fit.slope_error))?
        .numbers("off_at_these_widths", (0..depth).map(exact))
}

/// Mean square of the cosine of two inputs, which is 1/n for standard normal elements.
pub(super) fn input_cosine(found: &Found) -> Result<Table, TableError> {
    let rows = &found.inputs;
    Table::new("input_cosine")
        .counts("width", rows.iter().map(|row| row.0))?
        .counts("sets", rows.iter().map(|row| row.1))?
        .numbers("mean_square", rows.iter().map(|row| row.2.square.mean))?
        .numbers("standard_error", rows.iter().map(|row| error(&row.2.square)))
}

/// What is lost by taking the average over samples inside the iterated map.
pub(super) fn input_gap(found: &Found) -> Result<Table, TableError> {
    let rows: Vec<_> = found
        .inputs
        .iter()
        .flat_map(|(width, sets, of)| {
            (1..).zip(&of.gaps).map(move |(layer, gap)| (*width, *sets, layer, gap))
        })
        .collect();
    Table::new("input_gap")
        .counts("width", rows.iter().map(|row| row.0))?
        .counts("sets", rows.iter().map(|row| row.1))?
        .counts("layer", rows.iter().map(|row| row.2))?
        .numbers("gap", rows.iter().map(|row| row.3.mean))?
        .numbers("standard_error", rows.iter().map(|row| error(row.3)))
}

/// Exponents of that loss in the width.
pub(super) fn input_exponents(found: &Found) -> Result<Table, TableError> {
    let depth = found.inputs.iter().map(|(_, _, of)| of.gaps.len()).min().unwrap_or(0);
    let fitted = |layer: usize| {
        let point = |(width, _, of): &(u64, u64, &crate::runs::InputCosines)| {
            let gap = &of.gaps[layer];
            ((*width as f64).ln(), gap.mean.ln(), error(gap) / gap.mean)
        };
        line(&found.inputs.iter().map(point).collect::<Vec<_>>())
    };
    let fits: Vec<Line> = (0..depth).map(fitted).collect();
    let sets = found.inputs.iter().map(|of| of.1).min().unwrap_or(0);
    Table::new("input_exponents")
        .counts("layer", 1..=depth as u64)?
        .counts("sets", (0..depth).map(|_| sets))?
        .numbers("exponent", fits.iter().map(|fit| fit.slope))?
        .numbers("standard_error", fits.iter().map(|fit| fit.slope_error))
}
