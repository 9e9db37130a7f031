//! The slopes of Fig. 3.

use report::{Check, Estimate, Measurement, Protocol, TableError, Tables};

use super::{AGREES, SLOPE, exploding, networks, scale};

/// A unit of the last printed digit: choices that move a slope by more than this decide that digit.
const LAST_DIGIT: f64 = 0.001;

/// A printed slope. Batch size and fitted layers are not stated, so what the paper could have fitted is the whole range
/// between the lowest and the highest slope that choices within reason give, with our sampling error on top.
pub(super) fn slope(tables: &Tables, claim: &str, setting: &str) -> Result<Measurement, TableError> {
    let ours = tables.get("reasonable")?.only("setting", setting)?.estimate_over(SLOPE, networks(tables)?)?;
    let (range, middle) = within_reason(tables, setting)?;
    let [lowest, highest] = range;
    let what = "middle of the slopes that choices within reason give, known up to half their range";
    let protocol = Protocol::of(tables)?;
    let (layers, samples) = (protocol.word("fitted_layers")?, protocol.word("samples")?);
    let note = format!(
        "shown: our choice, layers {layers} and {samples} samples; choices within reason give {lowest:.4} to {highest:.4}"
    );
    let found = Measurement::new(claim, vec![Check::value(what, middle)]).at(scale(tables)?);
    let found =
        found.showing(vec![ours]).table("slopes").figure("slopes").source(file!(), "slope").note(note);
    Ok(if highest - lowest > LAST_DIGIT { found.undecided(deciding(range)) } else { found })
}

/// No slope under Kaiming initialisation, in our range and over all layers. The nearest wrong one is what the original
/// would still take for the same slope.
pub(super) fn kaiming_flat(tables: &Tables) -> Result<Measurement, TableError> {
    let mut checks = Vec::new();
    for row in tables.get("slopes")?.only("setting", "kaiming")?.each() {
        let what = format!("slope over layers {} to {}", row.word("first_layer")?, row.word("last_layer")?);
        let slope = row.estimate_over(SLOPE, networks(tables)?)?;
        checks.push(Check::value(what, slope).instead_of(AGREES * exploding()));
    }
    let found = Measurement::new("4.kaiming-flat", checks).at(scale(tables)?).table("slopes");
    Ok(found.figure("gradients").source(file!(), "kaiming-flat"))
}

/// The informal prediction, which leaves the gradient through σ_s out, is off by less than a hundredth of the slope, as the
/// original's two slopes are, whatever choice within reason it made.
pub(super) fn sigma_detached(tables: &Tables) -> Result<Measurement, TableError> {
    let row = tables.get("detached")?.only("samples", Protocol::of(tables)?.word("samples")?)?;
    let slope = row.estimate(["slope", "slope_error", "networks"])?;
    let (paired, well) = (row.word("paired_networks")?, AGREES * exploding().abs());
    let (range, middle) = within_reason(tables, "batch_norm")?;
    let error = middle.minus(row.number("informal")?);
    let checks =
        vec![Check::within("error of the informal prediction, known up to half their range", error, well)];
    let without = Estimate { value: row.number("without")?, ..slope };
    let found = Measurement::new("4.sigma-detached", checks).at(scale(tables)?).showing(vec![slope, without]);
    let note = format!(
        "shown: the slope with the gradient through σ_s and without it, the change from {paired} networks that ran both ways"
    );
    let found = found.table("detached").source(file!(), "sigma-detached").note(note);
    Ok(if range[1] - range[0] > well { found.undecided(deciding(range)) } else { found })
}

/// The lowest and the highest slope that choices within reason give, and the middle of the two, known up to half their
/// distance with our sampling error on top.
fn within_reason(tables: &Tables, setting: &str) -> Result<([f64; 2], Estimate), TableError> {
    let row = tables.get("reasonable")?.only("setting", setting)?;
    let (lowest, highest) = (row.number("lowest")?, row.number("highest")?);
    let ours = row.estimate_over(SLOPE, networks(tables)?)?;
    let middle = Estimate { value: (lowest + highest) / 2.0, ..ours };
    Ok(([lowest, highest], middle.with_rounding((highest - lowest) / 2.0)))
}

/// Why a verdict on a slope is open.
fn deciding([lowest, highest]: [f64; 2]) -> String {
    format!(
        "batch size and fitted layers are not stated and decide the digits: choices within reason give {lowest:.3} to {highest:.3}"
    )
}
