//! From the ladder of widths to infinite width.
//!
//! What finite width adds to a mean over networks begins with a term in 1/n, and so does what a controlled value
//! scatters by. A value y found in a network of width n is then y = y∞ + b/n + e/n with errors e of one size, whatever
//! the width. Multiplied by n this is a straight line with equal errors, n y = y∞ n + b + e: ordinary least squares over
//! all networks of the ladder gives y∞, b and their errors.

use report::{Table, TableError};
use statistics::{Line, Summary};

use super::Found;
use crate::experiment::runs::{FiniteWidth, LayerRow};

/// The line through a quantity of one layer, times the width.
// region: limit
fn extrapolated(found: &Found, layer: usize, quantity: fn(&LayerRow) -> Summary) -> Line {
    let group = |of: &&FiniteWidth| {
        let width = of.ran.width as f64;
        (width, quantity(&of.layers[layer]).times(width))
    };
    Line::through_groups(&found.ladder.iter().map(group).collect::<Vec<_>>())
}
// endregion: limit

/// Ratio, squared sample mean and sample variance of every layer in the limit of infinite width, with the first
/// correction to the ratio. `replicates` is one more than the degrees of freedom of the errors.
pub(super) fn limit(found: &Found) -> Result<Table, TableError> {
    let depth = found.ladder.iter().map(|of| of.layers.len()).min().unwrap_or(0);
    let networks: u64 = found.ladder.iter().map(|of| of.ran.networks as u64).sum();
    let theory: Vec<_> = mean_field::Inputs::STANDARD.moments().take(depth).collect();
    let line =
        |quantity: fn(&LayerRow) -> Summary| move |layer: &usize| extrapolated(found, *layer, quantity);
    let ratio = line(|row| row.relative_ratio);
    let squared_mean = line(|row| row.controlled_squared_mean);
    let variance = line(|row| row.controlled_variance);
    Table::of("limit", &(0..depth).collect::<Vec<_>>())
        .count("layer", |layer| layer + 1)
        .count("replicates", |_| networks.saturating_sub(1))
        .measured("ratio", |layer| ratio(layer).slope)
        .measured("ratio_correction", |layer| ratio(layer).intercept)
        .measured("squared_mean", |layer| squared_mean(layer).slope)
        .number("squared_mean_theory", |layer| theory[*layer].squared_mean)
        .measured("variance", |layer| variance(layer).slope)
        .number("variance_theory", |layer| theory[*layer].variance)
        .table()
}
