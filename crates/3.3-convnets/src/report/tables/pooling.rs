//! What a ReLU and the pooling behind it make of the ratio.

use report::{Table, TableError};

use super::{Series, over_initialisations};
use crate::experiment::runs::Curve;

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
        let of = |curve: &&Curve| {
            let step = &curve.observed.pooled[row.1];
            let u = curve.observed.layers[step.layer as usize - 1];
            [u, step.rectified, step.pooled].map(|moments| moments.units.ratio())
        };
        row.0.curves.iter().map(of).collect()
    };
    let over = |value: fn(&[f64; 3]) -> f64| {
        move |row: &(&Series, usize)| over_initialisations(ratios(row).iter().map(value)).estimate()
    };
    let mean = |value| {
        let over = over(value);
        move |row: &(&Series, usize)| over(row).value
    };
    Table::of("pooling", &rows)
        .word("network", |row| row.0.network)
        .word("variant", |row| row.0.variant)
        .count("layer", layer)
        .number("pre_activations", mean(|r| r[0]))
        .number("activations", mean(|r| r[1]))
        .number("pooled", mean(|r| r[2]))
        .measured("by_relu", over(|r| r[1] - r[0]))
        .measured("by_pooling", over(|r| r[2] - r[1]))
        .count("initialisations", |row| row.0.curves.len())
        .table()
}
