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
    let same = |of: &dyn Fn(&Config) -> String| Protocol::list(found.protocol.iter().map(|ran| of(&ran.ran)));
    let inputs = same(&|ran| match ran.inputs {
        InputLaw::Normal => "standard-normal".to_owned(),
        law => law.to_string(),
    });
    let settings = [
        ("networks", same(&|ran| ran.networks.to_string())),
        ("depth", same(&|ran| ran.depth.to_string())),
        ("widths", same(&|ran| ran.width.to_string())),
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
    Table::of("ratio", &rows)
        .word("engine", |(of, _)| of.ran.engine)
        .count("width", |(of, _)| of.ran.width)
        .count("samples", |(of, _)| of.ran.samples)
        .count("layer", |(_, row)| row.layer)
        .number("ratio_mean", |(_, row)| row.ratio.mean)
        .number("ratio_sd", |(_, row)| row.ratio.sd())
        .number("ratio_theory", |(_, row)| row.prediction)
        .count("networks", |(of, _)| of.ran.networks)
        .table()
}

/// The infinite-width ratio, for the samples of Fig. 2 and for all samples.
pub(super) fn prediction(found: &Found) -> Result<Table, TableError> {
    let rows = layers(found.protocol.get(..1).unwrap_or_default());
    Table::of("prediction", &rows)
        .count("layer", |(_, row)| row.layer)
        .count("samples", |(of, _)| of.ran.samples)
        .number("these_samples", |(_, row)| row.prediction)
        .number("all_samples", |(_, row)| row.all_samples)
        .table()
}

/// How far each mean over networks lies below the infinite-width ratio, as a part of it, and how much of its share the
/// sample variance has left: both over the prediction for T samples.
pub(super) fn finite_width(found: &Found) -> Result<Table, TableError> {
    let kinds = [("protocol", &found.protocol), ("early", &found.early), ("ladder", &found.ladder)];
    let rows: Vec<(&str, &FiniteWidth, &LayerRow)> = kinds
        .iter()
        .flat_map(|(kind, of)| layers(of).into_iter().map(move |(found, row)| (*kind, found, row)))
        .collect();
    Table::of("finite_width", &rows)
        .word("ensemble", |row| row.0)
        .count("width", |row| row.1.ran.width)
        .count("samples", |row| row.1.ran.samples)
        .count("layer", |row| row.2.layer)
        .count("networks", |row| row.1.ran.networks)
        .number("below", |row| 1.0 - row.2.relative_ratio.mean)
        .number("below_error", |row| row.2.relative_ratio.standard_error())
        .number("below_plain", |row| 1.0 - row.2.ratio.mean / row.2.prediction)
        .number("below_plain_error", |row| row.2.ratio.standard_error() / row.2.prediction)
        .number("relative_sd", |row| row.2.ratio.sd() / row.2.ratio.mean)
        .measured("share", |row| row.2.controlled_share.estimate())
        .measured("share_plain", |row| row.2.relative_share.estimate())
        .table()
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
    Table::of("moments", &rows)
        .count("width", |(of, _)| of.ran.width)
        .count("layer", |(_, row)| row.layer)
        .count("networks", |(of, _)| of.ran.networks)
        .measured("squared_mean", |(_, row)| row.squared_mean.estimate())
        .measured("variance", |(_, row)| row.variance.estimate())
        .number("corrected", |(_, row)| at(&corrected, row))
        .number("as_printed", |(_, row)| at(&printed, row))
        .table()
}

/// Both sides of Eq. 6.
pub(super) fn inner_product(found: &Found) -> Result<Table, TableError> {
    let rows = early_then_protocol(found);
    Table::of("inner_product", &rows)
        .count("width", |(of, _)| of.ran.width)
        .count("layer", |(_, row)| row.layer)
        .count("networks", |(of, _)| of.ran.networks)
        .number("squared_mean", |(_, row)| row.squared_mean.mean)
        .number("twice_inner_product", |(_, row)| row.twice_inner.mean)
        .estimate(["difference", "standard_error"], |(_, row)| row.inner_difference.estimate())
        .table()
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
    Table::of("inner_product_average", rows)
        .count("width", |of| of.ran.width)
        .count("networks", |of| of.ran.networks)
        .estimate(["difference", "standard_error"], |of| of.inner_difference.estimate())
        .number("if_shifted", shifted)
        .table()
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
        other.relative_ratio.estimate().difference(row.relative_ratio.estimate())
    };
    Table::of("engines", &rows)
        .count("width", |row| row.0.ran.width)
        .count("layer", |row| row.1.layer)
        .count("networks", |_| fewest.unwrap_or(0))
        .number("ratio", |row| row.1.ratio.mean)
        .number("ratio_by_other_engine", |row| row.2.ratio.mean)
        .estimate(["relative_difference", "standard_error"], difference)
        .table()
}
