//! Figures of Section 7: dots are measured, dashed lines predicted.

use report::figure::{Axis, Colour, Figure, Panel};
use report::{Table, TableError, Tables};

use super::tables::forensics::{HALF_DIGIT, PRINTED};

/// Normalisations over the batch, which set the deviation: name in tables, title.
const SCHEMES: [(&str, &str); 2] =
    [("scale_bias", "scale+bias, v set"), ("batch_norm", "batch normalisation, v set")];

/// What dashed lines show.
const PREDICTED: &str = "predicted";

/// All figures from the tables.
pub fn figures(tables: &Tables) -> Result<Vec<Figure>, TableError> {
    let lengths =
        |table: &str| by_width(tables.get(table)?, ["layer", "cv2_times_width"], "n·cv² of lengths", false);
    let angles = |table: &str| by_width(tables.get(table)?, ["layer", "depth"], "mean depth of angles", true);
    let ratios = by_width(tables.get("ratios")?, ["layer", "ratio"], "r, mean over deviation", true)?;
    let mut figures = vec![
        Figure::new("lengths", [lengths("lengths")?, ratios]),
        Figure::new("angles", [angles("angles")?]).height(145.0),
        Figure::new("runaway", [drift(tables)?, runaway(tables)?]),
        Figure::new("price", [price(tables)?]).height(150.0),
        Figure::new("evaluation", [evaluation(tables)?]).height(130.0),
        Figure::new("forensics", [forensics(tables)?]).height(145.0),
    ];
    if tables.get("orthogonal_lengths")?.rows() > 0 {
        let panels = [lengths("orthogonal_lengths")?, angles("orthogonal_angles")?];
        figures.push(Figure::new("orthogonal", panels).height(165.0));
    }
    Ok(figures)
}

/// A measured column against the layer, dots for each width, and the prediction as a dashed line.
fn by_width(table: &Table, [x, y]: [&str; 2], label: &str, logarithmic: bool) -> Result<Panel, TableError> {
    let axis = if logarithmic { Axis::logarithmic(label) } else { Axis::linear(label) };
    let mut panel = Panel::new(Axis::logarithmic("layer l"), axis);
    let widths = table.steps("width")?;
    // Where the prediction is one for all widths, it is drawn once.
    let lines = if y == "cv2_times_width" { 1 } else { widths.len() };
    for (_, rows, _) in widths.iter().take(lines) {
        panel = panel.prediction(PREDICTED, Colour::Ink, rows.points(x, "predicted")?);
    }
    for (width, rows, colour) in &widths {
        panel = panel.dots(&format!("n = {width}"), *colour, rows.points(x, y)?);
    }
    Ok(panel)
}

/// The relative variance of squared lengths under scale+bias, in the median network of each width, for the largest batch.
fn drift(tables: &Tables) -> Result<Panel, TableError> {
    let batches = tables.get("length_variance")?.by("samples")?;
    let Some((batch, table)) = batches.last() else {
        return Err(TableError::NoTable("length_variance".to_owned()));
    };
    let mut panel = Panel::new(Axis::counting("layer l"), Axis::logarithmic("relative variance of |x|²"))
        .title(&format!("batch of {batch}"));
    for (width, rows, colour) in table.steps("width")? {
        panel = panel.line(&format!("n = {width}"), colour, rows.points("layer", "relative_variance")?);
    }
    Ok(panel.guide(vec![(1.0, 1.0), (table.largest("layer")?.max(1.0), 1.0)]))
}

/// The layer at which this variance passes one, against the width.
fn runaway(tables: &Tables) -> Result<Panel, TableError> {
    let table = tables.get("runaway")?;
    let mut panel = Panel::new(Axis::logarithmic("width n"), Axis::logarithmic("layer at which it passes 1"));
    for (index, (batch, rows)) in table.by("samples")?.iter().enumerate() {
        let found = rows.points("width", "runaway_layer")?;
        panel = panel.prediction(PREDICTED, Colour::Ink, rows.points("width", "predicted")?);
        panel = panel.dots(&format!("T = {batch}"), Colour::Kind(index), found);
    }
    Ok(panel)
}

/// Growth of a small change against the sample deviation kept.
fn price(tables: &Tables) -> Result<Panel, TableError> {
    let (table, curve) = (tables.get("price")?, tables.get("price_curve")?);
    let mut panel =
        Panel::new(Axis::linear("sample deviation kept, v"), Axis::linear("growth of changes per layer, ln"))
            .prediction(PREDICTED, Colour::Ink, curve.points("kept_deviation", "growth")?)
            .guide(curve.points("kept_deviation", "linear")?);
    for (width, rows, colour) in table.steps("width")? {
        let points = rows.points("kept_deviation", "growth")?;
        panel = panel.dots(&format!("centred rows, n = {width}"), colour, points);
    }
    let schemes = tables.get("schemes")?;
    for (index, (scheme, title)) in SCHEMES.into_iter().enumerate() {
        let points = schemes.only("scheme", scheme)?.points("set_deviation", "growth")?;
        panel = panel.dots(title, Colour::Kind(index + 1), points);
    }
    Ok(panel)
}

/// Layers that fresh samples last, against the batch.
fn evaluation(tables: &Tables) -> Result<Panel, TableError> {
    let table = tables.get("evaluation")?;
    Ok(Panel::new(Axis::logarithmic("batch T"), Axis::logarithmic("layer of mean square 2"))
        .prediction("infinite width", Colour::Ink, table.points("batch", "wide_layer")?)
        .guide(table.points("batch", "large_batch")?)
        .dots("measured", Colour::Kind(0), table.points("batch", "layer")?))
}

/// Both slopes of every cell, and the square of pairs that round to the printed ones.
fn forensics(tables: &Tables) -> Result<Panel, TableError> {
    let table = tables.get("forensics")?;
    let mut panel =
        Panel::new(Axis::linear("slope under scale+bias"), Axis::linear("slope with batch normalisation"));
    for (batch, rows, colour) in table.steps("samples")? {
        panel = panel.dots(&format!("T = {batch}"), colour, rows.points("scale_bias", "batch_norm")?);
    }
    let [(left, right), (low, high)] = PRINTED.map(|slope| (slope - HALF_DIGIT, slope + HALF_DIGIT));
    let square = vec![(left, low), (right, low), (right, high), (left, high), (left, low)];
    Ok(panel.line("rounds to the printed pair", Colour::Kind(1), square))
}
