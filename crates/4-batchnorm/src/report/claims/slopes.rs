//! The slopes of Fig. 3.

use report::{Check, Estimate, Measurement, Protocol, TableError, Tables};

use super::{AGREES, SLOPE, exploding, networks, scale};

/// A unit of the last printed digit: choices that move a slope by more than this decide that digit.
const LAST_DIGIT: f64 = 0.001;
/// A slope is predicted well if the prediction is off by less than this part of it.
const WELL: f64 = 0.05;

/// A printed slope. Batch size and fitted layers are not stated, so what the paper could have fitted is the whole range
/// between the lowest and the highest slope that choices within reason give, with our sampling error on top.
pub(super) fn slope(tables: &Tables, claim: &str, setting: &str) -> Result<Measurement, TableError> {
    let row = tables.get("reasonable")?.only("setting", setting)?;
    let ours = row.estimate_over(SLOPE, networks(tables)?)?;
    let (lowest, highest) = (row.number("lowest")?, row.number("highest")?);
    let middle = Estimate { value: (lowest + highest) / 2.0, ..ours }.with_rounding((highest - lowest) / 2.0);
    let what = "middle of the slopes that choices within reason give, known up to half their range";
    let protocol = Protocol::of(tables)?;
    let (layers, samples) = (protocol.word("fitted_layers")?, protocol.word("samples")?);
    let note = format!(
        "shown: our choice, layers {layers} and {samples} samples; choices within reason give {lowest:.4} to {highest:.4}"
    );
    let found = Measurement::new(claim, vec![Check::value(what, middle)]).at(scale(tables)?);
    let found =
        found.showing(vec![ours]).table("slopes").figure("slopes").source(file!(), "slope").note(note);
    let open = format!(
        "batch size and fitted layers are not stated and decide the digits: choices within reason give {lowest:.3} to {highest:.3}"
    );
    Ok(if highest - lowest > LAST_DIGIT { found.undecided(open) } else { found })
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

/// The slope with and without the gradient's path through σ_s, and the informal prediction, which has none, at the batch
/// size of Fig. 3.
pub(super) fn sigma_detached(tables: &Tables) -> Result<Measurement, TableError> {
    let row = tables.get("detached")?.only("samples", Protocol::of(tables)?.word("samples")?)?;
    let slope = row.estimate(["slope", "slope_error", "networks"])?;
    let effect = row.estimate(["effect", "effect_error", "paired_networks"])?;
    let paired = row.word("paired_networks")?;
    let well = WELL * exploding().abs();
    let checks = vec![
        Check::within("error of the informal prediction", slope.minus(row.number("informal")?), well),
        Check::within("effect of the path through σ_s", effect, well),
    ];
    let without = Estimate { value: row.number("without")?, ..slope };
    let found = Measurement::new("4.sigma-detached", checks).at(scale(tables)?).showing(vec![slope, without]);
    let note = format!(
        "shown: the slope with the gradient through σ_s and without it, the change from {paired} networks that ran both ways"
    );
    Ok(found.table("detached").source(file!(), "sigma-detached").note(note))
}
