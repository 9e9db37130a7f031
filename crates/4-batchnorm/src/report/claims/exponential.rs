//! Whether gradients grow by the same factor in every layer: one claim for each of the two settings in which they grow.

use report::{Check, Estimate, Measurement, Protocol, Table, TableError, Tables};

use super::{A_TENTH, AGREES, networks, scale};

/// The settings: name in tables and in words.
pub(super) const BATCH_NORM: (&str, &str) = ("batch_norm", "batch normalisation");
pub(super) const SCALE_BIAS: (&str, &str) = ("scale_bias", "scale+bias");

/// At every batch size the factor of the deeper half of the layers is that of the shallower; and gradients grow in every
/// layer at every batch size with all networks.
pub(super) fn exponential(
    tables: &Tables,
    claim: &str,
    (setting, name): (&str, &str),
) -> Result<Measurement, TableError> {
    let (many, depth) = (networks(tables)?, Protocol::of(tables)?.word("depth")?);
    let samples = Protocol::of(tables)?.word("samples")?;
    let of = |table: &str| tables.get(table)?.only("setting", setting);
    let (steps, halves) = (of("local_slopes")?, of("halves")?);
    let bend = |row: &Table| row.estimate(["difference", "standard_error", "networks"]);
    let mut checks = Vec::new();
    for row in halves.each() {
        let batch = row.word("samples")?;
        let what =
            format!("{name}, batch {batch}: bend of the line, the deeper half's slope less the shallower's");
        checks.push(Check::within(what, bend(&row)?, AGREES * row.number("shallow")?.abs()));
    }
    let ensembles = of("ensembles")?.only("through", "full")?.only("networks", many)?;
    for batch in ensembles.distinct("samples")? {
        for row in steps.only("samples", &batch)?.each() {
            let layer = row.word("layer")?;
            if layer != "1" && layer != depth {
                let slope = row.estimate_over(["local_slope", "standard_error"], many)?;
                let what = format!("{name}, batch {batch}: growth from layer {layer} to the one before");
                let least = A_TENTH * row.number("predicted")?.abs();
                checks.push(Check::positive(what, slope.times(-1.0), least));
            }
        }
    }
    let row = halves.only("samples", &samples)?;
    let bend = bend(&row)?;
    let halves = [row.number("shallow")?, row.number("deep")?].map(|slope| Estimate { value: slope, ..bend });
    let found = Measurement::new(claim, checks).at(scale(tables)?).showing(halves.to_vec());
    let note = format!(
        "shown: slopes of the shallower and the deeper half at {samples} samples in {} networks, with the error of their \
         difference; the steps next to the loss and to the inputs are others",
        row.word("networks")?
    );
    Ok(found.table("halves").figure("slopes").source(file!(), "exponential").note(note))
}
