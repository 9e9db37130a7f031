//! Figures of Section 2.

use report::figure::{Axis, Colour, Dash, Figure, Mark, Panel};
use report::{Table, TableError, Tables};

/// All figures from the tables.
///
/// # Errors
/// When a table or column is missing.
pub fn figures(tables: &Tables) -> Result<Vec<Figure>, TableError> {
    Ok(vec![total(tables)?, decomposition(tables)?, share(tables)?, fluctuation(tables)?])
}

/// A law's name in a legend.
fn label(law: &str) -> &str {
    match law {
        "sign" => "±1",
        "half_normal" => "half-normal",
        other => other,
    }
}

fn widest(table: &Table) -> Result<Table, TableError> {
    let widths = table.column("width")?;
    let widest = widths.iter().copied().fold(0.0, f64::max);
    table.only("width", widest as u64)
}

/// Value plus and minus a standard error.
fn band(table: &Table, column: &str) -> Result<Vec<(f64, f64, f64)>, TableError> {
    let errors = table.column(&format!("{column}_error"))?;
    let points = table.points("layer", column)?.into_iter().zip(errors);
    Ok(points.map(|((layer, value), error)| (layer, value - error, value + error)).collect())
}

/// A dotted line at a height, over all layers of a table.
fn level(table: &Table, height: f64) -> Result<Vec<(f64, f64)>, TableError> {
    let layers = table.column("layer")?;
    let (first, last) =
        layers.iter().fold((f64::INFINITY, 0.0f64), |(low, high), l| (low.min(*l), high.max(*l)));
    Ok(vec![(first, height), (last, height)])
}

/// Eq. 3 in the widest networks: total mean and variance under each law.
fn total(tables: &Tables) -> Result<Figure, TableError> {
    let table = widest(tables.get("total")?)?;
    let laws = table.distinct("law")?;
    let mut left = Panel::new(Axis::counting("layer l"), Axis::linear("total mean μˡ"));
    let axis = Axis::linear("total variance (σˡ)²").range(1.7, 2.3);
    let mut right = Panel::new(Axis::counting("layer l"), axis).guide(level(&table, 2.0)?);
    // The errors of the mean are nearly the same under all laws: one band around zero stands for them.
    if let Some(first) = laws.first() {
        let errors = table.only("law", first)?.points("layer", "mean_error")?;
        left = left.band(
            Colour::Grey,
            errors.iter().map(|&(layer, error)| (layer, -2.0 * error, 2.0 * error)).collect(),
        );
    }
    for (index, law) in laws.iter().enumerate() {
        let (rows, colour) = (table.only("law", law)?, Colour::Kind(index));
        left = left.dots(label(law), colour, rows.points("layer", "mean")?);
        right = right.band(colour, band(&rows, "variance")?);
        // The dots on the left stand in the legend for both panels.
        let points = rows.points("layer", "variance")?;
        right = right.mark(Mark::Line { label: None, points, colour, dash: Dash::Solid });
    }
    Ok(Figure::new("total", [left, right]).height(185.0))
}

/// Eq. 5 in the widest networks, for a law of zero mean and one of another, each term from samples of its own.
fn decomposition(tables: &Tables) -> Result<Figure, TableError> {
    let table = widest(tables.get("decomposition")?)?;
    let laws = table.distinct("law")?;
    let shown = [laws.first(), laws.iter().find(|law| *law == "half_normal")].into_iter().flatten();
    let mut panels: Vec<Panel> = Vec::new();
    for law in shown.take(laws.len()) {
        let rows = table.only("law", law)?;
        let axis = Axis::linear("squared pre-activation").range(0.0, 2.4);
        let mut panel = Panel::new(Axis::counting("layer l"), axis).title(&format!("{} inputs", label(law)));
        for (column, name, colour) in [
            ("total", "total variance σ²", Colour::Kind(2)),
            ("squared_mean", "squared sample mean m²", Colour::Kind(1)),
            ("variance", "sample variance v²", Colour::Kind(0)),
        ] {
            panel =
                panel.band(colour, band(&rows, column)?).line(name, colour, rows.points("layer", column)?);
        }
        for column in ["squared_mean_theory", "variance_theory"] {
            panel = panel.prediction("infinite width", Colour::Ink, rows.points("layer", column)?);
        }
        panels.push(panel);
    }
    Ok(Figure::new("decomposition", panels).height(195.0))
}

/// v/σ against layer: under each law in the widest networks, and at each width.
fn share(tables: &Tables) -> Result<Figure, TableError> {
    let table = tables.get("share")?;
    let axis = || Axis::linear("v/σ").range(0.0, 1.05);
    let wide = widest(table)?;
    let mut left = Panel::new(Axis::counting("layer l"), axis()).title("laws, widest networks");
    for (index, law) in wide.distinct("law")?.iter().enumerate() {
        let (rows, colour) = (wide.only("law", law)?, Colour::Kind(index));
        left = left.line(label(law), colour, rows.points("layer", "std_ratio")?);
    }
    for law in wide.distinct("law")? {
        let rows = wide.only("law", law)?;
        left = left.prediction("infinite width", Colour::Ink, rows.points("layer", "std_ratio_theory")?);
    }
    let first = table.distinct("law")?.into_iter().next().unwrap_or_default();
    let one_law = table.only("law", &first)?;
    let widths = one_law.distinct("width")?;
    let mut right =
        Panel::new(Axis::counting("layer l"), axis()).title(&format!("widths, {} inputs", label(&first)));
    for (index, width) in widths.iter().enumerate() {
        let (rows, colour) = (one_law.only("width", width)?, Colour::Step(index, widths.len()));
        right = right.band(colour, band(&rows, "std_ratio")?);
        right = right.line(&format!("n = {width}"), colour, rows.points("layer", "std_ratio")?);
    }
    let deepest = widest(&one_law)?;
    right = right.prediction("infinite width", Colour::Ink, deepest.points("layer", "std_ratio_theory")?);
    Ok(Figure::new("share", [left, right]).height(195.0))
}

/// The relative variance over networks that limits the depth of a narrow ensemble.
fn fluctuation(tables: &Tables) -> Result<Figure, TableError> {
    let table = tables.get("fluctuation")?;
    let first = table.distinct("law")?.into_iter().next().unwrap_or_default();
    let table = table.only("law", &first)?;
    let widths = table.distinct("width")?;
    let mut panel =
        Panel::new(Axis::counting("layer l"), Axis::logarithmic("relative variance over networks"));
    for (index, width) in widths.iter().enumerate() {
        let (rows, colour) = (table.only("width", width)?, Colour::Step(index, widths.len()));
        panel = panel.prediction(
            "one input: (1+5/n)ˡ⁻¹(1+2/n) − 1",
            Colour::Ink,
            rows.points("layer", "one_input_theory")?,
        );
        panel = panel.line(&format!("n = {width}"), colour, rows.points("layer", "relative_variance")?);
    }
    Ok(Figure::new("fluctuation", [panel]).height(145.0))
}
