//! Whether gradients grow by the same factor in every layer: one claim for each of the two settings in which they grow.

use report::{Check, Estimate, Measurement, Protocol, TableError, Tables};

use super::{networks, scale, within};

/// A line may bend by this part of its slope over the fitted layers: the slope of its deeper half less that of its
/// shallower. The original takes -0.379 and -0.381 for -0.383, a hundredth.
const STRAIGHT: f64 = 0.01;
/// The settings: name in tables and in words.
pub(super) const BATCH_NORM: (&str, &str) = ("batch_norm", "batch normalisation");
pub(super) const SCALE_BIAS: (&str, &str) = ("scale_bias", "scale+bias");

// region: exponential
/// The factor of the deeper half of the layers is that of the shallower, at the batch size of Fig. 3; and gradients grow in
/// every layer at every batch size with all networks.
pub(super) fn exponential(
    tables: &Tables,
    claim: &str,
    (setting, name): (&str, &str),
) -> Result<Measurement, TableError> {
    let (many, depth) = (networks(tables)?, Protocol::of(tables)?.word("depth")?);
    let samples = Protocol::of(tables)?.word("samples")?;
    let (steps, halves) = (
        tables.get("local_slopes")?.only("setting", setting)?,
        tables.get("halves")?.only("setting", setting)?,
    );
    let row = halves.only("samples", &samples)?;
    let (shallow, deep) = (row.number("shallow")?, row.number("deep")?);
    let bend = Estimate::sampled(row.number("difference")?, row.number("standard_error")?, many);
    let room = within(STRAIGHT * shallow.abs(), bend);
    let mut checks = vec![Check::positive(format!("{name}: room left by the bend of the line"), room)];
    for batch in halves.only("networks", many)?.distinct("samples")? {
        let rows = steps.only("samples", &batch)?;
        let values = rows.points("layer", "local_slope")?.into_iter().zip(rows.column("standard_error")?);
        let inner = values.filter(|((layer, _), _)| *layer > 1.0 && layer.to_string() != depth);
        checks.extend(inner.map(|((layer, slope), error)| {
            let what = format!("{name}, batch {batch}: growth from layer {layer} to the one before");
            Check::positive(what, Estimate::sampled(-slope, error, many))
        }));
    }
    let halves = [shallow, deep].map(|slope| Estimate { value: slope, ..bend });
    let found = Measurement::new(claim, checks).at(scale(tables)?).showing(halves.to_vec());
    let note = format!(
        "shown: slopes of the shallower and the deeper half at {samples} samples, with the error of their difference; the \
         steps next to the loss and to the inputs are others"
    );
    Ok(found.table("halves").figure("slopes").source(file!(), "exponential").note(note))
}
// endregion: exponential
