//! Scale and scale+bias, each at its chosen rate, compared seed by seed. Runs of one seed start from the same random
//! numbers and see the same minibatches, so that much of what the seed does to a curve cancels.

use report::{Table, TableError};
use statistics::{Estimate, mean};

use super::times::{target, time_to};
use crate::experiment::choices::Initialisation;
use crate::experiment::search::{Panel, Results, Series};

/// The whole budget, however large.
pub(super) const WHOLE: u64 = u64::MAX;

/// One seed of a panel.
pub(super) struct Pair {
    panel: Panel,
    seed: u32,
    /// The loss whose time is taken.
    pub(super) target: f64,
    /// Iterations to the target from scale and from scale+bias.
    times: [f64; 2],
    /// Loss at the end from scale and from scale+bias.
    ends: [f64; 2],
}

impl Pair {
    /// ln of the time from scale over the time from scale+bias.
    pub(super) fn log_time_ratio(&self) -> f64 {
        (self.times[0] / self.times[1]).ln()
    }

    /// ln of the loss from scale over the loss from scale+bias.
    pub(super) fn log_loss_ratio(&self) -> f64 {
        (self.ends[0] / self.ends[1]).ln()
    }
}

// region: pairs
/// The pairs of a panel on a budget of iterations, at most that of the curves. The [target] follows from the losses at the
/// end, each on average over seeds. A run that does not reach it counts with its whole budget, which makes the ratio of times
/// a bound. Where a run diverged that had not on the budget of the search, there is nothing to compare.
pub(super) fn compared(panel: Panel, chosen: &[Series], budget: u64) -> Vec<Pair> {
    let find = |initialisation| chosen.iter().find(|series| series.is(panel, initialisation));
    let (Some(scale), Some(bias)) = (find(Initialisation::Scale), find(Initialisation::ScaleBias)) else {
        return Vec::new();
    };
    let end =
        |series: &Series| mean(&series.curves().map(|curve| curve.cut(budget).end()).collect::<Vec<_>>());
    let ends = [end(scale), end(bias)];
    if ends.iter().any(|end| !end.is_finite()) {
        return Vec::new();
    }
    let target = target(panel.0, ends);
    let mut pairs = Vec::new();
    for ((run, _), from_scale) in scale.runs.iter().zip(scale.curves()) {
        let partner = bias.runs.iter().zip(bias.curves()).find(|((other, _), _)| other.seed == run.seed);
        if let Some((_, from_bias)) = partner {
            let both = [from_scale.cut(budget), from_bias.cut(budget)];
            let (times, ends) = (both.map(|curve| time_to(&curve, target)), both.map(|curve| curve.end()));
            pairs.push(Pair { panel, seed: run.seed, target, times, ends });
        }
    }
    pairs
}
// endregion: pairs

/// One row a seed of a panel.
pub(super) fn pairs(results: &Results, chosen: &[Series]) -> Result<Table, TableError> {
    let of_panel = |panel| compared(panel, chosen, WHOLE);
    let all: Vec<Pair> = results.panels().into_iter().flat_map(of_panel).collect();
    Table::new("pairs")
        .words("task", all.iter().map(|pair| pair.panel.0))?
        .words("optimiser", all.iter().map(|pair| pair.panel.1))?
        .words("panel", all.iter().map(|pair| name(pair.panel)))?
        .counts("seed", all.iter().map(|pair| u64::from(pair.seed)))?
        .numbers("target_loss", all.iter().map(|pair| pair.target))?
        .numbers("scale_time", all.iter().map(|pair| pair.times[0]))?
        .numbers("scale_bias_time", all.iter().map(|pair| pair.times[1]))?
        .numbers("scale_end", all.iter().map(|pair| pair.ends[0]))?
        .numbers("scale_bias_end", all.iter().map(|pair| pair.ends[1]))?
        .numbers("log_time_ratio", all.iter().map(Pair::log_time_ratio))?
        .numbers("log_loss_ratio", all.iter().map(Pair::log_loss_ratio))
}

/// A panel's name, as in the claims.
pub(super) fn name(panel: Panel) -> String {
    format!("{}-{}", panel.0, panel.1)
}

/// One row a panel: geometric means over seeds, with the standard errors of their logarithms.
pub(super) fn panels(results: &Results, chosen: &[Series]) -> Result<Table, TableError> {
    let found = results.panels().into_iter().map(|panel| (panel, compared(panel, chosen, WHOLE)));
    let all: Vec<(Panel, Vec<Pair>)> = found.filter(|(_, pairs)| !pairs.is_empty()).collect();
    let over = |quantity: fn(&Pair) -> f64| {
        all.iter().map(move |(_, pairs)| Estimate::mean_of(&pairs.iter().map(quantity).collect::<Vec<_>>()))
    };
    let rate = |initialisation| {
        all.iter().map(move |(panel, _)| {
            let found = chosen.iter().find(|series| series.is(*panel, initialisation));
            found.map_or(f64::NAN, |series| series.rate)
        })
    };
    Table::new("panels")
        .words("task", all.iter().map(|(panel, _)| panel.0))?
        .words("optimiser", all.iter().map(|(panel, _)| panel.1))?
        .words("panel", all.iter().map(|(panel, _)| name(*panel)))?
        .numbers("scale_rate", rate(Initialisation::Scale))?
        .numbers("scale_bias_rate", rate(Initialisation::ScaleBias))?
        .numbers("target_loss", all.iter().map(|(_, pairs)| pairs[0].target))?
        .numbers("time_ratio", over(Pair::log_time_ratio).map(|found| found.value.exp()))?
        .numbers("log_time_error", over(Pair::log_time_ratio).map(|found| found.standard_error))?
        .numbers("loss_ratio", over(Pair::log_loss_ratio).map(|found| found.value.exp()))?
        .numbers("log_loss_error", over(Pair::log_loss_ratio).map(|found| found.standard_error))
}
