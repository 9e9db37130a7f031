//! Claims about limits and about all of a map: powers of the width and of the batch, and the two printed slopes.

use report::{Check, Estimate, Measurement, Protocol, Scale, TableError, Tables};
use statistics::Line;

use super::small_batch;

/// Differences of exponents that would be noticed.
const OF_WIDTH: f64 = 0.1;
const FROM_THIRD: f64 = 0.02;
const FROM_ROOT: f64 = 0.05;
/// Radius in standard errors of the disc that holds 99.7 % of two normal errors: √(-2 ln 0.003).
const JOINT: f64 = 3.408_6;
/// What a distance in standard errors is known to at best: the errors of the slopes are in it, and over so few networks they
/// are themselves known to two digits.
const A_HUNDREDTH: f64 = 0.01;
/// Networks of other sizes than the original's say nothing of its slopes.
const THEIRS: [(&str, f64); 2] = [("slope_width", 3000.0), ("slope_depth", 50.0)];
/// Layers that a fit leaves out at most at either end.
const MARGIN: f64 = 5.0;

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
        let found = |value: f64, ladder: f64| Estimate {
            value,
            standard_error: networks.hypot(ladder),
            replicates: None,
            rounding: 0.0,
        };
        let (what, beside) = (format!("batch of {}", row.word("samples")?), row.number("difference_error")?);
        own.push(Check::within(&what, found(exponent - predicted, beside), OF_WIDTH));
        from_third.push(Check::equal(&what, found(exponent - 1.0 / 3.0, range), FROM_THIRD));
    }
    let of = |id: &str, checks| {
        Measurement::new(id, checks).table("exponents").figure("runaway").source(file!(), "third")
    };
    Ok(vec![of("7.runaway-exponent", own), of("7.runaway-third", from_third)])
}

/// The power of the batch, against 1/2.
pub(crate) fn root(tables: &Tables) -> Result<Measurement, TableError> {
    let table = tables.get("evaluation")?;
    let mut points = Vec::new();
    for row in table.each() {
        let [batch, width, layer] = [row.number("batch")?, row.number("width")?, row.number("layer")?];
        if small_batch([batch, width]) {
            points.push((batch.ln(), layer.ln(), row.number("standard_error")? / layer));
        }
    }
    let mut checks = Vec::new();
    if points.len() > 2 {
        let exponent = Line::weighted(&points).slope;
        checks.push(Check::equal("power of the batch, less a half", exponent.minus(0.5), FROM_ROOT));
    }
    let found = Measurement::new("7.evaluation-root", checks).table("evaluation").figure("evaluation");
    Ok(found.source(file!(), "root"))
}

/// The cell nearest to the printed slopes, among ranges that leave out few layers, in networks of the original's size.
pub(crate) fn forensics(tables: &Tables) -> Result<Option<Measurement>, TableError> {
    let protocol = Protocol::of(tables)?;
    if protocol.scale(&THEIRS)? == Scale::Reduced {
        return Ok(None);
    }
    let table = tables.get("forensics")?;
    let depth = table.largest("last_layer")?;
    let fitted = table.points("first_layer", "last_layer")?.into_iter();
    let near = fitted
        .zip(table.column("z")?)
        .filter(|((first, last), _)| *first <= MARGIN && *last >= depth - MARGIN);
    let nearest = near.map(|(_, z)| z).fold(f64::INFINITY, f64::min);
    let what = "distance of the nearest cell, less the radius of the joint error";
    let check = Check::positive(what, Estimate::computed(nearest - JOINT, A_HUNDREDTH), 0.0);
    let found = Measurement::new("7.forensics", vec![check]).table("forensics").figure("forensics");
    Ok(Some(found.source(file!(), "forensics")))
}
