//! What batch normalisation makes of sample means and variances: Eq. 12, and σ_s.

use report::{Check, Estimate, Measurement, Protocol, TableError, Tables};

use super::scale;

/// Rounding of normalised pre-activations, which are kept in single precision: the batch's mean and each value, at most
/// about 5, are rounded to 2⁻²⁴ of themselves.
const SINGLE_PRECISION: f64 = 2e-6;
/// What ln <u²> of fresh samples in layer 2 may be off by in the limit of large batches: half of what a batch of 100
/// samples adds there.
const FRESH_RESOLUTION: f64 = 0.03;
/// The batch that this is said of; what a batch adds is inversely proportional to its size.
const BATCH: f64 = 100.0;

// region: bn-moments
/// Zero mean and unit variance of every unit over the batch; and over samples that are not in the batch, the larger the
/// batch the nearer.
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
    let mut checks = extremes.map(check).to_vec();
    checks.extend(fresh(tables)?);
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

/// The same on samples that are not in the batch: it becomes true as the batch grows.
fn fresh(tables: &Tables) -> Result<Vec<Check>, TableError> {
    let (falls, limit) = (tables.get("fresh_fall")?, tables.get("fresh_limit")?);
    let mut checks = Vec::new();
    for row in falls.each() {
        let [layer, small, large] =
            [row.word("layer")?, row.word("smaller_batch")?, row.word("larger_batch")?];
        let what = format!("fall of ln⟨u²⟩ of fresh samples in layer {layer} from batch {small} to {large}");
        let [small, large] = [row.number("smaller_batch")?, row.number("larger_batch")?];
        let least = FRESH_RESOLUTION * BATCH * (small.recip() - large.recip());
        let fall = row.estimate(["fall", "standard_error", "networks"])?;
        checks.push(Check::positive(what, fall, least));
    }
    if limit.rows() > 0 {
        let left = limit.estimate(["log_mean_square", "standard_error", "networks"])?;
        let left = left.with_rounding(limit.number("remainder")?);
        checks.push(Check::equal("ln⟨u²⟩ of fresh samples in layer 2, batch → ∞", left, FRESH_RESOLUTION));
    }
    Ok(checks)
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
