//! Figures of Section 4.

use report::figure::{Axis, Colour, Dash, Figure, Mark, Panel};
use report::{Protocol, Table, TableError, Tables};

/// The settings of Fig. 3: name in tables, title, colour.
const SETTINGS: [(&str, &str, Colour); 3] = [
    ("kaiming", "Kaiming", Colour::Kind(0)),
    ("scale_bias", "scale+bias", Colour::Kind(1)),
    ("batch_norm", "batch normalisation", Colour::Kind(2)),
];

/// What dashed lines show.
const INFINITE_WIDTH: &str = "infinite width, same batch";

/// All figures from the tables.
///
/// # Errors
/// When a table or column is missing.
pub fn figures(tables: &Tables) -> Result<Vec<Figure>, TableError> {
    let mut figures = vec![gradients(tables)?];
    if tables.get("choices")?.rows() > 0 {
        figures.push(slopes(tables)?);
    }
    if tables.get("fresh")?.rows() > 0 {
        figures.push(fresh(tables)?);
    }
    Ok(figures)
}

/// Rows of a table in which a column reads `value`; none where there are none.
fn rows(table: &Table, column: &str, value: &str) -> Option<Table> {
    table.only(column, value).ok()
}

/// The paper's Fig. 3: three panels with a common axis.
fn gradients(tables: &Tables) -> Result<Figure, TableError> {
    let table = tables.get("growth")?;
    let highest = table.column("growth")?.into_iter().chain(table.column("predicted")?).fold(1.0, f64::max);
    let mut panels = Vec::new();
    for (setting, title, colour) in SETTINGS {
        let Some(rows) = rows(table, "setting", setting) else { continue };
        let values = rows.points("layer", "growth")?;
        let band = values
            .iter()
            .zip(rows.column("standard_error")?)
            .map(|(&(layer, value), error)| (layer, value - error, value + error));
        let axis = Axis::linear(if panels.is_empty() { "ln ⟨(∂L/∂xˡ)²⟩" } else { "" })
            .range(-0.1 * highest, 1.08 * highest);
        let panel = Panel::new(Axis::counting("layer l"), axis)
            .title(title)
            .band(colour, band.collect())
            .mark(Mark::Line { label: None, points: values, colour, dash: Dash::Solid })
            .prediction(INFINITE_WIDTH, Colour::Ink, rows.points("layer", "predicted")?);
        panels.push(panel);
    }
    Ok(Figure::new("gradients", panels).height(185.0))
}

/// Fitted slopes against batch size, and local slopes layer by layer.
fn slopes(tables: &Tables) -> Result<Figure, TableError> {
    let samples = Protocol::of(tables)?.word("samples")?;
    let choices = tables.get("choices")?.only("range", "ours")?;
    let (steps, wide) = (tables.get("local_slopes")?, tables.get("against_batch")?);
    let mut left = Panel::new(Axis::linear("1/T, inverse batch size"), Axis::linear("fitted slope"));
    let mut right = Panel::new(Axis::counting("layer l"), Axis::linear("slope from layer l − 1 to l"));
    let mut predictions = Vec::new();
    for (setting, title, colour) in SETTINGS.into_iter().skip(1) {
        let Some(rows) = rows(steps, "setting", setting) else { continue };
        let fitted: Vec<(f64, f64)> =
            choices.points("samples", setting)?.into_iter().map(|(t, slope)| (1.0 / t, slope)).collect();
        for (point, error) in fitted.iter().zip(choices.column(&format!("{setting}_error"))?) {
            left = left.mark(error_bar(*point, error, colour));
        }
        left = left.mark(Mark::Dots { label: None, points: fitted, colour });
        let rows = rows.only("samples", &samples)?;
        let inner = |column: &str| -> Result<Vec<(f64, f64)>, TableError> {
            let points = rows.points("layer", column)?;
            Ok(points[1..points.len() - 1].to_vec())
        };
        let values = inner("local_slope")?;
        let errors = inner("standard_error")?.into_iter().zip(&values);
        let band = errors.map(|((layer, error), (_, value))| (layer, value - error, value + error)).collect();
        right = right.band(colour, band).line(title, colour, values);
        let limit = (0.0, wide.number("infinite")?);
        let line = [limit].into_iter().chain(wide.points("inverse", setting)?).collect();
        predictions.push((line, inner("predicted")?));
    }
    for (against_batch, against_layer) in predictions {
        left = left.prediction(INFINITE_WIDTH, Colour::Ink, against_batch);
        right = right.prediction(INFINITE_WIDTH, Colour::Ink, against_layer);
    }
    let limit = wide.number("infinite")?;
    let furthest = wide.column("inverse")?.into_iter().fold(0.0, f64::max);
    let left = left.guide(vec![(0.0, limit), (furthest, limit)]);
    Ok(Figure::new("slopes", [left, right]).height(185.0))
}

/// A standard error to either side of a point.
fn error_bar((x, y): (f64, f64), error: f64, colour: Colour) -> Mark {
    Mark::Line { label: None, points: vec![(x, y - error), (x, y + error)], colour, dash: Dash::Solid }
}

/// Mean square of the pre-activations of samples that are not in the batch.
fn fresh(tables: &Tables) -> Result<Figure, TableError> {
    let table = tables.get("fresh")?;
    let batches = table.distinct("samples")?;
    let mut panel = Panel::new(Axis::counting("layer l"), Axis::logarithmic("⟨u²⟩ of fresh samples"));
    let exponential = |samples: &str, column: &str| -> Result<Vec<(f64, f64)>, TableError> {
        let points = table.only("samples", samples)?.points("layer", column)?;
        Ok(points.into_iter().map(|(layer, logarithm)| (layer, logarithm.exp())).collect())
    };
    for (index, samples) in batches.iter().enumerate() {
        let colour = Colour::Step(index, batches.len());
        panel = panel.line(&format!("batch of {samples}"), colour, exponential(samples, "log_mean_square")?);
    }
    for samples in &batches {
        panel = panel.prediction(INFINITE_WIDTH, Colour::Ink, exponential(samples, "predicted")?);
    }
    Ok(Figure::new("fresh", [panel]).height(145.0))
}
