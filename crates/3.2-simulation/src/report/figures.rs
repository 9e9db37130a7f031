//! Figures of Section 3.2.

use report::figure::{Axis, Colour, Dash, Figure, Mark, Panel};
use report::{Table, TableError, Tables};

/// Layers that stand for the others where width is the axis.
const LAYERS: [u64; 5] = [3, 5, 10, 20, 50];

/// All figures from the tables.
///
/// # Errors
/// When a table or column is missing.
pub fn figures(tables: &Tables) -> Result<Vec<Figure>, TableError> {
    Ok(vec![ratio(tables)?, distributions(tables)?, curves(tables)?, ladder(tables)?, averaging(tables)?])
}

/// Different values of a column of counts, ascending.
fn distinct(table: &Table, column: &str) -> Result<Vec<u64>, TableError> {
    let mut values: Vec<u64> = table.column(column)?.into_iter().map(|value| value as u64).collect();
    values.sort_unstable();
    values.dedup();
    Ok(values)
}

/// The paper's Fig. 2, left; and its first layers, where the bias of the estimator shows.
fn ratio(tables: &Tables) -> Result<Figure, TableError> {
    let (ratio, prediction) = (tables.get("ratio")?, tables.get("prediction")?);
    let widths = distinct(ratio, "width")?;
    let mut whole = Panel::new(Axis::counting("layer l"), Axis::linear("ratio rˡ"));
    let mut first =
        Panel::new(Axis::counting("layer l").range(0.8, 3.2), Axis::linear("ratio rˡ").range(0.0, 1.1));
    let these = prediction.points("layer", "these_samples")?;
    let all = prediction.points("layer", "all_samples")?;
    let samples = prediction.number("samples").unwrap_or(f64::NAN);
    for (step, width) in widths.iter().enumerate() {
        let (of_width, colour) = (ratio.only("width", width)?, Colour::Step(step, widths.len()));
        let means = of_width.points("layer", "ratio_mean")?;
        let band =
            means.iter().zip(of_width.column("ratio_sd")?).map(|(&(l, mean), sd)| (l, mean - sd, mean + sd));
        whole = whole.band(colour, band.collect()).line(&format!("n = {width}"), colour, means.clone());
        first = first.line(&format!("n = {width}"), colour, means);
    }
    let dotted = |points| Mark::Line {
        label: Some("n → ∞, all samples".to_owned()),
        points,
        colour: Colour::Kind(1),
        dash: Dash::Dotted,
    };
    let label = format!("n → ∞, {samples} samples");
    for panel in [&mut whole, &mut first] {
        *panel = panel.clone().mark(dotted(all.clone())).prediction(&label, Colour::Ink, these.clone());
    }
    Ok(Figure::new("ratio", [whole, first]).height(210.0))
}

/// The paper's Fig. 1, right: units and pool, in the first layer and in the last.
fn distributions(tables: &Tables) -> Result<Figure, TableError> {
    let table = tables.get("distributions")?;
    let layers = distinct(table, "layer")?;
    let highest = table.column("density")?.into_iter().fold(0.0, f64::max);
    let mut panels = Vec::new();
    for series in table.distinct("series")? {
        let density = Axis::linear(if panels.is_empty() { "density" } else { "" }).range(0.0, 1.05 * highest);
        let mut panel = Panel::new(Axis::linear("u").range(-5.0, 5.0), density).title(&series);
        let of_series = table.only("series", &series)?;
        for (kind, layer) in layers.iter().enumerate() {
            let rows = of_series.only("layer", layer)?;
            let sides = rows.points("left", "right")?.into_iter().zip(rows.column("density")?);
            let columns = sides
                .map(|((left, right), density)| (left, right, density))
                .filter(|of| of.2 > 0.0)
                .collect();
            let (label, colour) = (Some(format!("layer {layer}")), Colour::Kind(kind));
            panel = panel.mark(Mark::Columns { label, columns, colour });
        }
        panels.push(panel);
    }
    Ok(Figure::new("distributions", panels).height(155.0))
}

/// The paper's Fig. 1, left, with simulation beside it; and the total variance with scaled weights.
fn curves(tables: &Tables) -> Result<Figure, TableError> {
    let (limit, moments) = (tables.get("limit")?, tables.get("moments")?);
    let root = |points: Vec<(f64, f64)>| {
        points.into_iter().map(|(l, square)| (l, square.max(0.0).sqrt())).collect::<Vec<_>>()
    };
    let some = |points: Vec<(f64, f64)>| {
        points.into_iter().filter(|(l, _)| *l < 5.0 || *l % 5.0 == 0.0).collect::<Vec<_>>()
    };
    let widths = distinct(moments, "width")?;
    let widest = widths.last().copied().unwrap_or(0);
    let of_widest = moments.only("width", widest)?;
    let at_widest = format!("simulated, n = {widest}");
    let left = Panel::new(Axis::counting("layer l"), Axis::linear("pre-activation").range(0.0, 1.6))
        .line("mean mˡ", Colour::Kind(1), root(limit.points("layer", "squared_mean_theory")?))
        .line("s.d. vˡ", Colour::Kind(0), root(limit.points("layer", "variance_theory")?))
        .dots("simulated, n → ∞", Colour::Ink, some(root(limit.points("layer", "squared_mean")?)))
        .dots("simulated, n → ∞", Colour::Ink, some(root(limit.points("layer", "variance")?)))
        .dots(&at_widest, Colour::Grey, some(root(of_widest.points("layer", "squared_mean")?)))
        .dots(&at_widest, Colour::Grey, some(root(of_widest.points("layer", "variance")?)));
    let growth = tables.get("gamma")?;
    let gammas = growth.distinct("gamma")?;
    let mut right = Panel::new(Axis::counting("layer l"), Axis::linear("ln (σˡ)²"));
    for (step, gamma) in gammas.iter().enumerate() {
        let (rows, colour) = (growth.only("gamma", gamma)?, Colour::Step(step, gammas.len()));
        right = right.prediction("l ln γ + ln 2", Colour::Ink, rows.points("layer", "expected")?).dots(
            &format!("γ = {gamma}"),
            colour,
            some(rows.points("layer", "log_total_variance")?),
        );
    }
    Ok(Figure::new("curves", [left, right]).height(190.0))
}

