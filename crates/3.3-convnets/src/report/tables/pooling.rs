//! What a ReLU and the pooling behind it make of the ratio.

use report::{Table, TableError};

use super::{Series, over_initialisations};

/// For every layer whose activations are pooled: the ratio of its pre-activations, of its activations and of what pooling
/// leaves of them, and what each of the two steps adds.
pub(super) fn pooling(all: &[Series]) -> Result<Table, TableError> {
    let rows: Vec<(&Series, usize)> = all
        .iter()
        .flat_map(|series| {
            let steps = series.curves.first().map_or(0, |curve| curve.observed.pooled.len());
            (0..steps).map(move |step| (series, step))
        })
        .collect();
    let layer = |row: &(&Series, usize)| row.0.curves[0].observed.pooled[row.1].layer;
    // Pre-activations, activations, pooled activations, of every initialisation.
    let ratios = |row: &(&Series, usize)| -> Vec<[f64; 3]> {
        let of = |curve: &&crate::experiment::runs::Curve| {
            let step = &curve.observed.pooled[row.1];
            let u = curve.observed.layers[step.layer as usize - 1];
            [u, step.rectified, step.pooled].map(|moments| moments.units.ratio())
        };
        row.0.curves.iter().map(of).collect()
    };
    let column = |value: fn(&[f64; 3]) -> f64| {
        rows.iter().map(|row| over_initialisations(ratios(row).iter().map(value)).mean).collect::<Vec<f64>>()
    };
    let error = |value: fn(&[f64; 3]) -> f64| {
        let of = |row| over_initialisations(ratios(row).iter().map(value)).standard_error();
        rows.iter().map(of).collect::<Vec<f64>>()
    };
    let (by_relu, by_pooling) = (|r: &[f64; 3]| r[1] - r[0], |r: &[f64; 3]| r[2] - r[1]);
    Table::new("pooling")
        .words("network", rows.iter().map(|row| row.0.network))?
        .words("variant", rows.iter().map(|row| row.0.variant))?
        .counts("layer", rows.iter().map(layer))?
        .numbers("pre_activations", column(|r| r[0]))?
        .numbers("activations", column(|r| r[1]))?
        .numbers("pooled", column(|r| r[2]))?
        .numbers("by_relu", column(by_relu))?
        .numbers("by_relu_error", error(by_relu))?
        .numbers("by_pooling", column(by_pooling))?
        .numbers("by_pooling_error", error(by_pooling))?
        .counts("initialisations", rows.iter().map(|row| row.0.curves.len() as u64))
}
