//! Weights that are too large or too small.

use report::{Check, Estimate, Measurement, Scale, Table, TableError, Tables};

use super::DEPTH;

/// A tenth of the smallest slope; one half of it would be the slope of a standard deviation in place of a variance.
const ANOTHER_SLOPE: f64 = 0.01;
/// A change of slope between the halves that bends a curve of the paper's depth by half a unit of its logarithm.
const BENT: f64 = 0.02;

/// The slope of ln σ² over networks, as columns of the table.
const SLOPE: [&str; 3] = ["slope", "standard_error", "networks"];

/// Full when all networks were as deep as the paper's.
fn scale(table: &Table) -> Result<Scale, TableError> {
    Ok(Scale::full_if(table.column("depth")?.into_iter().fold(f64::INFINITY, f64::min) >= DEPTH))
}

/// That the total variance grows, or decays, with depth.
fn change(what: &str, gamma: f64, slope: Estimate) -> Check {
    let sign = if what == "growth" { 1.0 } else { -1.0 };
    Check::positive(format!("{what} with depth, γ = {gamma}"), slope.times(sign), ANOTHER_SLOPE)
}

// region: gamma
pub(super) fn exponential(tables: &Tables) -> Result<Measurement, TableError> {
    let table = tables.get("gamma_slopes")?;
    let mut checks = Vec::new();
    for row in table.each() {
        let (gamma, slope) = (row.number("gamma")?, row.estimate(SLOPE)?);
        let what = format!("slope of ln σ² minus ln γ, γ = {gamma}");
        checks.push(Check::equal(what, slope.minus(row.number("expected")?), ANOTHER_SLOPE));
        let bend = row.estimate(["bend", "bend_error", "networks"])?;
        checks.push(Check::equal(format!("change of the slope between halves, γ = {gamma}"), bend, BENT));
        checks.push(change(if gamma > 1.0 { "growth" } else { "decay" }, gamma, slope));
    }
    let found = Measurement::new("3.1.gamma-exponential", checks).at(scale(table)?);
    let note = "shown: the slopes, in the order of the table, each from networks of its own";
    let found = found.showing(table.estimates(SLOPE)?).table("gamma_slopes").figure("curves");
    Ok(found.source(file!(), "gamma").note(note))
}
// endregion: gamma

// region: gamma-decays
/// The total variance grows with depth where γ is above 1 and decays where it is below; as printed it may decay above 1.
/// Nothing where γ is on one side of 1 only.
pub(super) fn decays(tables: &Tables) -> Result<Option<Measurement>, TableError> {
    let table = tables.get("gamma_slopes")?;
    let slopes = table.estimates(SLOPE)?;
    let (above, below): (Vec<_>, Vec<_>) =
        table.column("gamma")?.into_iter().zip(slopes.iter().copied()).partition(|(gamma, _)| *gamma > 1.0);
    if above.is_empty() || below.is_empty() {
        return Ok(None);
    }
    let all = |what: &'static str, of: &[(f64, Estimate)]| -> Vec<Check> {
        of.iter().map(|(gamma, slope)| change(what, *gamma, *slope)).collect()
    };
    let checks = [all("growth", &above), all("decay", &below)].concat();
    let found = Measurement::new("3.1.gamma-decays", checks).as_printed(all("decay", &above));
    let note = "shown: slopes of ln σ² against layer, in the order of the table";
    let found = found.at(scale(table)?).showing(slopes).table("gamma_slopes").figure("curves");
    Ok(Some(found.source(file!(), "gamma-decays").note(note)))
}
// endregion: gamma-decays
