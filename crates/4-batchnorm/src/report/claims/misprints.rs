//! Slips in the text of Section 4 about numbers and panels that the simulations settle.

use report::{Check, Estimate, Measurement, Register, TableError, Tables, stated};

use super::exponential::{BATCH_NORM, SCALE_BIAS};
use super::{A_TENTH, SLOPE, exploding, networks, scale};

/// Flat is a slope of less than this: a hundredth of the slope where gradients explode, which is how far the original's
/// measured slopes are from its prediction.
const FLAT: f64 = 0.0038;
/// Rounding of logarithms and roots.
const ROUNDING: f64 = 1e-15;

/// Kaiming's gradients are flat, and those of the other two panels are not; as the caption has it the panel on the right,
/// batch normalisation's by the text of §4, is the flat one.
pub(super) fn figure_caption(tables: &Tables) -> Result<Measurement, TableError> {
    let (table, many) = (tables.get("reasonable")?, networks(tables)?);
    let slope = |setting: &str| table.only("setting", setting)?.estimate_over(SLOPE, many);
    let flat = slope("kaiming")?;
    let mut checks = vec![Check::equal("slope of the left panel, Kaiming", flat, FLAT)];
    let mut shown = vec![flat];
    for (setting, name) in [SCALE_BIAS, BATCH_NORM] {
        let (falls, what) = (slope(setting)?, format!("growth per layer, {name}"));
        checks.push(Check::positive(what, falls.times(-1.0), A_TENTH * exploding().abs()));
        shown.push(falls);
    }
    let right = Check::equal("slope of the right panel, batch normalisation", shown[2], FLAT);
    let found = Measurement::new("4.figure-caption", checks).as_printed(vec![right]).at(scale(tables)?);
    let note = "shown: slopes of the panels from left to right, in the order that the text of §4 gives them";
    let found = found.showing(shown).table("reasonable").figure("gradients");
    Ok(found.source(file!(), "figure-caption").note(note))
}

// region: sigma-reciprocal
/// A value that the register has of a claim, half a unit of its last digit, and the distance to its nearest wrong value.
fn value(register: &Register, id: &str) -> Result<[f64; 3], TableError> {
    let target = stated(register, id)?.targets.first();
    let target = target.ok_or_else(|| TableError::content(format!("the register has no value of `{id}`")))?;
    let [printed, wrong] = [&target.printed, &target.wrong].map(|digits| digits.value());
    Ok([printed, target.printed.half_width(), (wrong - printed).abs()])
}

/// 1/σ_s of simulated layers is the printed factor, and twice the logarithm of the exact σ_s the printed slope; as printed
/// σ_s itself would be 1.21, and -ln 1.21² the slope.
pub(super) fn sigma_reciprocal(tables: &Tables, register: &Register) -> Result<Measurement, TableError> {
    let [factor, half_digit, wrong_factor] = value(register, "4.amplification")?;
    let [slope, half_slope, _] = value(register, "4.slope-theory")?;
    let limit = tables.get("sigma_s_limit")?;
    let simulated = |column: &str| -> Result<Estimate, TableError> {
        let found = limit.estimate([column, &format!("{column}_error"), "networks"])?;
        Ok(found.minus(factor).with_rounding(limit.number("remainder")? + half_digit))
    };
    let (exact, literal) = (tables.get("against_batch")?.number("infinite")?, -2.0 * factor.ln());
    let off = |found: f64| Estimate::computed(found - slope, half_slope + ROUNDING);
    // What the rounded factor gives is the nearest wrong slope.
    let wrong_slope = (literal - slope).abs();
    let checks = vec![
        Check::equal("1/σ_s of simulated layers less 1.21", simulated("amplification")?, wrong_factor),
        Check::equal("2 ln σ_s with the exact σ_s less -0.383", off(exact), wrong_slope),
    ];
    let printed = vec![
        Check::equal("σ_s of simulated layers less 1.21", simulated("sigma_s")?, wrong_factor),
        Check::equal("-ln 1.21² less -0.383", off(literal), wrong_slope),
    ];
    let shown = vec![simulated("sigma_s")?.minus(-factor), simulated("amplification")?.minus(-factor)];
    let found = Measurement::new("4.sigma-reciprocal", checks).as_printed(printed).at(scale(tables)?);
    let [least, most] = [slope + half_slope, slope - half_slope].map(|slope: f64| (-0.5 * slope).exp());
    let note = format!(
        "shown: σ_s and 1/σ_s of simulated layers; 1.21 to the letter gives a slope of {literal:.4}, the exact σ_s \
         {exact:.4}: the printed slope needs 1/σ_s between {least:.4} and {most:.4}, two digits more than the text has"
    );
    let found = found.showing(shown).table("sigma_s_limit").source(file!(), "sigma-reciprocal");
    Ok(found.note(note))
}
// endregion: sigma-reciprocal
