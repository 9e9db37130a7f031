//! The ratio in every layer.

use mean_field::finite_samples::over_samples;
use mean_field::{DomainError, Inputs};
use report::{Table, TableError};

use networks::observe::LayerMoments;

use super::{Series, over_initialisations};
use crate::experiment::architecture::{Architecture, Variant};
use crate::experiment::runs::Curve;

/// A row of the table `each`.
struct Each {
    network: Architecture,
    variant: Variant,
    initialisation: u64,
    layer: u64,
    ratio: f64,
    rectified: f64,
    pooled: f64,
}

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

fn content(error: DomainError) -> TableError {
    TableError::Content(error.to_string())
}

/// Every layer of every variant: its index among the series, and its index among the layers.
fn layers(all: &[Series]) -> Vec<(usize, usize)> {
    let of =
        |(index, series): (usize, &Series)| (0..series.built.kinds.len()).map(move |layer| (index, layer));
    all.iter().enumerate().flat_map(of).collect()
}

/// Fig. 2 middle and right. `ratio_mean` and `ratio_sd` are over initialisations, a unit being one channel at one
/// position; in `ratio_channel_mean` a channel is one unit, and its samples are images and positions.
pub(super) fn ratio(all: &[Series]) -> Result<Table, TableError> {
    let rows = layers(all);
    let units = |&(index, layer): &(usize, usize)| {
        over_initialisations(all[index].curves.iter().map(|curve| curve.observed.layers[layer].units.ratio()))
    };
    let channels = |&(index, layer): &(usize, usize)| {
        over_initialisations(
            all[index].curves.iter().map(|curve| curve.observed.layers[layer].channels.ratio()),
        )
    };
    let theory = all
        .iter()
        .map(|series| predicted(Inputs::STANDARD, series.run.images as usize).map_err(content))
        .collect::<Result<Vec<_>, _>>()?;
    Table::new("ratio")
        .words("network", rows.iter().map(|row| all[row.0].network))?
        .words("variant", rows.iter().map(|row| all[row.0].variant))?
        .counts("layer", rows.iter().map(|row| row.1 as u64 + 1))?
        .words("kind", rows.iter().map(|row| &all[row.0].built.kinds[row.1]))?
        .numbers("ratio_mean", rows.iter().map(|row| units(row).mean))?
        .numbers("ratio_sd", rows.iter().map(|row| units(row).sd()))?
        .numbers("ratio_channel_mean", rows.iter().map(|row| channels(row).mean))?
        .numbers("ratio_theory", rows.iter().map(|row| theory[row.0][row.1]))?
        .counts("initialisations", rows.iter().map(|row| units(row).count))?
        .counts("images", rows.iter().map(|row| all[row.0].run.images))?
        .words("data", rows.iter().map(|row| all[row.0].source))
}

/// The ratio in every layer of every initialisation, further ones included; where the layer's activations are pooled,
/// theirs before and after as well.
pub(super) fn each(all: &[Series]) -> Result<Table, TableError> {
    let of = |(series, curve): (&'_ Series, &'_ Curve)| -> Vec<Each> {
        let ratios = |(layer, number): (&LayerMoments, u64)| {
            let step = curve.observed.pooled.iter().find(|step| step.layer == number);
            let or_none = |moments: Option<LayerMoments>| moments.map_or(f64::NAN, |of| of.units.ratio());
            Each {
                network: series.network,
                variant: series.variant,
                initialisation: curve.initialisation,
                layer: number,
                ratio: layer.units.ratio(),
                rectified: or_none(step.map(|step| step.rectified)),
                pooled: or_none(step.map(|step| step.pooled)),
            }
        };
        curve.observed.layers.iter().zip(1..).map(ratios).collect()
    };
    let curves = all.iter().flat_map(|series| series.all.iter().map(move |curve| (series, *curve)));
    let rows: Vec<Each> = curves.flat_map(of).collect();
    Table::new("each")
        .words("network", rows.iter().map(|row| row.network))?
        .words("variant", rows.iter().map(|row| row.variant))?
        .counts("initialisation", rows.iter().map(|row| row.initialisation))?
        .counts("layer", rows.iter().map(|row| row.layer))?
        .numbers("ratio", rows.iter().map(|row| row.ratio))?
        .numbers("rectified", rows.iter().map(|row| row.rectified))?
        .numbers("pooled", rows.iter().map(|row| row.pooled))
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
        let inputs = Inputs::new(1.0, cosine_of_first_layer(first, images)).map_err(content)?;
        let these = predicted(Inputs::STANDARD, images).map_err(content)?;
        let from_first = predicted(inputs, images).map_err(content)?;
        let all_samples = Inputs::STANDARD.moments().map(|moments| moments.ratio());
        let depth = series.built.kinds.len();
        let lines = these.into_iter().zip(all_samples).zip(from_first).zip(1..).take(depth);
        rows.extend(
            lines.map(|(((these, every), from), layer)| (series.network, layer, images, these, every, from)),
        );
    }
    Table::new("prediction")
        .words("network", rows.iter().map(|row| row.0))?
        .counts("layer", rows.iter().map(|row| row.1))?
        .counts("images", rows.iter().map(|row| row.2 as u64))?
        .numbers("these_samples", rows.iter().map(|row| row.3))?
        .numbers("all_samples", rows.iter().map(|row| row.4))?
        .numbers("from_layer_1", rows.iter().map(|row| row.5))
}

/// U-Net up to the first skip connection: the ratio less the prediction, and the ratio with subsampling in place of
/// max-pooling.
pub(super) fn above(ratio: &Table) -> Result<Table, TableError> {
    let of =
        |variant: &str| ratio.only("network", "unet").and_then(|rows| rows.only("variant", variant)).ok();
    let column = |variant: &str, column: &str| -> Result<Vec<f64>, TableError> {
        let values = of(variant).map_or(Ok(Vec::new()), |rows| rows.column(column))?;
        Ok(values.into_iter().take(FIRST_SKIP).collect())
    };
    let (ratios, theory) = (column("standard", "ratio_mean")?, column("standard", "ratio_theory")?);
    let spread = column("standard", "ratio_sd")?.into_iter().zip(column("standard", "initialisations")?);
    Table::new("above")
        .counts("layer", 1..=ratios.len() as u64)?
        .numbers("ratio", ratios.iter().copied())?
        .numbers("ratio_theory", theory.iter().copied())?
        .numbers("excess", ratios.iter().zip(&theory).map(|(ratio, theory)| ratio - theory))?
        .numbers("standard_error", spread.map(|(sd, count)| sd / count.sqrt()))?
        .numbers("subsampled", column("subsampled", "ratio_mean")?)
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
