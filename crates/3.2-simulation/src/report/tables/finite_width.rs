//! Tables of the ensembles of one width.

use ensemble::{Config, InputLaw};
use mean_field::Inputs;
use report::{Protocol, Table, TableError};

use super::Found;
use crate::experiment::runs::{FiniteWidth, LayerRow};

/// Every layer of some ensembles, with its ensemble.
fn layers<'a>(of: &[&'a FiniteWidth]) -> Vec<(&'a FiniteWidth, &'a LayerRow)> {
    of.iter().flat_map(|found| found.layers.iter().map(move |row| (*found, row))).collect()
}

/// The settings of Fig. 2 left as they ran.
pub(super) fn protocol(found: &Found) -> Result<Table, TableError> {
    let same = |pick: &dyn Fn(&Config) -> String| {
        let mut values: Vec<String> = found.protocol.iter().map(|of| pick(&of.ran)).collect();
        values.dedup();
        values.join(",")
    };
    let widths: Vec<String> = found.protocol.iter().map(|of| of.ran.width.to_string()).collect();
    let inputs = same(&|ran| match ran.inputs {
        InputLaw::Normal => "standard-normal".to_owned(),
        law => law.to_string(),
    });
    let settings = [
        ("networks", same(&|ran| ran.networks.to_string())),
        ("depth", same(&|ran| ran.depth.to_string())),
        ("widths", widths.join(",")),
        ("samples", same(&|ran| ran.samples.to_string())),
        ("inputs", inputs),
        ("engine", same(&|ran| ran.engine.to_string())),
        ("same_inputs_for_all_networks", same(&|ran| ran.shared_inputs.to_string())),
    ];
    Protocol::table(&settings)
}

/// Fig. 2 left.
pub(super) fn ratio(found: &Found) -> Result<Table, TableError> {
    let rows = layers(&found.protocol);
    Table::new("ratio")
        .words("engine", rows.iter().map(|(of, _)| of.ran.engine))?
        .counts("width", rows.iter().map(|(of, _)| of.ran.width as u64))?
        .counts("samples", rows.iter().map(|(of, _)| of.ran.samples as u64))?
        .counts("layer", rows.iter().map(|(_, row)| row.layer))?
        .numbers("ratio_mean", rows.iter().map(|(_, row)| row.ratio.mean))?
        .numbers("ratio_sd", rows.iter().map(|(_, row)| row.ratio.sd()))?
        .numbers("ratio_theory", rows.iter().map(|(_, row)| row.prediction))?
        .counts("networks", rows.iter().map(|(of, _)| of.ran.networks as u64))
}

/// The infinite-width ratio, for the samples of Fig. 2 and for all samples.
pub(super) fn prediction(found: &Found) -> Result<Table, TableError> {
    let rows = layers(found.protocol.get(..1).unwrap_or_default());
    Table::new("prediction")
        .counts("layer", rows.iter().map(|(_, row)| row.layer))?
        .counts("samples", rows.iter().map(|(of, _)| of.ran.samples as u64))?
        .numbers("these_samples", rows.iter().map(|(_, row)| row.prediction))?
        .numbers("all_samples", rows.iter().map(|(_, row)| row.all_samples))
}

/// How far each mean over networks lies below the infinite-width ratio, as a part of it, and how much of its share the
/// sample variance has left: both over the prediction for T samples.
pub(super) fn finite_width(found: &Found) -> Result<Table, TableError> {
    let kinds = [("protocol", &found.protocol), ("early", &found.early), ("ladder", &found.ladder)];
    let rows: Vec<(&str, &FiniteWidth, &LayerRow)> = kinds
        .iter()
        .flat_map(|(kind, of)| layers(of).into_iter().map(move |(found, row)| (*kind, found, row)))
        .collect();
    Table::new("finite_width")
        .words("ensemble", rows.iter().map(|row| row.0))?
        .counts("width", rows.iter().map(|row| row.1.ran.width as u64))?
        .counts("samples", rows.iter().map(|row| row.1.ran.samples as u64))?
        .counts("layer", rows.iter().map(|row| row.2.layer))?
        .counts("networks", rows.iter().map(|row| row.1.ran.networks as u64))?
        .numbers("below", rows.iter().map(|row| 1.0 - row.2.relative_ratio.mean))?
        .numbers("below_error", rows.iter().map(|row| row.2.relative_ratio.standard_error()))?
        .numbers("below_plain", rows.iter().map(|row| 1.0 - row.2.ratio.mean / row.2.prediction))?
        .numbers("below_plain_error", rows.iter().map(|row| row.2.ratio.standard_error() / row.2.prediction))?
        .numbers("relative_sd", rows.iter().map(|row| row.2.ratio.sd() / row.2.ratio.mean))?
        .numbers("share", rows.iter().map(|row| row.2.controlled_share.mean))?
        .numbers("share_error", rows.iter().map(|row| row.2.controlled_share.standard_error()))?
        .numbers("share_plain", rows.iter().map(|row| row.2.relative_share.mean))?
        .numbers("share_plain_error", rows.iter().map(|row| row.2.relative_share.standard_error()))
}

