//! Fig. 4: which initialisation trains faster, and that batch normalisation trains.

use report::{Check, Estimate, Measurement, Protocol, TableError, Tables, Time};

use super::{A_HUNDREDTH, PANELS, iterations, of_tasks, ran};

/// ln of the smallest factor in time that would matter, a tenth.
const A_TENTH_LONGER: f64 = 0.095;
/// A loss that falls by less than a tenth of what guessing gives, ln of the number of classes, has not fallen.
const A_TENTH: f64 = 0.1;

/// Scale+bias reaches the same loss in fewer iterations, and a lower loss in as many: one measurement a panel, paired over
/// seeds. A run that does not reach the loss has a time beyond its budget.
pub(super) fn faster(tables: &Tables) -> Result<Vec<Measurement>, TableError> {
    let table = tables.get("pairs")?;
    let mut found = Vec::new();
    for (panel, rows) in table.by("panel")? {
        let task = rows.word("task")?;
        let budget = iterations(tables, &task)?;
        let time = |time: f64| if time < budget { Time::Reached(time) } else { Time::Beyond(budget) };
        let times = rows.points("scale_time", "scale_bias_time")?.into_iter();
        let times: Vec<[Time; 2]> = times.map(|(scale, bias)| [time(scale), time(bias)]).collect();
        let over = |column: &str| Ok::<_, TableError>(Estimate::mean_of(&rows.column(column)?));
        let (ratio, loss) = (over("log_time_ratio")?, over("log_loss_ratio")?);
        let what = "ln of the time to a loss, scale against scale+bias";
        let checks = vec![
            Check::longer(what, &times, A_TENTH_LONGER),
            Check::positive("ln of the loss at the end, scale against scale+bias", loss, A_HUNDREDTH),
        ];
        let censored = times.iter().flatten().filter(|time| matches!(time, Time::Beyond(_))).count();
        let measurement = Measurement::new(format!("5.{panel}"), checks).table("pairs").figure("curves");
        let note = format!(
            "scale takes {:.2} times as many iterations to the loss of {:.3}, with the whole budget in place of {censored} of {} times that did not reach it, and ends {:.1} % above",
            ratio.value.exp(),
            rows.number("target_loss")?,
            2 * times.len(),
            100.0 * (loss.value.exp() - 1.0)
        );
        let measurement =
            measurement.source("crates/5-training/src/report/tables/pairs.rs", "pairs").note(note);
        found.push(of_tasks(tables, measurement, &[&task])?);
    }
    Ok(found)
}

// region: batchnorm-curves
/// Batch normalisation's loss falls in each panel.
pub(super) fn batch_norm(tables: &Tables) -> Result<Option<Measurement>, TableError> {
    let Ok(table) = tables.get("curves")?.only("initialisation", "batch_norm") else { return Ok(None) };
    let Ok(table) = table.only("chosen", "yes") else { return Ok(None) };
    let mut checks = Vec::new();
    for (task, of_task) in table.by("task")? {
        let seeds: u32 = Protocol::of(tables)?.number(&format!("{task}_seeds"))?;
        for (optimiser, rows) in of_task.by("optimiser")? {
            let (losses, sds) = (rows.column("loss")?, rows.column("sd")?);
            let (Some(first), Some(last)) = (losses.first(), losses.last()) else { continue };
            let variance = sds[0].powi(2) + sds[sds.len() - 1].powi(2);
            let error = if seeds > 1 { (variance / f64::from(seeds)).sqrt() } else { f64::INFINITY };
            let fall = Estimate::sampled(first - last, error, seeds);
            let classes: f64 = if task == "cifar" { 10.0 } else { 2.0 };
            let least = A_TENTH * classes.ln();
            checks.push(Check::positive(format!("{task}, {optimiser}: fall of the loss"), fall, least));
        }
    }
    let panels = checks.len();
    let found = Measurement::new("5.batchnorm-curves", checks).table("curves").figure("curves");
    let found = of_tasks(tables, found.source(file!(), "batchnorm-curves"), &ran(tables)?)?;
    let open = format!("{panels} of {PANELS} panels ran");
    Ok(Some(if panels < PANELS { found.undecided(open) } else { found }))
}
// endregion: batchnorm-curves
