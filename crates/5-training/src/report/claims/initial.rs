//! Eqs. 13 and 14: what the initialisations are to achieve, on the minibatches they measured.

use report::{Check, Estimate, Measurement, TableError, Tables};

use super::{data_of, ran, scale_of};

/// A bound on what ε and single precision leave. ε takes ε/(σ² + ε) from the mean square: W starts from unit Gaussians, so
/// σ² is about half the fan-in and more, but in the narrowest layers of a narrow network it may be some tenths, which
/// leaves a few 1e-5. Sums of a few thousand products in single precision add about 1e-6.
pub(super) const LEFT: f64 = 1e-4;
/// A deviation that would matter. A factor that missed the biases would leave means of order one.
pub(super) const MATTERS: f64 = 1e-2;

/// The largest of a column over the layers of a network, for each task that ran this initialisation.
pub(super) fn largest(
    tables: &Tables,
    initialisation: &str,
    column: &str,
) -> Result<Vec<(String, f64)>, TableError> {
    let Ok(table) = tables.get("starts")?.only("initialisation", initialisation) else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for (task, rows) in table.by("task")? {
        found.push((task, rows.largest(column)?));
    }
    Ok(found)
}

/// Checks that a column is zero up to what ε and rounding leave, one check `<task>-<id>` a task.
fn zero(
    tables: &Tables,
    initialisation: &str,
    column: &str,
    id: &str,
    what: &str,
) -> Result<Vec<Check>, TableError> {
    let found = largest(tables, initialisation, column)?.into_iter();
    let check = |(task, value)| {
        let what = format!("{task}: {what}, largest of all layers");
        Check::equal(what, Estimate::computed(value, LEFT), MATTERS).named(format!("{task}-{id}"))
    };
    Ok(found.map(check).collect())
}

pub(super) fn measured(
    tables: &Tables,
    claim: &str,
    checks: Vec<Check>,
) -> Result<Option<Measurement>, TableError> {
    if checks.is_empty() {
        return Ok(None);
    }
    let tasks = ran(tables)?;
    // An identity holds for any images.
    let found = Measurement::new(claim, checks).at(scale_of(tables, &tasks)?).on(data_of(tables, &tasks)?);
    Ok(Some(found.table("starts")))
}

// region: scale-init
/// Unit mean square in every layer. The text calls this mean square a sample variance; it is one only without means.
pub(super) fn scale(tables: &Tables) -> Result<Option<Measurement>, TableError> {
    let checks = zero(tables, "scale", "mean_square_off_one", "mean-square", "mean square, minus 1")?;
    let checks = checks.into_iter().map(Check::by_construction).collect();
    let found = measured(tables, "5.scale-init", checks)?;
    let variance = largest(tables, "scale", "variance_off_one")?;
    Ok(found.map(|found| {
        let apart = variance.iter().map(|(task, off)| format!("{off:.2} ({task})")).collect::<Vec<_>>();
        let note = format!(
            "what is set to one is the mean square; the sample variance is below it by up to {}",
            apart.join(", ")
        );
        found.source(file!(), "scale-init").note(note)
    }))
}
// endregion: scale-init

// region: scale-bias-init
/// Zero mean of every feature and unit variance of every layer, both after the last change of the weights: the variance
/// is what the weights were last divided by, the mean was set before and need not have stayed.
pub(super) fn scale_bias(tables: &Tables) -> Result<Option<Measurement>, TableError> {
    let mut checks = zero(tables, "scale_bias", "largest_mean", "mean", "sample mean of a feature")?;
    let variances = zero(tables, "scale_bias", "variance_off_one", "variance", "sample variance, minus 1")?;
    checks.extend(variances.into_iter().map(Check::by_construction));
    let found = measured(tables, "5.scale-bias-init", checks)?;
    Ok(found.map(|found| found.source(file!(), "scale-bias-init")))
}
// endregion: scale-bias-init