/// Points with bars of one standard error, as far as a logarithm can show them.
fn with_bars(mut panel: Panel, label: &str, colour: Colour, points: &[(f64, f64, f64)]) -> Panel {
    for &(x, y, error) in points.iter().filter(|point| point.1 > 0.0) {
        let points = vec![(x, (y - error).max(0.2 * y)), (x, y + error)];
        panel = panel.mark(Mark::Line { label: None, points, colour, dash: Dash::Solid });
    }
    panel.dots(label, colour, points.iter().map(|&(x, y, _)| (x, y)).collect())
}

/// How the mean ratio approaches its infinite-width value, and how its spread over networks shrinks: all widths.
fn ladder(tables: &Tables) -> Result<Figure, TableError> {
    let (table, limit) = (tables.get("finite_width")?, tables.get("limit")?);
    let deepest = limit.rows() as u64;
    let mut layers: Vec<u64> = LAYERS.into_iter().filter(|layer| *layer <= deepest).collect();
    if layers.is_empty() {
        layers.push(deepest);
    }
    let width = Axis::logarithmic("width n");
    let mut shift = Panel::new(width.clone(), Axis::logarithmic("1 − rˡ over its prediction"));
    let mut spread = Panel::new(width, Axis::logarithmic("relative s.d. of rˡ over networks"));
    let ends = |table: &Table| -> Result<[f64; 2], TableError> {
        let widths = distinct(table, "width")?;
        Ok([widths.first().copied().unwrap_or(1) as f64, widths.last().copied().unwrap_or(1) as f64])
    };
    let [narrowest, widest] = ends(table)?;
    for (step, layer) in layers.iter().enumerate() {
        let rows = table.only("layer", layer)?;
        // The networks of few layers show the first layers best.
        let early = rows.only("ensemble", "early").is_ok();
        let kinds = rows.column_words("ensemble")?;
        let shown = kinds.iter().map(|kind| kind == "ladder" || (kind == "early") == early);
        let below = rows.points("width", "below")?.into_iter().zip(rows.column("below_error")?);
        let below =
            below.zip(shown.clone()).filter(|(_, shown)| *shown).map(|(((n, y), error), _)| (n, y, error));
        let colour = Colour::Step(step, layers.len());
        let correction = -limit.only("layer", layer)?.number("ratio_correction")?;
        let line = |n: f64| (n, correction / n);
        if correction > 0.0 {
            let from = narrowest.max(correction / 0.5);
            shift = shift.mark(Mark::Line {
                label: Some("fit b/n".to_owned()),
                points: vec![line(from), line(widest)],
                colour: Colour::Grey,
                dash: Dash::Dashed,
            });
        }
        shift = with_bars(shift, &format!("layer {layer}"), colour, &below.collect::<Vec<_>>());
        let sds = rows.points("width", "relative_sd")?.into_iter().zip(shown).filter(|(_, shown)| *shown);
        spread = spread.dots(&format!("layer {layer}"), colour, sds.map(|(point, _)| point).collect());
    }
    shift = shift.guide([narrowest, widest].map(|n| (n, n.recip())).to_vec());
    spread = spread.guide([narrowest, widest].map(|n| (n, n.sqrt().recip())).to_vec());
    Ok(Figure::new("ladder", [shift, spread]).height(220.0))
}

/// The variance of inner products over networks, and the cosines of inputs, against width.
fn averaging(tables: &Tables) -> Result<Figure, TableError> {
    let (variances, gaps) = (tables.get("self_averaging")?, tables.get("input_gap")?);
    let width = Axis::logarithmic("width n");
    let mut left = Panel::new(width.clone(), Axis::logarithmic("variance of x·x′/|x⁰||x′⁰|"));
    let layers: Vec<u64> =
        [1, 3, 10].into_iter().filter(|layer| variances.only("layer", layer).is_ok()).collect();
    for (step, layer) in layers.iter().enumerate() {
        let points = variances.only("layer", layer)?.points("width", "inner_product")?;
        if let Some(&(n, value)) = points.last() {
            let law = points.iter().map(|&(width, _)| (width, value * n / width)).collect();
            left = left.guide(law);
        }
        left = left.dots(&format!("layer {layer}"), Colour::Step(step, layers.len()), points);
    }
    let squares = tables.get("input_cosine")?.points("width", "mean_square")?;
    let law = squares.iter().map(|&(n, _)| (n, 1.0 / n)).collect();
    let mut right = Panel::new(width, Axis::logarithmic("mean over pairs of inputs")).guide(law).dots(
        "(c⁰)²",
        Colour::Kind(0),
        squares,
    );
    let deepest = distinct(gaps, "layer")?.last().copied().unwrap_or(1);
    for (kind, layer) in [1, deepest].into_iter().enumerate() {
        let points = gaps.only("layer", layer)?.points("width", "gap")?;
        right = right.dots(&format!("Kˡ(c⁰) − Kˡ(0), l = {layer}"), Colour::Kind(kind + 1), points);
    }
    Ok(Figure::new("averaging", [left, right]).height(190.0))
}
