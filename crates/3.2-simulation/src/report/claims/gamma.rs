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
    let note = "shown: the slopes, in the order of the table, each from networks of its own; the text takes γ above 1 and \
                has the variance decay or explode, where it only grows: decay needs γ below 1, a misprint";
    Ok(found.table("gamma_slopes").figure("curves").source(file!(), "gamma").note(note))
}
// endregion: gamma
