//! What batch normalisation makes of sample means and variances: Eq. 12, and σ_s.

use report::{Check, Estimate, Measurement, Protocol, TableError, Tables};

use super::scale;

/// Rounding of normalised pre-activations, which are kept in single precision: the batch's mean and each value, at most
/// about 5, are rounded to 2⁻²⁴ of themselves.
const SINGLE_PRECISION: f64 = 2e-6;

// region: bn-moments
/// Zero mean and unit variance of every unit over the batch, which cannot be otherwise. What becomes of samples that are not
/// in the batch is told beside it.
pub(super) fn bn_moments(tables: &Tables) -> Result<Measurement, TableError> {
    let moments = tables.get("moments")?;
    let extreme = |column: &str, join: fn(f64, f64) -> f64| -> Result<Estimate, TableError> {
        let value = moments.column(column)?.into_iter().reduce(join).unwrap_or(f64::NAN);
        Ok(Estimate::computed(value, SINGLE_PRECISION))
    };
    let (mean, least) = (extreme("largest_mean", f64::max)?, extreme("least_variance", f64::min)?);
    let greatest = extreme("greatest_variance", f64::max)?;
    let extremes = [
        ("largest sample mean", 0, mean),
        ("smallest sample variance", 1, least),
        ("largest sample variance", 1, greatest),
    ];
    let check = |(what, target, found)| {
        Check::value_of(format!("{what} of any unit in any layer"), target, found).by_construction()
    };
    let checks = extremes.map(check).to_vec();
    let samples = Protocol::of(tables)?.word("samples")?;
    let summary = tables.get("summary")?;
    let note = format!(
        "over the batch, by construction; samples outside a batch of {samples} have mean square {:.3} in layer 2 and {:.1} in layer {}",
        summary.number("fresh_layer_2")?,
        summary.number("fresh_last_layer")?,
        summary.number("depth")?,
    );
    let found = Measurement::new("4.bn-moments", checks).at(scale(tables)?).showing(vec![mean, least]);
    Ok(found.table("moments").figure("fresh").source(file!(), "bn-moments").note(note))
}

// endregion: bn-moments

/// σ_s or its inverse from simulated layers, in the limit of large batches.
pub(super) fn sigma_s(tables: &Tables, claim: &str, column: &str) -> Result<Measurement, TableError> {
    let limit = tables.get("sigma_s_limit")?;
    let found = limit.estimate([column, &format!("{column}_error"), "networks"])?;
    let found = found.with_rounding(limit.number("remainder")?);
    let what = format!("{column} of simulated layers, batch → ∞");
    let note = format!(
        "layers {} to {}, batches of {} and {} extrapolated to infinite size",
        limit.number("first_layer")?,
        limit.number("last_layer")?,
        limit.number("smaller_batch")?,
        limit.number("larger_batch")?
    );
    let found = Measurement::new(claim, vec![Check::value(what, found)]).at(scale(tables)?);
    Ok(found.table("sigma_s_limit").source(file!(), "sigma-s").note(note))
}
