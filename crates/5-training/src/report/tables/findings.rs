//! What was seen in each panel, in numbers that a page can tell in words whatever they are.

use report::{CONFIDENCE, Table, TableError};
use statistics::{Estimate, mean};

use super::pairs::{WHOLE, compared, name};
use super::times::{guessing, time_to};
use crate::experiment::choices::Initialisation;
use crate::experiment::search::{Panel, Results, Series};

/// A run has learned something if its loss at the end is below this part of what guessing gives.
const LEARNED: f64 = 0.95;

/// Readings of "faster" that have to agree: time to a loss, and loss after a time.
const READINGS: usize = 2;

/// One row a panel: how long its runs are, the losses at the end at the chosen rates (mean over seeds), how many seeds have
/// left the loss of guessing behind, and how many reached the loss to which times are taken before their last iteration;
/// `needed_errors` is how many of its standard errors a mean over as many pairs has to be away from zero to make an order.
/// What did not run or diverged is not a number.
pub(super) fn findings(results: &Results, chosen: &[Series]) -> Result<Table, TableError> {
    let panels: Vec<_> =
        results.panels().into_iter().filter(|panel| chosen.iter().any(|of| of.panel == *panel)).collect();
    let find =
        |panel, initialisation| chosen.iter().find(move |series: &&Series| series.is(panel, initialisation));
    let run = |panel: &Panel| chosen.iter().find(|series| series.panel == *panel).map(|of| &of.runs[0].0);
    let epochs = |panel: &Panel| {
        run(panel).map_or(f64::NAN, |run| run.batch as f64 * run.iterations as f64 / panel.0.images() as f64)
    };
    let seeds = |panel: &Panel| {
        let here = chosen.iter().filter(|series| series.panel == *panel);
        here.map(|series| series.runs.len()).max().unwrap_or(0)
    };
    let needed = |panel: &Panel| {
        let unit = Estimate::sampled(0.0, 1.0, seeds(panel) as u32);
        Some(unit.margin(CONFIDENCE, READINGS)).filter(|margin| margin.is_finite()).unwrap_or(f64::NAN)
    };
    let mut table = Table::of("findings", &panels)
        .word("panel", |panel| name(*panel))
        .count("seeds", seeds)
        .count("iterations", |panel| run(panel).map_or(0, |run| run.iterations))
        .number("epochs", epochs)
        .number("needed_errors", needed)
        .number("guessing", |panel| guessing(panel.0));
    for initialisation in [Initialisation::Scale, Initialisation::ScaleBias, Initialisation::BatchNorm] {
        let end = |panel: &Panel| {
            let ends = find(*panel, initialisation).map(|of| of.curves().map(|curve| curve.end()).collect());
            ends.map(|ends: Vec<f64>| mean(&ends)).filter(|end| end.is_finite()).unwrap_or(f64::NAN)
        };
        let learned = |panel: &Panel| {
            let curves = find(*panel, initialisation).into_iter().flat_map(Series::curves);
            curves.filter(|curve| curve.end() < LEARNED * guessing(panel.0)).count()
        };
        let reached = |panel: &Panel| {
            let target = compared(*panel, chosen, WHOLE).first().map_or(f64::NAN, |pair| pair.target);
            let series = find(*panel, initialisation).into_iter();
            let runs = series.flat_map(|series| series.curves().zip(&series.runs));
            runs.filter(|(curve, (run, _))| time_to(curve, target) < run.iterations as f64).count()
        };
        table = table
            .number(&format!("{initialisation}_end"), end)
            .count(&format!("{initialisation}_learned"), learned)
            .count(&format!("{initialisation}_reached"), reached);
    }
    table.table()
}
