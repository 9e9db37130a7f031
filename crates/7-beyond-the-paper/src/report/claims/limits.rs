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
/// Networks of other sizes than the original's say nothing of its slopes.
const THEIRS: [(&str, f64); 2] = [("slope_width", 3000.0), ("slope_depth", 50.0)];
/// Layers that a fit leaves out at most at either end.
const MARGIN: f64 = 5.0;

// region: third
/// The power of the width, against the map's and against 1/3.
pub(crate) fn third(tables: &Tables) -> Result<Vec<Measurement>, TableError> {
    let table = tables.get("exponents")?;
    let [batch, exponent, predicted] =
        [table.column("samples")?, table.column("exponent")?, table.column("predicted")?];
    let [networks, range, beside] =
        [table.column("standard_error")?, table.column("range_error")?, table.column("difference_error")?];
    let (mut own, mut from_third) = (Vec::new(), Vec::new());
    for index in 0..table.rows() {
        if range[index].is_nan() {
            continue;
        }
        let found = |value: f64, ladder: f64| Estimate {
            value,
            standard_error: networks[index].hypot(ladder),
            replicates: None,
            rounding: 0.0,
        };
        let what = format!("batch of {}", batch[index]);
        own.push(Check::within(&what, found(exponent[index] - predicted[index], beside[index]), OF_WIDTH));
        from_third.push(Check::equal(&what, found(exponent[index] - 1.0 / 3.0, range[index]), FROM_THIRD));
    }
    let of = |id: &str, checks| {
        Measurement::new(id, checks).table("exponents").figure("runaway").source(file!(), "third")
    };
    Ok(vec![of("7.runaway-exponent", own), of("7.runaway-third", from_third)])
}
// endregion: third

// region: root
/// The power of the batch, against 1/2.
pub(crate) fn root(tables: &Tables) -> Result<Measurement, TableError> {
    let table = tables.get("evaluation")?;
    let [batch, width] = [table.column("batch")?, table.column("width")?];
    let [layer, error] = [table.column("layer")?, table.column("standard_error")?];
    let points: Vec<(f64, f64, f64)> = (0..table.rows())
        .filter(|&index| small_batch([batch[index], width[index]]))
        .map(|index| (batch[index].ln(), layer[index].ln(), error[index] / layer[index]))
        .collect();
    let mut checks = Vec::new();
    if points.len() > 2 {
        let exponent = Line::weighted(&points).slope;
        checks.push(Check::equal("power of the batch, less a half", exponent.minus(0.5), FROM_ROOT));
    }
    Ok(Measurement::new("7.evaluation-root", checks)
        .table("evaluation")
        .figure("evaluation")
        .source(file!(), "root"))
}
// endregion: root

// region: forensics
/// The cell nearest to the printed slopes, among ranges that leave out few layers, in networks of the original's size.
pub(crate) fn forensics(tables: &Tables) -> Result<Option<Measurement>, TableError> {
    let protocol = Protocol::of(tables)?;
    if protocol.scale(&THEIRS)? == Scale::Reduced {
        return Ok(None);
    }
    let table = tables.get("forensics")?;
    let [first, last, z] = [table.column("first_layer")?, table.column("last_layer")?, table.column("z")?];
    let depth = last.iter().copied().fold(0.0, f64::max);
    let near = (0..table.rows()).filter(|&index| first[index] <= MARGIN && last[index] >= depth - MARGIN);
    let nearest = near.map(|index| z[index]).fold(f64::INFINITY, f64::min);
    let what = "distance of the nearest cell, less the radius of the joint error";
    // The errors of the slopes are in z itself: what is left is the arithmetic.
    let check = Check::positive(what, Estimate::computed(nearest - JOINT, 1e-6), 0.0);
    let found = Measurement::new("7.forensics", vec![check]).table("forensics").figure("forensics");
    Ok(Some(found.source(file!(), "forensics")))
}
// endregion: forensics
