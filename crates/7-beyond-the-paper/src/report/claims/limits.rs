//! Claims about limits and about all of a map: powers of the width and of the batch, and the two printed slopes.

use report::{Check, Estimate, Measurement, Protocol, Scale, TableError, Tables};

use crate::report::tables::forensics::MOST_LEFT_OUT;

use super::small_batch;

/// Differences of exponents that would be noticed: half of what the map's powers for batches of 25 and 100 differ by, so that one
/// power for both fails, and a third for small batches.
const OF_WIDTH: f64 = 0.03;
const FROM_THIRD: f64 = 0.02;
const FROM_ROOT: f64 = 0.05;
/// How finely a distance in standard errors is told.
const A_HUNDREDTH: f64 = 0.01;
/// Networks of other sizes than the original's say nothing of its slopes.
const THEIRS: [(&str, f64); 2] = [("slope_width", 3000.0), ("slope_depth", 50.0)];
/// A batch large beside any that it may have had, and its networks for every batch.
const FULL: [(&str, f64); 2] = [("slope_samples", 1600.0), ("slope_networks", 30.0)];

/// The power of the width, against the map's and against 1/3.
pub(crate) fn third(tables: &Tables) -> Result<Vec<Measurement>, TableError> {
    let table = tables.get("exponents")?;
    let (mut own, mut from_third) = (Vec::new(), Vec::new());
    for row in table.each() {
        let (exponent, predicted) = (row.number("exponent")?, row.number("predicted")?);
        let (networks, range) = (row.number("standard_error")?, row.number("range_error")?);
        if range.is_nan() {
            continue;
        }
        // The error over the ladder is a jackknife over its widths, few as they are.
        let widths = row.number("widths")? as u32;
        let found = |value, error| Estimate::sampled(value, error, widths);
        let (what, beside) = (format!("batch of {}", row.word("samples")?), row.number("difference_error")?);
        own.push(Check::within(&what, found(exponent - predicted, networks.hypot(beside)), OF_WIDTH));
        let [above, error] = [row.number("above_largest")?, row.number("above_largest_error")?];
        if above.is_finite() {
            own.push(Check::positive(format!("{what}: above the largest"), found(above, error), OF_WIDTH));
        }
        from_third.push(Check::equal(&what, found(exponent - 1.0 / 3.0, networks.hypot(range)), FROM_THIRD));
    }
    let of = |id: &str, checks| {
        Measurement::new(id, checks).table("exponents").figure("runaway").source(file!(), "third")
    };
    Ok(vec![of("7.runaway-exponent", own), of("7.runaway-third", from_third)])
}

/// The power of the batch, against 1/2, in each step from one batch to the next: a proportion fixes it in all of them, so that
/// no range of batches has to be chosen, and the errors are those over networks.
pub(crate) fn root(tables: &Tables) -> Result<Measurement, TableError> {
    let mut points: Vec<(f64, Estimate)> = Vec::new();
    for row in tables.get("evaluation")?.each() {
        let [batch, width] = [row.number("batch")?, row.number("width")?];
        if small_batch([batch, width]) {
            points.push((batch, row.estimate(["layer", "standard_error", "networks"])?));
        }
    }
    let step = |pair: &[(f64, Estimate)]| {
        let [(from, before), (to, after)] = [pair[0], pair[1]];
        let logarithm = |of: Estimate| Estimate {
            value: of.value.ln(),
            standard_error: of.standard_error / of.value,
            ..of
        };
        let power = logarithm(after).difference(logarithm(before)).times((to / from).ln().recip());
        Check::equal(format!("batches of {from} and {to}"), power.minus(0.5), FROM_ROOT)
    };
    let checks = if points.len() > 2 { points.windows(2).map(step).collect() } else { Vec::new() };
    let found = Measurement::new("7.evaluation-root", checks).table("evaluation").figure("evaluation");
    Ok(found.source(file!(), "root"))
}

/// For every batch the cell nearest to the printed slopes, among ranges that leave out few layers, in networks of the
/// original's size: it is excluded beyond the radius of the joint error, shown to be within where it lies as deep in the square,
/// and open between.
pub(crate) fn forensics(tables: &Tables) -> Result<Option<Measurement>, TableError> {
    let protocol = Protocol::of(tables)?;
    if protocol.scale(&THEIRS)? == Scale::Reduced {
        return Ok(None);
    }
    let mut checks = Vec::new();
    let mut least = (f64::INFINITY, f64::NAN);
    for row in tables.get("nearest")?.only("left_out", MOST_LEFT_OUT[0])?.each() {
        let [z, radius] = [row.number("z")?, row.number("radius")?];
        let what = format!("batch of {}: distance of the nearest cell", row.word("samples")?);
        checks.push(Check::positive(what, Estimate::computed(z, radius), 0.0));
        if z - radius < least.0 {
            least = (z - radius, z);
        }
    }
    let found = Measurement::new("7.forensics", checks).table("nearest").figure("forensics");
    let found = found.showing(vec![Estimate::computed(least.1, A_HUNDREDTH)]).source(file!(), "forensics");
    Ok(Some(found.at(protocol.scale(&FULL)?)))
}
