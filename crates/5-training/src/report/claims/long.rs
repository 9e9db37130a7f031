//! What the paper says of thousands of iterations; not measured where runs are shorter, and open where they are so in some
//! panels.

use report::{Check, Estimate, Measurement, Table, TableError, Tables};

use super::{A_HUNDREDTH, PANELS, iterations, of_tasks};

/// "A few thousand iterations."
const FEW_THOUSAND: f64 = 2000.0;
/// "Well after" ten thousand iterations.
const WELL_AFTER_TEN_THOUSAND: f64 = 12_000.0;

/// The panels of a table whose curves have so many iterations at least, with their rows.
fn long_enough(tables: &Tables, table: &Table, least: f64) -> Result<Vec<(String, Table)>, TableError> {
    let mut found = Vec::new();
    for (panel, rows) in table.by("panel")? {
        if iterations(tables, task_of(&panel))? >= least {
            found.push((panel, rows));
        }
    }
    Ok(found)
}

/// The task of a panel, which is named by task and optimiser.
fn task_of(panel: &str) -> &str {
    panel.split_once('-').map_or(panel, |(task, _)| task)
}

/// A measurement in some panels, if any: open unless it is all of them.
fn in_panels(
    tables: &Tables,
    claim: &str,
    panels: &[(String, Table)],
    checks: Vec<Check>,
) -> Result<Option<Measurement>, TableError> {
    if panels.is_empty() {
        return Ok(None);
    }
    let mut tasks: Vec<&str> = panels.iter().map(|(panel, _)| task_of(panel)).collect();
    tasks.dedup();
    let found = of_tasks(tables, Measurement::new(claim, checks), &tasks)?;
    Ok(Some(match panels.len() {
        PANELS => found,
        some => found.undecided(format!("{some} of {PANELS} panels ran long enough")),
    }))
}

/// From scale and from scale+bias, training leads to similar r: their distance at the end is less than half of what it
/// was at the start, in each panel, paired over seeds.
pub(super) fn ratios_converge(tables: &Tables) -> Result<Option<Measurement>, TableError> {
    let panels = long_enough(tables, tables.get("distances")?, FEW_THOUSAND)?;
    let mut checks = Vec::new();
    for (panel, rows) in &panels {
        let moments = rows.distinct("iteration")?;
        let (Some(before), Some(after)) = (moments.first(), moments.last()) else { continue };
        let distances = |moment: &String| rows.only("iteration", moment)?.column("distance");
        let halves = distances(before)?.into_iter().zip(distances(after)?);
        let fall: Vec<f64> = halves.map(|(before, after)| 0.5 * before - after).collect();
        let what = format!("{panel}: half the distance before, minus the distance after");
        checks.push(Check::positive(what, Estimate::mean_of(&fall), A_HUNDREDTH));
    }
    let found = in_panels(tables, "5.ratios-converge", &panels, checks)?;
    Ok(found.map(|found| found.table("distances").figure("ratios").source(file!(), "ratios-converge")))
}

/// After so many iterations the loss from scale is still above that from scale+bias, in each panel, paired over seeds.
pub(super) fn gap_persists(tables: &Tables) -> Result<Option<Measurement>, TableError> {
    let panels = long_enough(tables, tables.get("pairs")?, WELL_AFTER_TEN_THOUSAND)?;
    let mut checks = Vec::new();
    for (panel, rows) in &panels {
        let gap = Estimate::mean_of(&rows.column("log_loss_ratio")?);
        let what = format!("{panel}: ln of the loss at the end, scale against scale+bias");
        checks.push(Check::positive(what, gap, A_HUNDREDTH));
    }
    let found = in_panels(tables, "5.gap-persists", &panels, checks)?;
    Ok(found.map(|found| found.table("pairs").figure("curves").source(file!(), "gap-persists")))
}