/// Every layer of every width once: the first ones of the networks drawn for them, further ones of Fig. 2's.
fn early_then_protocol<'a>(found: &Found<'a>) -> Vec<(&'a FiniteWidth, &'a LayerRow)> {
    let early = layers(&found.early);
    let deepest = |width: usize| {
        early.iter().filter(|(of, _)| of.ran.width == width).map(|(_, row)| row.layer).max().unwrap_or(0)
    };
    let further = layers(&found.protocol).into_iter().filter(|(of, row)| row.layer > deepest(of.ran.width));
    let mut rows: Vec<(&FiniteWidth, &LayerRow)> = early.iter().copied().chain(further).collect();
    rows.sort_by_key(|(of, row)| (of.ran.width, row.layer));
    rows
}

/// Squared sample mean and sample variance, free of the bias of T samples, beside both forms of Eq. 8.
pub(super) fn moments(found: &Found) -> Result<Table, TableError> {
    let rows = early_then_protocol(found);
    let deepest = rows.iter().map(|(_, row)| row.layer).max().unwrap_or(0) as usize;
    let corrected: Vec<f64> = Inputs::STANDARD.moments().take(deepest).map(|of| of.squared_mean).collect();
    let printed: Vec<f64> =
        Inputs::STANDARD.moments_as_printed().take(deepest).map(|of| of.squared_mean).collect();
    let at = |curve: &[f64], row: &LayerRow| curve[row.layer as usize - 1];
    Table::new("moments")
        .counts("width", rows.iter().map(|(of, _)| of.ran.width as u64))?
        .counts("layer", rows.iter().map(|(_, row)| row.layer))?
        .counts("networks", rows.iter().map(|(of, _)| of.ran.networks as u64))?
        .numbers("squared_mean", rows.iter().map(|(_, row)| row.squared_mean.mean))?
        .numbers("squared_mean_error", rows.iter().map(|(_, row)| row.squared_mean.standard_error()))?
        .numbers("variance", rows.iter().map(|(_, row)| row.variance.mean))?
        .numbers("variance_error", rows.iter().map(|(_, row)| row.variance.standard_error()))?
        .numbers("corrected", rows.iter().map(|(_, row)| at(&corrected, row)))?
        .numbers("as_printed", rows.iter().map(|(_, row)| at(&printed, row)))
}

/// Both sides of Eq. 6.
pub(super) fn inner_product(found: &Found) -> Result<Table, TableError> {
    let rows = early_then_protocol(found);
    Table::new("inner_product")
        .counts("width", rows.iter().map(|(of, _)| of.ran.width as u64))?
        .counts("layer", rows.iter().map(|(_, row)| row.layer))?
        .counts("networks", rows.iter().map(|(of, _)| of.ran.networks as u64))?
        .numbers("squared_mean", rows.iter().map(|(_, row)| row.squared_mean.mean))?
        .numbers("twice_inner_product", rows.iter().map(|(_, row)| row.twice_inner.mean))?
        .numbers("difference", rows.iter().map(|(_, row)| row.inner_difference.mean))?
        .numbers("standard_error", rows.iter().map(|(_, row)| row.inner_difference.standard_error()))
}

/// The difference of the two sides averaged over layers, and what it would be if the inner products were those of the
/// next layer.
pub(super) fn inner_product_average(found: &Found) -> Result<Table, TableError> {
    let rows = &found.protocol;
    let shifted = |of: &&FiniteWidth| {
        let deepest =
            Inputs::STANDARD.moments().nth(of.layers.len()).map_or(f64::NAN, |moments| moments.squared_mean);
        -deepest / of.layers.len() as f64
    };
    Table::new("inner_product_average")
        .counts("width", rows.iter().map(|of| of.ran.width as u64))?
        .counts("networks", rows.iter().map(|of| of.ran.networks as u64))?
        .numbers("difference", rows.iter().map(|of| of.inner_difference.mean))?
        .numbers("standard_error", rows.iter().map(|of| of.inner_difference.standard_error()))?
        .numbers("if_shifted", rows.iter().map(shifted))
}

/// The ratio by both engines, over its prediction; `networks` are those of the engine that has fewer.
pub(super) fn engines(found: &Found) -> Result<Table, TableError> {
    let pairs: Vec<(&FiniteWidth, &FiniteWidth)> = found
        .other_engine
        .iter()
        .filter_map(|other| {
            Some((*found.protocol.iter().find(|of| of.ran.width == other.ran.width)?, *other))
        })
        .collect();
    let rows: Vec<(&FiniteWidth, &LayerRow, &LayerRow)> = pairs
        .iter()
        .flat_map(|(of, other)| of.layers.iter().zip(&other.layers).map(|(row, other)| (*of, row, other)))
        .collect();
    let fewest = pairs.iter().flat_map(|(of, other)| [of.ran.networks, other.ran.networks]).min();
    let difference = |(_, row, other): &(&FiniteWidth, &LayerRow, &LayerRow)| {
        other.relative_ratio.mean - row.relative_ratio.mean
    };
    Table::new("engines")
        .counts("width", rows.iter().map(|row| row.0.ran.width as u64))?
        .counts("layer", rows.iter().map(|row| row.1.layer))?
        .counts("networks", rows.iter().filter_map(|_| Some(fewest? as u64)))?
        .numbers("ratio", rows.iter().map(|row| row.1.ratio.mean))?
        .numbers("ratio_by_other_engine", rows.iter().map(|row| row.2.ratio.mean))?
        .numbers("relative_difference", rows.iter().map(difference))?
        .numbers(
            "standard_error",
            rows.iter().map(|row| {
                row.1.relative_ratio.standard_error().hypot(row.2.relative_ratio.standard_error())
            }),
        )
}
