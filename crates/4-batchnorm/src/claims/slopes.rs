//! The slopes of Fig. 3.

use manuscript::{Check, Estimate, Measurement, TableError, Tables};

use super::{estimate, networks, ran, scale, within};

/// A unit of the last printed digit: choices that move a slope by more than this decide that digit.
const LAST_DIGIT: f64 = 0.001;
/// ln 1.05: a predicted slope this close to the measured one gives the factor by which gradients explode in each layer to
/// five per cent.
const WELL: f64 = 0.048_790_164;

// region: slope
/// A printed slope. Batch size and fitted layers are not stated, so what the paper could have fitted is the whole range
/// between the lowest and the highest slope that choices within reason give, with our sampling error on top.
pub(super) fn slope(tables: &Tables, claim: &str, setting: &str) -> Result<Measurement, TableError> {
    let row = tables.get("reasonable")?.only("setting", setting)?;
    let ours = estimate(&row, "slope", "standard_error", networks(tables)?)?;
    let (lowest, highest) = (row.number("lowest")?, row.number("highest")?);
    let middle = Estimate { value: (lowest + highest) / 2.0, ..ours }.with_rounding((highest - lowest) / 2.0);
    let what = "middle of the slopes that choices within reason give, known up to half their range";
    let (layers, samples) = (ran(tables, "fitted_layers")?, ran(tables, "samples")?);
    let found =
        Measurement::new(claim, vec![Check::value(what, middle)]).at(scale(tables)?).showing(vec![ours]);
    let found = found.table("slopes").figure("slopes").source(file!(), "slope");
    let found = found.note(format!("shown: our choice, layers {layers} and {samples} samples; choices within reason give {lowest:.4} to {highest:.4}"));
    Ok(if highest - lowest > LAST_DIGIT {
        found.undecided(format!(
            "batch size and fitted layers are not stated and decide the digits: choices within reason give {lowest:.3} to {highest:.3}"
        ))
    } else {
        found
    })
}
// endregion: slope

// region: kaiming-flat
/// No slope under Kaiming initialisation, in our range and over all layers.
pub(super) fn kaiming_flat(tables: &Tables) -> Result<Measurement, TableError> {
    let rows = tables.get("slopes")?.only("setting", "kaiming")?;
    let ranges = rows.column("first_layer")?.into_iter().zip(rows.column("last_layer")?);
    let found = rows.column("slope")?.into_iter().zip(rows.column("standard_error")?);
    let networks = networks(tables)?;
    let check = |((first, last), (slope, error)): ((f64, f64), (f64, f64))| {
        Check::value(
            format!("slope over layers {first} to {last}"),
            Estimate::sampled(slope, error, networks),
        )
    };
    let checks = ranges.zip(found).map(check).collect();
    let found =
        Measurement::new("4.kaiming-flat", checks).at(scale(tables)?).table("slopes").figure("gradients");
    Ok(found.source(file!(), "kaiming-flat"))
}
// endregion: kaiming-flat

// region: sigma-detached
/// The slope with and without the gradient's path through σ_s, and the informal prediction, which has none.
pub(super) fn sigma_detached(tables: &Tables) -> Result<Measurement, TableError> {
    let least = ran(tables, "samples")?.parse::<f64>().unwrap_or(f64::NAN) / 2.0;
    let all = tables.get("detached")?;
    let mut checks = Vec::new();
    let mut shown = Vec::new();
    for samples in all.column("samples")?.into_iter().filter(|samples| *samples >= least) {
        let row = all.only("samples", samples as u64)?;
        let networks = row.number("networks")? as u32;
        let (slope, without) = (
            estimate(&row, "slope", "slope_error", networks)?,
            estimate(&row, "without", "without_error", networks)?,
        );
        let effect = estimate(&row, "effect", "effect_error", networks)?;
        let informal = slope.minus(row.number("informal")?);
        checks.push(Check::positive(
            format!("room left by the effect of the path through σ_s, batch {samples}"),
            within(WELL, effect),
        ));
        checks.push(Check::positive(
            format!("room left by the informal prediction's error, batch {samples}"),
            within(WELL, informal),
        ));
        shown = vec![slope, without];
    }
    let found =
        Measurement::new("4.sigma-detached", checks).at(scale(tables)?).showing(shown).table("detached");
    let note = "shown: the slope with and without the gradient through σ_s; well means the growth per layer to five per cent";
    Ok(found.source(file!(), "sigma-detached").note(note))
}
// endregion: sigma-detached
