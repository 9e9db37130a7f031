//! Scale and scale+bias, each at its chosen rate, compared seed by seed. Runs of one seed start from the same random
//! numbers and see the same minibatches, so that much of what the seed does to a curve cancels.

use report::{Columns, Table, TableError};
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
    /// How many of them are the whole budget, the target not having been reached.
    unreached: usize,
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
            let unreached =
                both.iter().zip(times).filter(|(curve, time)| *time >= curve.budget() as f64).count();
            pairs.push(Pair { panel, seed: run.seed, target, times, unreached, ends });
        }
    }
    pairs
}
// endregion: pairs

/// One row a seed of a panel.
pub(super) fn pairs(results: &Results, chosen: &[Series]) -> Result<Table, TableError> {
    let of_panel = |panel| compared(panel, chosen, WHOLE);
    let all: Vec<Pair> = results.panels().into_iter().flat_map(of_panel).collect();
    Table::of("pairs", &all)
        .word("task", |pair| pair.panel.0)
        .word("optimiser", |pair| pair.panel.1)
        .word("panel", |pair| name(pair.panel))
        .count("seed", |pair| pair.seed)
        .number("target_loss", |pair| pair.target)
        .number("scale_time", |pair| pair.times[0])
        .number("scale_bias_time", |pair| pair.times[1])
        .number("scale_end", |pair| pair.ends[0])
        .number("scale_bias_end", |pair| pair.ends[1])
        .number("log_time_ratio", Pair::log_time_ratio)
        .number("log_loss_ratio", Pair::log_loss_ratio)
        .table()
}

/// A panel's name, as in the claims.
pub(super) fn name(panel: Panel) -> String {
    format!("{}-{}", panel.0, panel.1)
}

/// One row a panel: geometric means over seeds, with the standard errors of their logarithms.
pub(super) fn panels(results: &Results, chosen: &[Series]) -> Result<Table, TableError> {
    let found = results.panels().into_iter().map(|panel| (panel, compared(panel, chosen, WHOLE)));
    let all: Vec<(Panel, Vec<Pair>)> = found.filter(|(_, pairs)| !pairs.is_empty()).collect();
    let rate = |(panel, _): &(Panel, _), initialisation| {
        let found = chosen.iter().find(|series| series.is(*panel, initialisation));
        found.map_or(f64::NAN, |series| series.rate)
    };
    let table = Table::of("panels", &all)
        .word("task", |row| row.0.0)
        .word("optimiser", |row| row.0.1)
        .word("panel", |row| name(row.0))
        .number("scale_rate", |row| rate(row, Initialisation::Scale))
        .number("scale_bias_rate", |row| rate(row, Initialisation::ScaleBias));
    with_ratios(table, |row| &row.1).table()
}

/// Adds what pairs have in common: the loss whose time is taken, and geometric means over seeds of the ratios of times and
/// losses with the standard errors of their logarithms. Where a time was not reached, its ratio has no error.
pub(super) fn with_ratios<'a, R>(table: Columns<'a, R>, pairs: fn(&'a R) -> &'a Vec<Pair>) -> Columns<'a, R> {
    let over = |quantity: fn(&Pair) -> f64| {
        move |row| Estimate::mean_of(&pairs(row).iter().map(quantity).collect::<Vec<_>>())
    };
    let (time, loss) = (over(Pair::log_time_ratio), over(Pair::log_loss_ratio));
    let unreached = move |row| pairs(row).iter().map(|pair| pair.unreached).sum::<usize>();
    table
        .number("target_loss", |row| pairs(row)[0].target)
        .count("not_reached", unreached)
        .number("time_ratio", |row| time(row).value.exp())
        .number(
            "log_time_error",
            move |row| if unreached(row) > 0 { f64::NAN } else { time(row).standard_error },
        )
        .number("loss_ratio", |row| loss(row).value.exp())
        .number("log_loss_error", |row| loss(row).standard_error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::choices::{Optimiser, Task};

    /// Two pairs of a panel, of whose four times so many were not reached.
    fn ratios(unreached: usize) -> Table {
        let panel = (Task::ALL[0], Optimiser::ALL[0]);
        let pair = |seed, slower, unreached| Pair {
            panel,
            seed,
            target: 1.0,
            times: [slower, 100.0],
            unreached,
            ends: [1.0, 0.5],
        };
        let rows = [vec![pair(0, 200.0, unreached), pair(1, 300.0, 0)]];
        with_ratios(Table::of("ratios", &rows), |row| row).table().unwrap()
    }

    #[test]
    fn a_ratio_of_times_that_were_not_reached_has_no_error() {
        let (known, censored) = (ratios(0), ratios(1));
        assert_eq!(known.number("not_reached").unwrap(), 0.0);
        assert!((known.number("log_time_error").unwrap() - 0.5 * 1.5f64.ln()).abs() < 1e-12);
        assert_eq!(censored.number("not_reached").unwrap(), 1.0);
        assert!(censored.number("log_time_error").unwrap().is_nan());
        assert!(censored.number("log_loss_error").unwrap() < 1e-12);
    }
}
