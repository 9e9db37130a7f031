//! Slips in the text of Section 4 about numbers and panels that the simulations settle.

use report::{Check, Estimate, Measurement, Table, TableError, Tables};

use super::exponential::{BATCH_NORM, SCALE_BIAS};
use super::{A_TENTH, estimate, exploding, networks, scale};

/// Flat is a slope of less than this: a hundredth of the slope where gradients explode, which is how far the original's
/// measured slopes are from its prediction.
const FLAT: f64 = 0.0038;
/// 1/σ_s as the text prints it, half a unit of its last digit, and the distance to the nearest wrong value of the claim
/// `4.amplification`, which divides sample variances by T in place of T - 1.
const FACTOR: f64 = 1.21;
const FACTOR_ROUNDING: f64 = 0.005;
const FACTOR_WRONG: f64 = 0.0073;
/// The slope predicted in the text, half a unit of its last digit, and the distance to what the rounded 1.21 gives.
const SLOPE: f64 = -0.383;
const SLOPE_ROUNDING: f64 = 0.0005;
const SLOPE_WRONG: f64 = 0.0018;
/// Rounding of logarithms and roots.
const ROUNDING: f64 = 1e-15;

/// Our fitted slope of a setting.
fn slope(table: &Table, setting: &str, networks: u32) -> Result<Estimate, TableError> {
    estimate(&table.only("setting", setting)?, "slope", "standard_error", networks)
}

// region: figure-caption
/// Kaiming's gradients are flat, and those of the other two panels are not; as the caption has it the panel on the right,
/// batch normalisation's by the text of §4, is the flat one.
pub(super) fn figure_caption(tables: &Tables) -> Result<Measurement, TableError> {
    let (table, many) = (tables.get("reasonable")?, networks(tables)?);
    let flat = slope(table, "kaiming", many)?;
    let mut checks = vec![Check::equal("slope of the left panel, Kaiming", flat, FLAT)];
    let mut shown = vec![flat];
    for (setting, name) in [SCALE_BIAS, BATCH_NORM] {
        let falls = slope(table, setting, many)?;
        checks.push(Check::positive(
            format!("growth per layer, {name}"),
            falls.times(-1.0),
            A_TENTH * exploding().abs(),
        ));
        shown.push(falls);
    }
    let right = Check::equal("slope of the right panel, batch normalisation", shown[2], FLAT);
    let found = Measurement::new("4.figure-caption", checks).as_printed(vec![right]).at(scale(tables)?);
    let note = "shown: slopes of the panels from left to right, in the order that the text of §4 gives them";
    let found = found.showing(shown).table("reasonable").figure("gradients");
    Ok(found.source(file!(), "figure-caption").note(note))
}
// endregion: figure-caption

// region: sigma-reciprocal
/// 1/σ_s of simulated layers is the printed factor, and twice the logarithm of the exact σ_s the printed slope; as printed
/// σ_s itself would be 1.21, and -ln 1.21² the slope.
pub(super) fn sigma_reciprocal(tables: &Tables) -> Result<Measurement, TableError> {
    let limit = tables.get("sigma_s_limit")?;
    let networks = limit.number("networks")? as u32;
    let simulated = |column: &str| -> Result<Estimate, TableError> {
        let found = estimate(limit, column, &format!("{column}_error"), networks)?;
        Ok(found.minus(FACTOR).with_rounding(limit.number("remainder")? + FACTOR_ROUNDING))
    };
    let exact = tables.get("against_batch")?.number("infinite")?;
    let off = |slope: f64| Estimate::computed(slope - SLOPE, SLOPE_ROUNDING + ROUNDING);
    let checks = vec![
        Check::equal("1/σ_s of simulated layers less 1.21", simulated("amplification")?, FACTOR_WRONG),
        Check::equal("2 ln σ_s with the exact σ_s less -0.383", off(exact), SLOPE_WRONG),
    ];
    let literal = -2.0 * FACTOR.ln();
    let printed = vec![
        Check::equal("σ_s of simulated layers less 1.21", simulated("sigma_s")?, FACTOR_WRONG),
        Check::equal("-ln 1.21² less -0.383", off(literal), SLOPE_WRONG),
    ];
    let shown = ["sigma_s", "amplification"].map(|column| simulated(column).map(|of| of.minus(-FACTOR)));
    let shown = shown.into_iter().collect::<Result<Vec<_>, _>>()?;
    let found = Measurement::new("4.sigma-reciprocal", checks).as_printed(printed).at(scale(tables)?);
    let [least, most] =
        [SLOPE + SLOPE_ROUNDING, SLOPE - SLOPE_ROUNDING].map(|slope: f64| (-0.5 * slope).exp());
    let note = format!(
        "shown: σ_s and 1/σ_s of simulated layers; 1.21 to the letter gives a slope of {literal:.4}, the exact σ_s \
         {exact:.4}: the printed slope needs 1/σ_s between {least:.4} and {most:.4}, two digits more than the text has"
    );
    let found = found.showing(shown).table("sigma_s_limit").source(file!(), "sigma-reciprocal");
    Ok(found.note(note))
}
// endregion: sigma-reciprocal
