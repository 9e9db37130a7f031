//! Figures of Section 2.

use report::figure::{Axis, Colour, Figure, Panel};
use report::{Table, TableError, Tables};

/// All figures from the tables.
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
    table.only("width", table.largest("width")? as u64)
}

/// The rows of the first law.
fn first_law(table: &Table) -> Result<(String, Table), TableError> {
    let law = table.distinct("law")?.into_iter().next().unwrap_or_default();
    Ok((law.clone(), table.only("law", law)?))
}

/// Eq. 3 in the widest networks: total mean and variance under each law.
fn total(tables: &Tables) -> Result<Figure, TableError> {
    let table = widest(tables.get("total")?)?;
    let layers = table.column("layer")?;
    let ends = [layers.iter().copied().fold(f64::INFINITY, f64::min), table.largest("layer")?];
    let mut left = Panel::new(Axis::counting("layer l"), Axis::linear("total mean μˡ"));
    let axis = Axis::linear("total variance (σˡ)²").range(1.7, 2.3);
    let mut right =
        Panel::new(Axis::counting("layer l"), axis).guide(ends.map(|layer| (layer, 2.0)).to_vec());
    // The errors of the mean are nearly the same under all laws: one band around zero stands for them.
    let errors = first_law(&table)?.1.points("layer", "mean_error")?.into_iter();
    left = left.band(Colour::Grey, errors.map(|(layer, error)| (layer, -2.0 * error, 2.0 * error)).collect());
    for (index, (law, rows)) in table.by("law")?.iter().enumerate() {
        let colour = Colour::Kind(index);
        left = left.dots(label(law), colour, rows.points("layer", "mean")?);
        // The dots on the left stand in the legend for both panels.
        right = right.band(colour, rows.band("layer", ["variance", "variance_error"])?);
        right = right.unlabelled(colour, rows.points("layer", "variance")?);
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
            panel = panel.curve(name, colour, &rows, ["layer", column, &format!("{column}_error")])?;
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
    let laws = wide.by("law")?;
    for (index, (law, rows)) in laws.iter().enumerate() {
        left = left.line(label(law), Colour::Kind(index), rows.points("layer", "std_ratio")?);
    }
    for (_, rows) in &laws {
        left = left.prediction("infinite width", Colour::Ink, rows.points("layer", "std_ratio_theory")?);
    }
    let (first, one_law) = first_law(table)?;
    let title = format!("widths, {} inputs", label(&first));
    let mut right = Panel::new(Axis::counting("layer l"), axis()).title(&title);
    for (width, rows, colour) in one_law.steps("width")? {
        right =
            right.curve(&format!("n = {width}"), colour, &rows, ["layer", "std_ratio", "std_ratio_error"])?;
    }
    let deepest = widest(&one_law)?.points("layer", "std_ratio_theory")?;
    right = right.prediction("infinite width", Colour::Ink, deepest);
    Ok(Figure::new("share", [left, right]).height(195.0))
}

/// The relative variance over networks that limits the depth of a narrow ensemble.
fn fluctuation(tables: &Tables) -> Result<Figure, TableError> {
    let mut panel =
        Panel::new(Axis::counting("layer l"), Axis::logarithmic("relative variance over networks"));
    for (width, rows, colour) in first_law(tables.get("fluctuation")?)?.1.steps("width")? {
        let exact = rows.points("layer", "one_input_theory")?;
        panel = panel.prediction("one input: (1+5/n)ˡ⁻¹(1+2/n) − 1", Colour::Ink, exact);
        panel = panel.line(&format!("n = {width}"), colour, rows.points("layer", "relative_variance")?);
    }
    Ok(Figure::new("fluctuation", [panel]).height(145.0))
}
