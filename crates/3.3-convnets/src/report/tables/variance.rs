//! Sample variance and mean square themselves, beside their ratio: what becomes of the part of a layer's mean square that
//! lies in the samples, and of the mean square as a whole. Quantities are averaged over all initialisations before they are
//! divided, with the jackknife's error over initialisations.

use report::{Table, TableError};
use statistics::{Estimate, jackknife};

use super::Series;
use crate::experiment::architecture::{Architecture, Variant};
use crate::experiment::runs::Curve;

/// Where shares of sample variance are compared: behind the first convolution of ALL-CNN-C, behind each of its two
/// strides, and behind the global average; in the last layer of each level of U-Net's way down, up to which the original
/// has the ratio rise.
fn compared(network: Architecture) -> &'static [usize] {
    match network {
        Architecture::AllCnn => &[1, 4, 7, 10],
        Architecture::UNet => &[2, 4, 6, 8, 10],
    }
}

/// One part of a network: the layers whose mean squares are compared, each of a variant.
struct Part {
    network: Architecture,
    name: &'static str,
    from: (Variant, usize),
    to: (Variant, usize),
}

const fn part(
    network: Architecture,
    name: &'static str,
    from: (Variant, usize),
    to: (Variant, usize),
) -> Part {
    Part { network, name, from, to }
}

/// Parts with a pooling step or a skip connection, and the same without it. The convolutions of ALL-CNN-C up to its eighth
/// layer, the last wide one, are a plain chain as they are.
const PARTS: [Part; 6] = {
    use Architecture::{AllCnn, UNet};
    use Variant::{OnePosition, SkipsZeroed, Standard, Subsampled};
    [
        part(AllCnn, "convolutions", (Standard, 1), (Standard, 8)),
        part(AllCnn, "average against one position", (OnePosition, 10), (Standard, 10)),
        part(AllCnn, "one position", (OnePosition, 9), (OnePosition, 10)),
        part(UNet, "max-pooling", (Standard, 1), (Standard, 10)),
        part(UNet, "subsampling", (Subsampled, 1), (Subsampled, 10)),
        part(UNet, "skip against zeros", (SkipsZeroed, 12), (Standard, 12)),
    ]
};

/// ln of the ratio of two averages over initialisations, `to` over `from`.
fn log_ratio(pairs: &[Vec<f64>]) -> Estimate {
    jackknife(pairs, |means| (means[1] / means[0]).ln())
}

/// Sample variance and mean square of a layer of one initialisation: of units, and the variance of channels.
fn of_layer(curve: &Curve, layer: usize) -> [f64; 3] {
    let moments = curve.observed.layers[layer - 1];
    [moments.units.variance, moments.units.mean_square, moments.channels.variance]
}

// region: variance
/// Every layer of every variant: mean square, sample variance and the share of the one in the other with units as what is
/// counted, and with channels; and ln of the mean square over that of layer 1.
pub(super) fn variance(all: &[Series]) -> Result<Table, TableError> {
    let layers = |series: &'_ Series<'_>| 1..=series.built.kinds.len();
    let rows: Vec<(&Series, usize)> =
        all.iter().flat_map(|series| layers(series).map(move |layer| (series, layer))).collect();
    let column = |statistic: fn(&[f64]) -> f64| -> Vec<Estimate> {
        let of = |(series, layer): &(&Series, usize)| {
            let both = |curve: &&Curve| [of_layer(curve, *layer), of_layer(curve, 1)].concat();
            jackknife(&series.all.iter().map(both).collect::<Vec<_>>(), statistic)
        };
        rows.iter().map(of).collect()
    };
    let (square, variance) = (column(|means| means[1]), column(|means| means[0]));
    let (units, channels) = (column(|means| means[0] / means[1]), column(|means| means[2] / means[1]));
    let growth = column(|means| (means[1] / means[4]).ln());
    Table::new("variance")
        .words("network", rows.iter().map(|row| row.0.network))?
        .words("variant", rows.iter().map(|row| row.0.variant))?
        .counts("layer", rows.iter().map(|row| row.1 as u64))?
        .counts("initialisations", rows.iter().map(|row| row.0.all.len() as u64))?
        .numbers("mean_square", square.iter().map(|of| of.value))?
        .numbers("variance", variance.iter().map(|of| of.value))?
        .numbers("share", units.iter().map(|of| of.value))?
        .numbers("share_error", units.iter().map(|of| of.standard_error))?
        .numbers("channel_share", channels.iter().map(|of| of.value))?
        .numbers("channel_share_error", channels.iter().map(|of| of.standard_error))?
        .numbers("growth", growth.iter().map(|of| of.value))?
        .numbers("growth_error", growth.iter().map(|of| of.standard_error))
}
// endregion: variance

