//! Weights that are too large or too small.

use report::{Check, Estimate, Measurement, Scale, TableError, Tables};

use super::{DEPTH, estimates};

/// A tenth of the smallest slope; one half of it would be the slope of a standard deviation in place of a variance.
const ANOTHER_SLOPE: f64 = 0.01;
/// A change of slope between the halves that bends a curve of the paper's depth by half a unit of its logarithm.
const BENT: f64 = 0.02;

// region: gamma
pub(super) fn exponential(tables: &Tables) -> Result<Measurement, TableError> {
    let table = tables.get("gamma_slopes")?;
    let slopes = estimates(table, "slope", "standard_error", "networks")?;
    let bends = estimates(table, "bend", "bend_error", "networks")?;
    let rows =
        table.column("gamma")?.into_iter().zip(table.column("expected")?).zip(slopes.iter().zip(bends));
    let mut checks = Vec::new();
    for ((gamma, expected), (slope, bend)) in rows {
        checks.push(Check::equal(
            format!("slope of ln σ² minus ln γ, γ = {gamma}"),
            slope.minus(expected),
            ANOTHER_SLOPE,
        ));
        checks.push(Check::equal(format!("change of the slope between halves, γ = {gamma}"), bend, BENT));
        let grows: Estimate = if gamma > 1.0 { *slope } else { slope.times(-1.0) };
        let direction = if gamma > 1.0 { "growth" } else { "decay" };
        checks.push(Check::positive(format!("{direction} with depth, γ = {gamma}"), grows, ANOTHER_SLOPE));
    }
    let deep = table.column("depth")?.into_iter().fold(f64::INFINITY, f64::min) >= DEPTH;
    let found = Measurement::new("3.1.gamma-exponential", checks).at(Scale::full_if(deep)).showing(slopes);
    let note = "shown: the slopes, in the order of the table, each from networks of its own";
    Ok(found.table("gamma_slopes").figure("curves").source(file!(), "gamma").note(note))
}
// endregion: gamma

// region: gamma-decays
/// The total variance grows with depth where γ is above 1 and decays where it is below; as printed it may decay above 1.
/// Nothing where γ is on one side of 1 only.
pub(super) fn decays(tables: &Tables) -> Result<Option<Measurement>, TableError> {
    let table = tables.get("gamma_slopes")?;
    let slopes = estimates(table, "slope", "standard_error", "networks")?;
    let (above, below): (Vec<_>, Vec<_>) =
        table.column("gamma")?.into_iter().zip(slopes.iter().copied()).partition(|(gamma, _)| *gamma > 1.0);
    if above.is_empty() || below.is_empty() {
        return Ok(None);
    }
    let check = |what: &str, (gamma, slope): &(f64, Estimate), sign: f64| {
        Check::positive(format!("{what} with depth, γ = {gamma}"), slope.times(sign), ANOTHER_SLOPE)
    };
    let grows = above.iter().map(|of| check("growth", of, 1.0));
    let checks = grows.chain(below.iter().map(|of| check("decay", of, -1.0))).collect();
    let printed = above.iter().map(|of| check("decay", of, -1.0)).collect();
    let deep = table.column("depth")?.into_iter().fold(f64::INFINITY, f64::min) >= DEPTH;
    let found = Measurement::new("3.1.gamma-decays", checks).as_printed(printed).at(Scale::full_if(deep));
    let note = "shown: slopes of ln σ² against layer, in the order of the table";
    let found = found.showing(slopes).table("gamma_slopes").figure("curves");
    Ok(Some(found.source(file!(), "gamma-decays").note(note)))
}
// endregion: gamma-decays
