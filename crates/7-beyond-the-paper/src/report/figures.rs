//! Figures of Section 7: dots are measured, dashed lines predicted.

use report::figure::{Axis, Colour, Dash, Figure, Mark, Panel};
use report::{Table, TableError, Tables};

/// Normalisations over the batch: name in tables, title.
const SCHEMES: [(&str, &str); 2] = [("scale_bias", "scale+bias"), ("batch_norm", "batch normalisation")];

/// What dashed lines show.
const PREDICTED: &str = "predicted";

/// All figures from the tables.
///
/// # Errors
/// When a table or column is missing.
pub fn figures(tables: &Tables) -> Result<Vec<Figure>, TableError> {
    let mut figures = vec![
        Figure::new(
            "lengths",
            [
                by_width(tables.get("lengths")?, ["layer", "cv2_times_width"], "n·cv² of lengths", false)?,
                by_width(tables.get("ratios")?, ["layer", "ratio"], "r, mean over deviation", true)?,
            ],
        ),
        Figure::new(
            "angles",
            [by_width(tables.get("angles")?, ["layer", "depth"], "mean depth of angles", true)?],
        )
        .height(145.0),
        Figure::new("runaway", [drift(tables)?, runaway(tables)?]),
        Figure::new("price", [price(tables)?]).height(150.0),
        Figure::new("evaluation", [evaluation(tables)?]).height(130.0),
        Figure::new("forensics", [forensics(tables)?]).height(145.0),
    ];
    if tables.get("orthogonal_lengths")?.rows() > 0 {
        let panels = [
            by_width(
                tables.get("orthogonal_lengths")?,
                ["layer", "cv2_times_width"],
                "n·cv² of lengths",
                false,
            )?,
            by_width(tables.get("orthogonal_angles")?, ["layer", "depth"], "mean depth of angles", true)?,
        ];
        figures.push(Figure::new("orthogonal", panels).height(165.0));
    }
    Ok(figures)
}

/// A measured column against the layer, dots for each width, and the prediction as a dashed line.
fn by_width(table: &Table, [x, y]: [&str; 2], label: &str, logarithmic: bool) -> Result<Panel, TableError> {
    let axis = if logarithmic { Axis::logarithmic(label) } else { Axis::linear(label) };
    let mut panel = Panel::new(Axis::logarithmic("layer l"), axis);
    let widths = table.distinct("width")?;
    // Where the prediction is one for all widths, it is drawn once.
    let lines = if y == "cv2_times_width" { 1 } else { widths.len() };
    for width in widths.iter().take(lines) {
        panel = panel.prediction(PREDICTED, Colour::Ink, table.only("width", width)?.points(x, "predicted")?);
    }
    for (index, width) in widths.iter().enumerate() {
        let colour = Colour::Step(index, widths.len());
        panel = panel.dots(&format!("n = {width}"), colour, table.only("width", width)?.points(x, y)?);
    }
    Ok(panel)
}

/// The relative variance of squared lengths under scale+bias, in the median network of each width, for the largest batch.
fn drift(tables: &Tables) -> Result<Panel, TableError> {
    let table = tables.get("length_variance")?;
    let batches = table.distinct("samples")?;
    let Some(batch) = batches.last() else { return Err(TableError::NoTable("length_variance".to_owned())) };
    let table = table.only("samples", batch)?;
    let mut panel = Panel::new(Axis::counting("layer l"), Axis::logarithmic("relative variance of |x|²"))
        .title(&format!("batch of {batch}"));
    let widths = table.distinct("width")?;
    for (index, width) in widths.iter().enumerate() {
        let points = table.only("width", width)?.points("layer", "relative_variance")?;
        panel = panel.line(&format!("n = {width}"), Colour::Step(index, widths.len()), points);
    }
    let furthest = table.column("layer")?.into_iter().fold(1.0, f64::max);
    Ok(panel.guide(vec![(1.0, 1.0), (furthest, 1.0)]))
}

/// The layer at which this variance passes one, against the width.
fn runaway(tables: &Tables) -> Result<Panel, TableError> {
    let table = tables.get("runaway")?;
    let axes = (Axis::logarithmic("width n"), Axis::logarithmic("layer at which it passes 1"));
    let mut panel = Panel::new(axes.0, axes.1);
    for (index, batch) in table.distinct("samples")?.iter().enumerate() {
        let of = table.only("samples", batch)?;
        panel = panel.prediction(PREDICTED, Colour::Ink, of.points("width", "predicted")?).dots(
            &format!("T = {batch}"),
            Colour::Kind(index),
            of.points("width", "runaway_layer")?,
        );
    }
    Ok(panel)
}

/// Growth of gradients against the sample deviation kept.
fn price(tables: &Tables) -> Result<Panel, TableError> {
    let (table, curve) = (tables.get("price")?, tables.get("price_curve")?);
    let mut panel = Panel::new(
        Axis::linear("sample deviation kept, v"),
        Axis::linear("growth of gradients per layer, ln"),
    )
    .prediction(PREDICTED, Colour::Ink, curve.points("kept_deviation", "growth")?)
    .guide(curve.points("kept_deviation", "linear")?);
    let widths = table.distinct("width")?;
    for (index, width) in widths.iter().enumerate() {
        let points = table.only("width", width)?.points("kept_deviation", "growth")?;
        panel = panel.dots(&format!("centred rows, n = {width}"), Colour::Step(index, widths.len()), points);
    }
    let schemes = tables.get("schemes")?;
    for (index, (scheme, title)) in SCHEMES.into_iter().enumerate() {
        let points = schemes.only("scheme", scheme)?.points("kept_deviation", "growth")?;
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
    let batches = table.distinct("samples")?;
    for (index, batch) in batches.iter().enumerate() {
        let points = table.only("samples", batch)?.points("scale_bias", "batch_norm")?;
        panel = panel.dots(&format!("T = {batch}"), Colour::Step(index, batches.len()), points);
    }
    let (left, right, low, high) = (-0.3795, -0.3785, -0.3815, -0.3805);
    let square = vec![(left, low), (right, low), (right, high), (left, high), (left, low)];
    Ok(panel.mark(Mark::Line {
        label: Some("rounds to the printed pair".to_owned()),
        points: square,
        colour: Colour::Kind(1),
        dash: Dash::Solid,
    }))
}
