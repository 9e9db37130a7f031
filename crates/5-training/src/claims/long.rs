//! What the paper says of thousands of iterations; not measured where runs are shorter.

use manuscript::{Check, Estimate, Measurement, TableError, Tables};

use super::{iterations, of_tasks, ran};

/// "A few thousand iterations."
const FEW_THOUSAND: f64 = 2000.0;
/// "Well after" ten thousand iterations.
const WELL_AFTER_TEN_THOUSAND: f64 = 12_000.0;

// region: ratios-converge
/// From scale and from scale+bias, training leads to similar r: their distance at the end is less than half of what it
/// was at the start, in each panel, paired over seeds.
pub(super) fn ratios_converge(tables: &Tables) -> Result<Option<Measurement>, TableError> {
    let table = tables.get("distances")?;
    if iterations(tables)? < FEW_THOUSAND || table.rows() == 0 {
        return Ok(None);
    }
    let mut checks = Vec::new();
    for panel in table.distinct("panel")? {
        let rows = table.only("panel", &panel)?;
        let moments = rows.distinct("iteration")?;
        let (Some(before), Some(after)) = (moments.first(), moments.last()) else { continue };
        let distances = |moment: &String| rows.only("iteration", moment)?.column("distance");
        let halves = distances(before)?.into_iter().zip(distances(after)?);
        let fall: Vec<f64> = halves.map(|(before, after)| 0.5 * before - after).collect();
        let what = format!("{panel}: half the distance before, minus the distance after");
        checks.push(Check::positive(what, Estimate::mean_of(&fall)));
    }
    let found = Measurement::new("5.ratios-converge", checks).table("distances").figure("ratios");
    Ok(Some(of_tasks(tables, found.source(file!(), "ratios-converge"), &ran(tables)?)?))
}
// endregion: ratios-converge

// region: gap-persists
/// After so many iterations the loss from scale is still above that from scale+bias, in each panel, paired over seeds.
pub(super) fn gap_persists(tables: &Tables) -> Result<Option<Measurement>, TableError> {
    let table = tables.get("pairs")?;
    if iterations(tables)? < WELL_AFTER_TEN_THOUSAND || table.rows() == 0 {
        return Ok(None);
    }
    let mut checks = Vec::new();
    for panel in table.distinct("panel")? {
        let gap = Estimate::mean_of(&table.only("panel", &panel)?.column("log_loss_ratio")?);
        let what = format!("{panel}: ln of the loss at the end, scale against scale+bias");
        checks.push(Check::positive(what, gap));
    }
    let found = Measurement::new("5.gap-persists", checks).table("pairs").figure("curves");
    Ok(Some(of_tasks(tables, found.source(file!(), "gap-persists"), &ran(tables)?)?))
}
// endregion: gap-persists