// region: variance-steps
/// ln of the share of sample variance in a layer over that in a deeper one, in the networks as the paper has them.
pub(super) fn variance_steps(all: &[Series]) -> Result<Table, TableError> {
    let mut rows: Vec<(&Series, &str, [usize; 2], Estimate)> = Vec::new();
    for series in all.iter().filter(|series| series.variant == Variant::Standard) {
        for (counted, index) in [("units", 0), ("channels", 2)] {
            for pair in compared(series.network).windows(2) {
                let share = |curve: &Curve, layer: usize| {
                    let of = of_layer(curve, layer);
                    [of[index], of[1]]
                };
                let both = |curve: &&Curve| [share(curve, pair[0]), share(curve, pair[1])].concat();
                let both: Vec<Vec<f64>> = series.all.iter().map(both).collect();
                let fall = jackknife(&both, |means| (means[0] / means[1] / (means[2] / means[3])).ln());
                rows.push((series, counted, [pair[0], pair[1]], fall));
            }
        }
    }
    Table::new("variance_steps")
        .words("network", rows.iter().map(|row| row.0.network))?
        .words("counted", rows.iter().map(|row| row.1))?
        .counts("from_layer", rows.iter().map(|row| row.2[0] as u64))?
        .counts("to_layer", rows.iter().map(|row| row.2[1] as u64))?
        .counts("initialisations", rows.iter().map(|row| row.0.all.len() as u64))?
        .numbers("fall", rows.iter().map(|row| row.3.value))?
        .numbers("standard_error", rows.iter().map(|row| row.3.standard_error))
}
// endregion: variance-steps

// region: scaling
/// ln of the mean square behind a part of a network over that before it, or over that of the network without the part.
pub(super) fn scaling(all: &[Series]) -> Result<Table, TableError> {
    let find = |network, variant| {
        all.iter().find(|series| series.network == network && series.variant == variant).map(|of| &of.all)
    };
    let row = |of: &'static Part| {
        let (from, to) = (find(of.network, of.from.0)?, find(of.network, of.to.0)?);
        let pair =
            |(from, to): (&&Curve, &&Curve)| vec![of_layer(from, of.from.1)[1], of_layer(to, of.to.1)[1]];
        let pairs: Vec<Vec<f64>> = from.iter().zip(to).map(pair).collect();
        Some((of, pairs.len() as u64, log_ratio(&pairs)))
    };
    let rows: Vec<(&Part, u64, Estimate)> = PARTS.iter().filter_map(row).collect();
    Table::new("scaling")
        .words("network", rows.iter().map(|row| row.0.network))?
        .words("part", rows.iter().map(|row| row.0.name))?
        .counts("from_layer", rows.iter().map(|row| row.0.from.1 as u64))?
        .counts("to_layer", rows.iter().map(|row| row.0.to.1 as u64))?
        .counts("initialisations", rows.iter().map(|row| row.1))?
        .numbers("growth", rows.iter().map(|row| row.2.value))?
        .numbers("standard_error", rows.iter().map(|row| row.2.standard_error))
}
// endregion: scaling
