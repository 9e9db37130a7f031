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

/// One part of a network: its name, and the layers whose mean squares are compared, each of a variant.
type Part = (Architecture, &'static str, (Variant, usize), (Variant, usize));

/// Parts with a pooling step or a skip connection, and the same without it. The convolutions of ALL-CNN-C up to its eighth
/// layer, the last wide one, are a plain chain as they are.
const PARTS: [Part; 6] = {
    use Architecture::{AllCnn, UNet};
    use Variant::{OnePosition, SkipsZeroed, Standard, Subsampled};
    [
        (AllCnn, "convolutions", (Standard, 1), (Standard, 8)),
        (AllCnn, "average against one position", (OnePosition, 10), (Standard, 10)),
        (AllCnn, "one position", (OnePosition, 9), (OnePosition, 10)),
        (UNet, "max-pooling", (Standard, 1), (Standard, 10)),
        (UNet, "subsampling", (Subsampled, 1), (Subsampled, 10)),
        (UNet, "skip against zeros", (SkipsZeroed, 12), (Standard, 12)),
    ]
};

/// Sample variance and mean square of a layer of one initialisation: of units, and the variance of channels.
fn of_layer(curve: &Curve, layer: usize) -> [f64; 3] {
    let moments = curve.observed.layers[layer - 1];
    [moments.units.variance, moments.units.mean_square, moments.channels.variance]
}

/// Every layer of every variant: mean square, sample variance and the share of the one in the other with units as what is
/// counted, and with channels; and ln of the mean square over that of layer 1.
pub(super) fn variance(all: &[Series]) -> Result<Table, TableError> {
    let layers = |series: &'_ Series<'_>| 1..=series.built.kinds.len();
    let rows: Vec<(&Series, usize)> =
        all.iter().flat_map(|series| layers(series).map(move |layer| (series, layer))).collect();
    let over = |statistic: fn(&[f64]) -> f64| {
        move |(series, layer): &(&Series, usize)| {
            let both = |curve: &&Curve| [of_layer(curve, *layer), of_layer(curve, 1)].concat();
            jackknife(&series.all.iter().map(both).collect::<Vec<_>>(), statistic)
        }
    };
    let (square, variance) = (over(|means| means[1]), over(|means| means[0]));
    Table::of("variance", &rows)
        .word("network", |row| row.0.network)
        .word("variant", |row| row.0.variant)
        .count("layer", |row| row.1)
        .count("initialisations", |row| row.0.all.len())
        .number("mean_square", |row| square(row).value)
        .number("variance", |row| variance(row).value)
        .measured("share", over(|means| means[0] / means[1]))
        .measured("channel_share", over(|means| means[2] / means[1]))
        .measured("growth", over(|means| (means[1] / means[4]).ln()))
        .table()
}

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
    Table::of("variance_steps", &rows)
        .word("network", |row| row.0.network)
        .word("counted", |row| row.1)
        .count("from_layer", |row| row.2[0])
        .count("to_layer", |row| row.2[1])
        .count("initialisations", |row| row.0.all.len())
        .estimate(["fall", "standard_error"], |row| row.3)
        .table()
}

/// ln of the mean square behind a part of a network over that before it, or over that of the network without the part.
pub(super) fn scaling(all: &[Series]) -> Result<Table, TableError> {
    let find = |network, variant| {
        all.iter().find(|series| series.network == network && series.variant == variant).map(|of| &of.all)
    };
    let mut rows: Vec<(&Part, usize, Estimate)> = Vec::new();
    for part in &PARTS {
        let (network, _, from, to) = *part;
        let (Some(before), Some(behind)) = (find(network, from.0), find(network, to.0)) else { continue };
        let pair = |(before, behind): (&&Curve, &&Curve)| {
            vec![of_layer(before, from.1)[1], of_layer(behind, to.1)[1]]
        };
        let pairs: Vec<Vec<f64>> = before.iter().zip(behind).map(pair).collect();
        rows.push((part, pairs.len(), jackknife(&pairs, |means| (means[1] / means[0]).ln())));
    }
    Table::of("scaling", &rows)
        .word("network", |row| row.0.0)
        .word("part", |row| row.0.1)
        .count("from_layer", |row| row.0.2.1)
        .count("to_layer", |row| row.0.3.1)
        .count("initialisations", |row| row.1)
        .estimate(["growth", "standard_error"], |row| row.2)
        .table()
}
