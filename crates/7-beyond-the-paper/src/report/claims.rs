//! Claims of Section 7, all of them our own. Every one is compared at sizes that the parameters and the constants here fix
//! before a run, at all of them at once; replicates are networks.

mod limits;

use report::{Check, Estimate, Measurement, Protocol, Register, Table, TableError, Tables};

use limits::{forensics, root, third};

use super::tables::WIDE;

/// The narrowest width at which what the first layers add to the depth of angles, of order 1/n, is below what is resolved.
const NARROW: f64 = 300.0;
/// The narrowest width at which as many networks as there are tell the ratio to a twentieth.
const TOLD: f64 = 100.0;
/// Layers in which lengths are compared.
const LAYERS: [f64; 3] = [10.0, 50.0, 200.0];
/// The first layer in which angles are small enough for the expansion.
const SMALL_ANGLES: f64 = 10.0;
/// Shares of a predicted value that would be noticed.
const TWENTIETH: f64 = 0.05;
const TENTH: f64 = 0.1;
const EIGHTH: f64 = 0.125;
const SIXTH: f64 = 1.0 / 6.0;

/// Sizes of a full experiment: widths far beyond the paper's. The slopes of Fig. 3 have sizes of their own.
const FULL: [(&str, f64); 1] = [("width", 100_000.0)];

/// All measurements from the tables.
pub fn claims(tables: &Tables, _: &Register) -> Result<Vec<Measurement>, TableError> {
    let mut found = Vec::new();
    found.extend(lengths(tables)?);
    found.extend(runaway(tables)?);
    found.extend(price(tables)?);
    found.extend(evaluation(tables)?);
    let scale = Protocol::of(tables)?.scale(&FULL)?;
    found = found.into_iter().map(|measurement| measurement.at(scale)).collect();
    found.extend(forensics(tables)?);
    // What these sizes do not reach is not measured.
    found.retain(|measurement| !measurement.checks.is_empty());
    Ok(found)
}

/// One row of a table: the two sizes that name it, and a measured value over what is predicted.
pub(crate) struct Row {
    pub(crate) sizes: [f64; 2],
    pub(crate) relative: Estimate,
}

/// A table's measured column over a predicted one, both known by the rows' `sizes`.
pub(crate) fn relative(
    table: &Table,
    sizes: [&str; 2],
    [value, error, predicted]: [&str; 3],
) -> Result<Vec<Row>, TableError> {
    let of = |row: Table| {
        let (found, predicted) = (row.estimate([value, error, "networks"])?, row.number(predicted)?);
        // Divided one by one: a product with the reciprocal is rounded otherwise.
        let standard_error = found.standard_error / predicted;
        let relative = Estimate { value: found.value / predicted, standard_error, ..found };
        Ok(Row { sizes: [row.number(sizes[0])?, row.number(sizes[1])?], relative })
    };
    table.each().map(of).collect()
}

/// For each row kept: that its relative value is within `bound` of one. A prediction leaves terms out, so that a deviation
/// beyond its error alone refutes nothing.
fn agree(rows: Vec<Row>, [first, second]: [&str; 2], bound: f64) -> Vec<Check> {
    let check = |Row { sizes: [a, b], relative }: Row| {
        Check::within(format!("{first} {a}, {second} {b}"), relative.minus(1.0), bound)
    };
    rows.into_iter().map(check).collect()
}

const WIDTH_AND_LAYER: [&str; 2] = ["width", "layer"];

fn lengths(tables: &Tables) -> Result<Vec<Measurement>, TableError> {
    let rows = |name: &str, columns, keep: &dyn Fn([f64; 2]) -> bool| {
        let mut rows = relative(tables.get(name)?, WIDTH_AND_LAYER, columns)?;
        rows.retain(|row| keep(row.sizes));
        Ok::<_, TableError>(rows)
    };
    let cv2 = ["cv2_times_width", "standard_error", "predicted"];
    let at_layers = |[_, layer]: [f64; 2]| LAYERS.contains(&layer);
    let after = |[width, layer]: [f64; 2]| width >= TOLD && LAYERS.contains(&(layer - 1.0));
    let narrow = |[width, layer]: [f64; 2]| {
        (NARROW..=WIDE as f64).contains(&width) && layer >= SMALL_ANGLES && layer <= 0.5 * width
    };
    let depth = ["depth", "standard_error", "predicted"];
    let mut angles = agree(rows("angles", depth, &narrow)?, WIDTH_AND_LAYER, TENTH);
    let deep = |[width, layer]: [f64; 2]| layer <= 0.5 * width;
    let beside = rows("angles", ["depth", "standard_error", "infinite"], &deep)?;
    let deepest =
        beside.iter().max_by(|a, b| (a.sizes[1] / a.sizes[0]).total_cmp(&(b.sizes[1] / b.sizes[0])));
    if let Some(Row { sizes: [width, layer], relative }) = deepest {
        let what = format!("width {width}, layer {layer}: deeper than infinite width by more than a tenth");
        angles.insert(0, Check::positive(what, relative.minus(1.0 + TENTH), 0.0));
    }
    let ratio = ["ratio", "standard_error", "predicted"];
    let near = |table, columns, keep, bound| {
        Ok::<_, TableError>(agree(rows(table, columns, keep)?, WIDTH_AND_LAYER, bound))
    };
    let orthogonal = near("orthogonal_lengths", cv2, &at_layers, EIGHTH)?;
    let all = [
        ("7.lengths", near("lengths", cv2, &at_layers, EIGHTH)?, "lengths", "lengths"),
        ("7.ratio", near("ratios", ratio, &after, TWENTIETH)?, "ratios", "lengths"),
        ("7.angles", angles, "angles", "angles"),
        ("7.orthogonal-lengths", orthogonal, "orthogonal_lengths", "orthogonal"),
        (
            "7.orthogonal-angles",
            near("orthogonal_angles", depth, &narrow, TENTH)?,
            "orthogonal_angles",
            "orthogonal",
        ),
    ];
    let of = |(id, checks, table, figure)| {
        Measurement::new(id, checks).table(table).figure(figure).source(file!(), "lengths")
    };
    Ok(all.map(of).to_vec())
}

