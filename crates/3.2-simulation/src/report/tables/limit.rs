//! From the ladder of widths to infinite width.
//!
//! What finite width adds to a mean over networks begins with a term in 1/n, and so does what a controlled value
//! scatters by. A value y found in a network of width n is then y = y∞ + b/n + e/n with errors e of one size, whatever
//! the width. Multiplied by n this is a straight line with equal errors, n y = y∞ n + b + e: ordinary least squares over
//! all networks of the ladder gives y∞, b and their errors.

use report::{Table, TableError};
use statistics::{Line, Summary};

use super::Found;
use crate::experiment::runs::LayerRow;

/// The line through a quantity of one layer, times the width.
// region: limit
fn extrapolated(found: &Found, layer: usize, quantity: &dyn Fn(&LayerRow) -> Summary) -> Line {
    let group = |of: &&crate::experiment::runs::FiniteWidth| {
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
    let all = |quantity: &dyn Fn(&LayerRow) -> Summary| -> Vec<Line> {
        (0..depth).map(|layer| extrapolated(found, layer, quantity)).collect()
    };
    let ratio = all(&|row| row.relative_ratio);
    let squared_mean = all(&|row| row.controlled_squared_mean);
    let variance = all(&|row| row.controlled_variance);
    let slopes = |lines: &[Line]| lines.iter().map(|line| line.slope.value).collect::<Vec<_>>();
    let errors = |lines: &[Line]| lines.iter().map(|line| line.slope.standard_error).collect::<Vec<_>>();
    let theory: Vec<_> = mean_field::Inputs::STANDARD.moments().take(depth).collect();
    Table::new("limit")
        .counts("layer", 1..=depth as u64)?
        .counts("replicates", (0..depth).map(|_| networks.saturating_sub(1)))?
        .numbers("ratio", slopes(&ratio))?
        .numbers("ratio_error", errors(&ratio))?
        .numbers("ratio_correction", ratio.iter().map(|line| line.intercept.value))?
        .numbers("ratio_correction_error", ratio.iter().map(|line| line.intercept.standard_error))?
        .numbers("squared_mean", slopes(&squared_mean))?
        .numbers("squared_mean_error", errors(&squared_mean))?
        .numbers("squared_mean_theory", theory.iter().map(|of| of.squared_mean))?
        .numbers("variance", slopes(&variance))?
        .numbers("variance_error", errors(&variance))?
        .numbers("variance_theory", theory.iter().map(|of| of.variance))
}
