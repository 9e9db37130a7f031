//! Fig. 4: which initialisation trains faster, and that batch normalisation trains.

use report::{Check, Estimate, Measurement, Protocol, TableError, Tables};

use super::{PANELS, of_tasks, ran};

// region: faster
/// Scale+bias reaches the same loss in fewer iterations, and a lower loss in as many: one measurement a panel, paired over
/// seeds.
pub(super) fn faster(tables: &Tables) -> Result<Vec<Measurement>, TableError> {
    let table = tables.get("pairs")?;
    let mut found = Vec::new();
    for panel in table.distinct("panel")? {
        let rows = table.only("panel", &panel)?;
        let task = rows.distinct("task")?.remove(0);
        // Times are counted in whole iterations.
        let counted = rows.column("scale_time")?.into_iter().zip(rows.column("scale_bias_time")?);
        let rounding = counted.map(|(one, other)| 0.5 / one + 0.5 / other).fold(0.0, f64::max);
        let time = Estimate::mean_of(&rows.column("log_time_ratio")?).with_rounding(rounding);
        let loss = Estimate::mean_of(&rows.column("log_loss_ratio")?);
        let checks = vec![
            Check::positive("ln of the time to a loss, scale against scale+bias", time),
            Check::positive("ln of the loss at the end, scale against scale+bias", loss),
        ];
        let measurement = Measurement::new(format!("5.{panel}"), checks).table("pairs").figure("curves");
        let note = format!(
            "scale takes {:.2} times as many iterations to the loss of {:.3}, or more where it is not reached, and ends {:.1} % above",
            time.value.exp(),
            rows.number("target_loss")?,
            100.0 * (loss.value.exp() - 1.0)
        );
        let measurement =
            measurement.source("crates/5-training/src/report/tables/pairs.rs", "pairs").note(note);
        found.push(of_tasks(tables, measurement, &[&task])?);
    }
    Ok(found)
}
// endregion: faster

// region: batchnorm-curves
/// Batch normalisation's loss falls in each panel.
pub(super) fn batch_norm(tables: &Tables) -> Result<Option<Measurement>, TableError> {
    let Ok(table) = tables.get("curves")?.only("initialisation", "batch_norm") else { return Ok(None) };
    let Ok(table) = table.only("chosen", "yes") else { return Ok(None) };
    let mut checks = Vec::new();
    for task in table.distinct("task")? {
        let of_task = table.only("task", &task)?;
        let seeds: u32 = Protocol::of(tables)?.number(&format!("{task}_seeds"))?;
        for optimiser in of_task.distinct("optimiser")? {
            let rows = of_task.only("optimiser", &optimiser)?;
            let (losses, sds) = (rows.column("loss")?, rows.column("sd")?);
            let (Some(first), Some(last)) = (losses.first(), losses.last()) else { continue };
            let variance = sds[0].powi(2) + sds[sds.len() - 1].powi(2);
            let error = if seeds > 1 { (variance / f64::from(seeds)).sqrt() } else { f64::INFINITY };
            let fall = Estimate::sampled(first - last, error, seeds);
            checks.push(Check::positive(format!("{task}, {optimiser}: fall of the loss"), fall));
        }
    }
    let panels = checks.len();
    let found = Measurement::new("5.batchnorm-curves", checks).table("curves").figure("curves");
    let found = of_tasks(tables, found.source(file!(), "batchnorm-curves"), &ran(tables)?)?;
    Ok(Some(if panels < PANELS {
        found.undecided(format!("{panels} of {PANELS} panels ran"))
    } else {
        found
    }))
}
// endregion: batchnorm-curves
