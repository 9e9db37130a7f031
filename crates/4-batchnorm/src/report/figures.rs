//! Figures of Section 4.

use report::figure::{Axis, Colour, Figure, Mark, Panel};
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

/// The paper's Fig. 3: three panels with a common axis.
fn gradients(tables: &Tables) -> Result<Figure, TableError> {
    let table = tables.get("growth")?;
    let highest = table.largest("growth")?.max(table.largest("predicted")?).max(1.0);
    let mut panels = Vec::new();
    for (setting, title, colour) in SETTINGS {
        let Ok(rows) = table.only("setting", setting) else { continue };
        let axis = Axis::linear(if panels.is_empty() { "ln ⟨(∂L/∂xˡ)²⟩" } else { "" })
            .range(-0.1 * highest, 1.08 * highest);
        let panel = Panel::new(Axis::counting("layer l"), axis)
            .title(title)
            .band(colour, rows.band("layer", ["growth", "standard_error"])?)
            .unlabelled(colour, rows.points("layer", "growth")?)
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
        let Ok(rows) = steps.only("setting", setting) else { continue };
        for (t, low, high) in choices.band("samples", [setting, &format!("{setting}_error")])? {
            left = left.unlabelled(colour, vec![(1.0 / t, low), (1.0 / t, high)]);
        }
        let points = choices.points("samples", setting)?.into_iter();
        let points = points.map(|(t, slope)| (1.0 / t, slope)).collect();
        left = left.mark(Mark::Dots { label: None, points, colour });
        let rows = rows.only("samples", &samples)?;
        let inner = |points: Vec<(f64, f64)>| points[1..points.len() - 1].to_vec();
        let band = rows.band("layer", ["local_slope", "standard_error"])?;
        right = right.band(colour, band[1..band.len() - 1].to_vec());
        right = right.line(title, colour, inner(rows.points("layer", "local_slope")?));
        let limit = (0.0, wide.number("infinite")?);
        let line = [limit].into_iter().chain(wide.points("inverse", setting)?).collect();
        predictions.push((line, inner(rows.points("layer", "predicted")?)));
    }
    for (against_batch, against_layer) in predictions {
        left = left.prediction(INFINITE_WIDTH, Colour::Ink, against_batch);
        right = right.prediction(INFINITE_WIDTH, Colour::Ink, against_layer);
    }
    let limit = wide.number("infinite")?;
    let left = left.guide(vec![(0.0, limit), (wide.largest("inverse")?, limit)]);
    Ok(Figure::new("slopes", [left, right]).height(185.0))
}

/// Mean square of the pre-activations of samples that are not in the batch.
fn fresh(tables: &Tables) -> Result<Figure, TableError> {
    let mut panel = Panel::new(Axis::counting("layer l"), Axis::logarithmic("⟨u²⟩ of fresh samples"));
    let batches = tables.get("fresh")?.steps("samples")?;
    let exponential = |rows: &Table, column: &str| -> Result<Vec<(f64, f64)>, TableError> {
        Ok(rows.points("layer", column)?.into_iter().map(|(layer, log)| (layer, log.exp())).collect())
    };
    for (samples, rows, colour) in &batches {
        let points = exponential(rows, "log_mean_square")?;
        panel = panel.line(&format!("batch of {samples}"), *colour, points);
    }
    for (_, rows, _) in &batches {
        panel = panel.prediction(INFINITE_WIDTH, Colour::Ink, exponential(rows, "predicted")?);
    }
    Ok(Figure::new("fresh", [panel]).height(145.0))
}
