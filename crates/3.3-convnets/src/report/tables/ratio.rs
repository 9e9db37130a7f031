//! The ratio in every layer.

use mean_field::finite_samples::over_samples;
use mean_field::{DomainError, Inputs};
use report::{Table, TableError};

use networks::observe::LayerMoments;

use super::{Series, over_initialisations};
use crate::experiment::runs::Curve;

/// The layer of U-Net that the first skip connection reaches.
const FIRST_SKIP: usize = 12;
/// The deepest layer of either network.
const DEEPEST: usize = 23;

// region: theory
/// r^l of Eq. 9 that a wide fully connected network shows over `images` independent samples, in layers 1, 2, ….
fn predicted(inputs: Inputs, images: usize) -> Result<Vec<f64>, DomainError> {
    let over_images = |all| over_samples(all, images).map(|moments| moments.ratio());
    inputs.moments().take(DEEPEST).map(over_images).collect()
}
// endregion: theory

// region: from-layer-1
/// The cosine of two inputs for which such a network shows `ratio` in layer 1. With 1 - c = g the expectation of Eq. 9
/// is (1 - g + g/T) / (g (1 - 1/T)).
fn cosine_of_first_layer(ratio: f64, images: usize) -> f64 {
    1.0 - 1.0 / ((1.0 - 1.0 / images as f64) * (1.0 + ratio * ratio))
}
// endregion: from-layer-1

/// Fig. 2 middle and right. `ratio_mean` and `ratio_sd` are over initialisations, a unit being one channel at one
/// position; in `ratio_channel_mean` a channel is one unit, and its samples are images and positions.
pub(super) fn ratio(all: &[Series]) -> Result<Table, TableError> {
    let mut rows = Vec::new();
    for series in all {
        let theory = predicted(Inputs::STANDARD, series.run.images as usize).map_err(TableError::content)?;
        for (layer, (kind, theory)) in series.built.kinds.iter().zip(theory).enumerate() {
            let layers = || series.curves.iter().map(move |curve| &curve.observed.layers[layer]);
            let units = over_initialisations(layers().map(|of| of.units.ratio()));
            let channels = over_initialisations(layers().map(|of| of.channels.ratio()));
            rows.push((series, layer + 1, kind, units, channels.mean, theory));
        }
    }
    Table::of("ratio", &rows)
        .word("network", |row| row.0.network)
        .word("variant", |row| row.0.variant)
        .count("layer", |row| row.1)
        .word("kind", |row| row.2)
        .number("ratio_mean", |row| row.3.mean)
        .number("ratio_sd", |row| row.3.sd())
        .number("ratio_channel_mean", |row| row.4)
        .number("ratio_theory", |row| row.5)
        .count("initialisations", |row| row.3.count)
        .count("images", |row| row.0.run.images)
        .word("data", |row| row.0.source)
        .table()
}

/// The ratio in every layer of every initialisation, further ones included; where the layer's activations are pooled,
/// theirs before and after as well.
pub(super) fn each(all: &[Series]) -> Result<Table, TableError> {
    let ratio = |moments: LayerMoments| moments.units.ratio();
    let curves = all.iter().flat_map(|series| series.all.iter().map(move |curve| (series, *curve)));
    let layers = |(series, curve): (&'_ Series, &'_ Curve)| {
        let of = |(layer, number): (&LayerMoments, u64)| {
            let pooled = curve.observed.pooled.iter().find(|step| step.layer == number);
            let both = pooled.map_or([f64::NAN; 2], |step| [step.rectified, step.pooled].map(ratio));
            (series.network, series.variant, curve.initialisation, number, ratio(*layer), both)
        };
        curve.observed.layers.iter().zip(1..).map(of).collect::<Vec<_>>()
    };
    Table::of("each", &curves.flat_map(layers).collect::<Vec<_>>())
        .word("network", |row| row.0)
        .word("variant", |row| row.1)
        .count("initialisation", |row| row.2)
        .count("layer", |row| row.3)
        .number("ratio", |row| row.4)
        .number("rectified", |row| row.5[0])
        .number("pooled", |row| row.5[1])
        .table()
}

/// The dashed line of Fig. 2 for each network: for as many samples as images were seen, for all samples, and for as many
/// samples of inputs that begin where these images do.
pub(super) fn prediction(all: &[Series]) -> Result<Table, TableError> {
    let mut rows = Vec::new();
    let standard = all.iter().filter(|series| series.variant == series.network.variants()[0]);
    for series in standard {
        let images = series.run.images as usize;
        let first = series.curves.iter().map(|curve| curve.observed.layers[0].units.ratio());
        let first = over_initialisations(first).mean;
        let inputs = Inputs::new(1.0, cosine_of_first_layer(first, images)).map_err(TableError::content)?;
        let these = predicted(Inputs::STANDARD, images).map_err(TableError::content)?;
        let from_first = predicted(inputs, images).map_err(TableError::content)?;
        let all_samples = Inputs::STANDARD.moments().map(|moments| moments.ratio());
        let depth = series.built.kinds.len();
        let lines = these.into_iter().zip(all_samples).zip(from_first).zip(1u64..).take(depth);
        rows.extend(
            lines.map(|(((these, every), from), layer)| (series.network, layer, images, these, every, from)),
        );
    }
    Table::of("prediction", &rows)
        .word("network", |row| row.0)
        .count("layer", |row| row.1)
        .count("images", |row| row.2)
        .number("these_samples", |row| row.3)
        .number("all_samples", |row| row.4)
        .number("from_layer_1", |row| row.5)
        .table()
}

/// U-Net up to the first skip connection: the ratio less the prediction, and the ratio with subsampling in place of
/// max-pooling.
pub(super) fn above(ratio: &Table) -> Result<Table, TableError> {
    let rows = |variant: &str| ratio.only("network", "unet").and_then(|rows| rows.only("variant", variant));
    let column = |variant: &str, column: &str| -> Result<Vec<f64>, TableError> {
        let values = rows(variant).map_or(Ok(Vec::new()), |rows| rows.column(column))?;
        Ok(values.into_iter().take(FIRST_SKIP).collect())
    };
    let (ratios, theory) = (column("standard", "ratio_mean")?, column("standard", "ratio_theory")?);
    let spread = column("standard", "ratio_sd")?.into_iter().zip(column("standard", "initialisations")?);
    Table::of("above", &(0..ratios.len()).collect::<Vec<_>>())
        .count("layer", |layer| layer + 1)
        .number("ratio", |layer| ratios[*layer])
        .number("ratio_theory", |layer| theory[*layer])
        .number("excess", |layer| ratios[*layer] - theory[*layer])
        .numbers("standard_error", spread.map(|(sd, count)| sd / count.sqrt()))
        .numbers("subsampled", column("subsampled", "ratio_mean")?)
        .table()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prediction_that_begins_at_a_ratio_has_it_in_layer_1() {
        for (ratio, images) in [(0.2, 8), (1.0, 30), (0.1, 100)] {
            let inputs = Inputs::new(1.0, cosine_of_first_layer(ratio, images)).unwrap();
            assert!((predicted(inputs, images).unwrap()[0] - ratio).abs() < 1e-12);
        }
        let orthogonal = cosine_of_first_layer(1.0 / 99f64.sqrt(), 100);
        assert!(orthogonal.abs() < 1e-12, "100 orthogonal samples have a ratio of 1/√99");
    }
}