fn runaway(tables: &Tables) -> Result<Vec<Measurement>, TableError> {
    let sizes = ["width", "samples"];
    let columns = ["runaway_layer", "standard_error", "predicted"];
    let table = tables.get("runaway")?;
    let mut rows = relative(table, sizes, columns)?;
    // The prediction is a median, too.
    let errors = table.column("predicted_error")?;
    for ((row, error), predicted) in rows.iter_mut().zip(errors).zip(table.column("predicted")?) {
        row.relative.standard_error = row.relative.standard_error.hypot(error / predicted);
    }
    rows.retain(|row| row.sizes[0] >= WIDE as f64);
    let layer = Measurement::new("7.runaway-layer", agree(rows, sizes, SIXTH)).table("runaway");
    let mut found = vec![layer.figure("runaway").source(file!(), "runaway")];
    found.extend(third(tables)?);
    Ok(found)
}

fn price(tables: &Tables) -> Result<Vec<Measurement>, TableError> {
    let table = tables.get("price")?;
    let sizes = ["width", "share"];
    // What is measured is the deviation kept, at a growth that β fixes: its error is that of the curve there.
    let kept: Vec<f64> = table.column("kept_error")?;
    let deviations = table.column("kept_deviation")?;
    let on = |predicted: &str| -> Result<Vec<Row>, TableError> {
        let mut rows = relative(table, sizes, ["growth", "standard_error", predicted])?;
        for ((row, error), deviation) in rows.iter_mut().zip(&kept).zip(&deviations) {
            row.relative.standard_error = row.relative.standard_error.hypot(error / deviation);
        }
        rows.retain(|row| row.sizes[0] >= WIDE as f64);
        Ok(rows)
    };
    let mut small = on("linear")?;
    let least = small.iter().map(|row| row.sizes[1]).fold(f64::INFINITY, f64::min);
    small.retain(|row| row.sizes[1] == least);
    let schemes = tables.get("schemes")?;
    let own = relative(schemes, ["width", "samples"], ["growth", "standard_error", "predicted_growth"])?;
    let curve = relative(schemes, ["width", "samples"], ["growth", "standard_error", "curve"])?;
    let mut checks = Vec::new();
    for ((scheme, own), curve) in schemes.column_words("scheme")?.iter().zip(own).zip(curve) {
        let what = format!("{scheme}: not below the curve by a fiftieth");
        checks.push(Check::positive(what, curve.relative.minus(0.98), 0.0));
        checks.push(Check::within(format!("{scheme}: as predicted"), own.relative.minus(1.0), TWENTIETH));
    }
    let of = |id: &str, checks, table: &str| {
        Measurement::new(id, checks).table(table).figure("price").source(file!(), "price")
    };
    Ok(vec![
        of("7.price-curve", agree(on("curve")?, sizes, TENTH), "price"),
        of("7.price-small", agree(small, sizes, SIXTH), "price"),
        of("7.price-schemes", checks, "schemes"),
    ])
}

/// Whether a batch is at most half of the width to the power 2/3, so that it, not the width, ends the evaluation.
pub(crate) fn small_batch([batch, width]: [f64; 2]) -> bool {
    (2.0 * batch).powf(1.5) <= width
}

fn evaluation(tables: &Tables) -> Result<Vec<Measurement>, TableError> {
    let sizes = ["batch", "width"];
    let columns = ["layer", "standard_error", "wide_layer"];
    let mut rows = relative(tables.get("evaluation")?, sizes, columns)?;
    rows.retain(|row| small_batch(row.sizes));
    let layer = Measurement::new("7.evaluation-layer", agree(rows, sizes, SIXTH)).table("evaluation");
    Ok(vec![layer.figure("evaluation").source(file!(), "evaluation"), root(tables)?])
}
