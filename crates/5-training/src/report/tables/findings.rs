//! What was seen in each panel, in numbers that a page can tell in words whatever they are.

use report::{Table, TableError};
use statistics::mean;

use super::pairs::{WHOLE, compared, name};
use super::times::{guessing, time_to};
use crate::experiment::choices::{Initialisation, Task};
use crate::experiment::search::{Results, Series};

/// A run has learned something if its loss at the end is below this part of what guessing gives.
const LEARNED: f64 = 0.95;

/// One row a panel: how long its runs are, the losses at the end at the chosen rates (mean over seeds), how many seeds have
/// left the loss of guessing behind, and how many reached the loss to which times are taken before their last iteration.
/// What did not run or diverged is not a number.
pub(super) fn findings(results: &Results, chosen: &[Series]) -> Result<Table, TableError> {
    let panels: Vec<_> =
        results.panels().into_iter().filter(|panel| chosen.iter().any(|of| of.panel == *panel)).collect();
    let find =
        |panel, initialisation| chosen.iter().find(move |series: &&Series| series.is(panel, initialisation));
    let run = |panel| chosen.iter().find(|series| series.panel == panel).map(|series| &series.runs[0].0);
    let ends = |initialisation| {
        panels.iter().map(move |panel| {
            let end = find(*panel, initialisation)?.curves().map(|curve| curve.end()).collect::<Vec<_>>();
            Some(mean(&end)).filter(|end| end.is_finite())
        })
    };
    let end = |initialisation| ends(initialisation).map(|end| end.unwrap_or(f64::NAN)).collect::<Vec<_>>();
    let learned = |initialisation| {
        let count = |panel: &(Task, _)| {
            let curves = find(*panel, initialisation).into_iter().flat_map(Series::curves);
            curves.filter(|curve| curve.end() < LEARNED * guessing(panel.0)).count() as u64
        };
        panels.iter().map(count).collect::<Vec<_>>()
    };
    let reached = |initialisation| {
        let count = |panel: &(Task, _)| {
            let target = compared(*panel, chosen, WHOLE).first().map_or(f64::NAN, |pair| pair.target);
            let series = find(*panel, initialisation).into_iter();
            let runs = series.flat_map(|series| series.curves().zip(&series.runs));
            runs.filter(|(curve, (run, _))| time_to(curve, target) < run.iterations as f64).count() as u64
        };
        panels.iter().map(count).collect::<Vec<_>>()
    };
    let epochs = panels.iter().filter_map(|panel| {
        let run = run(*panel)?;
        Some(run.batch as f64 * run.iterations as f64 / panel.0.images() as f64)
    });
    let seeds = panels.iter().map(|panel| {
        chosen.iter().filter(|series| series.panel == *panel).map(|series| series.runs.len()).max()
    });
    let mut table = Table::new("findings")
        .words("panel", panels.iter().map(|panel| name(*panel)))?
        .counts("seeds", seeds.map(|seeds| seeds.unwrap_or(0) as u64))?
        .counts("iterations", panels.iter().filter_map(|panel| Some(run(*panel)?.iterations)))?
        .numbers("epochs", epochs.collect::<Vec<_>>())?
        .numbers("guessing", panels.iter().map(|panel| guessing(panel.0)))?;
    for initialisation in [Initialisation::Scale, Initialisation::ScaleBias, Initialisation::BatchNorm] {
        table = table
            .numbers(&format!("{initialisation}_end"), end(initialisation))?
            .counts(&format!("{initialisation}_learned"), learned(initialisation))?
            .counts(&format!("{initialisation}_reached"), reached(initialisation))?;
    }
    Ok(table)
}
