//! Sample variance and mean square themselves: that the one decays, and that pooling and skip connections change the other.

use report::{Check, Data, Measurement, TableError, Tables};

use super::{ON_A_STAND_IN, of_both};

/// A share of sample variance has changed if by a twentieth of itself: what a figure shows.
const SHARE_CHANGED: f64 = 0.05;
/// A mean square is no longer kept if it has changed by a factor of two: twice what a chain of ten plain layers of these
/// widths differs by between initialisations. ln 2.
const KEPT: f64 = std::f64::consts::LN_2;
/// A single step changes the mean square if by a tenth: ten such steps would be the factor of two and more. ln 1.1.
const ONE_STEP: f64 = 0.095;

/// What is found of both networks, open on a stand-in.
fn found(tables: &Tables, claim: &str, checks: Vec<Check>) -> Result<Measurement, TableError> {
    let found = of_both(tables, Measurement::new(claim, checks))?;
    Ok(if found.data == Data::Real { found } else { found.undecided(ON_A_STAND_IN) })
}

// region: variance-decays
/// From each compared layer to the next the sample variance becomes a smaller part of the mean square, in both networks and
/// with both readings of what a pre-activation is.
pub(super) fn decays(tables: &Tables) -> Result<Measurement, TableError> {
    let mut checks = Vec::new();
    for row in tables.get("variance_steps")?.each() {
        let [network, counted] = [row.word("network")?, row.word("counted")?];
        let [from, to] = [row.word("from_layer")?, row.word("to_layer")?];
        let what = format!("{network}, {counted}: fall of ln of the share from layer {from} to {to}");
        let fall = row.estimate(["fall", "standard_error", "initialisations"])?;
        checks.push(Check::positive(what, fall, SHARE_CHANGED));
    }
    let shares = tables.get("variance")?.only("variant", "standard")?.only("layer", 10)?;
    let mut shown = Vec::new();
    for network in ["allcnn", "unet"] {
        let row = shares.only("network", network)?;
        for [share, error] in [["share", "share_error"], ["channel_share", "channel_share_error"]] {
            shown.push(row.estimate([share, error, "initialisations"])?);
        }
    }
    let found = found(tables, "3.3.variance-decays", checks)?.showing(shown).table("variance");
    let note = "shown: sample variance over mean square, with units and with channels as what is counted, in the last layer of \
                ALL-CNN-C and the last of U-Net's way down";
    Ok(found.figure("variance").source(file!(), "variance-decays").note(note))
}
// endregion: variance-decays

/// A plain chain keeps the mean square to a factor of two; four max-poolings make it grow by more. Of single steps, compared
/// in networks with the same weights and images, a global average lowers it, and a skip connection adds to it.
pub(super) fn scaling_breaks(tables: &Tables) -> Result<Measurement, TableError> {
    let scaling = tables.get("scaling")?;
    let of =
        |part: &str| scaling.only("part", part)?.estimate(["growth", "standard_error", "initialisations"]);
    let (pooled, averaged, skip) =
        (of("max-pooling")?, of("average against one position")?, of("skip against zeros")?);
    let changes = [
        ("U-Net: growth over four max-poolings, beyond a factor of two", pooled.minus(KEPT), 0.0),
        (
            "ALL-CNN-C: what the global average takes away, against one position",
            averaged.times(-1.0),
            ONE_STEP,
        ),
        ("U-Net: what the first skip connection adds, against zeros", skip, ONE_STEP),
    ];
    let mut checks = changes.map(|(what, change, least)| Check::positive(what, change, least)).to_vec();
    let plain = [
        ("convolutions", "ALL-CNN-C: up to layer 8"),
        ("one position", "ALL-CNN-C: one position in place of the average"),
        ("subsampling", "U-Net: subsampling in place of max-pooling"),
    ];
    for (part, name) in plain {
        checks.push(Check::within(format!("{name}, within a factor of two"), of(part)?, KEPT));
    }
    let found = found(tables, "5.scaling-breaks", checks)?.showing(vec![pooled, averaged, skip]);
    let note = "shown: ln of the mean square of layer 10 over layer 1 of U-Net, in layer 10 of ALL-CNN-C with the global average \
                over one position, and in layer 12 of U-Net with the skip connection over zeros";
    Ok(found.table("scaling").figure("variance").source(file!(), "scaling-breaks").note(note))
}
