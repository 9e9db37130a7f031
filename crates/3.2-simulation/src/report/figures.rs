//! Figures of Section 3.2.

use report::figure::{Axis, Colour, Dash, Figure, Mark, Panel};
use report::{TableError, Tables};

/// Layers that stand for the others where width is the axis.
const LAYERS: [u64; 5] = [3, 5, 10, 20, 50];

/// All figures from the tables.
pub fn figures(tables: &Tables) -> Result<Vec<Figure>, TableError> {
    Ok(vec![ratio(tables)?, distributions(tables)?, curves(tables)?, ladder(tables)?, averaging(tables)?])
}

/// The paper's Fig. 2, left; and its first layers, where the bias of the estimator shows.
fn ratio(tables: &Tables) -> Result<Figure, TableError> {
    let (ratio, prediction) = (tables.get("ratio")?, tables.get("prediction")?);
    let mut whole = Panel::new(Axis::counting("layer l"), Axis::linear("ratio rˡ"));
    let mut first =
        Panel::new(Axis::counting("layer l").range(0.8, 3.2), Axis::linear("ratio rˡ").range(0.0, 1.1));
    for (width, rows, colour) in ratio.steps("width")? {
        let label = format!("n = {width}");
        whole = whole.curve(&label, colour, &rows, ["layer", "ratio_mean", "ratio_sd"])?;
        first = first.line(&label, colour, rows.points("layer", "ratio_mean")?);
    }
    let label = format!("n → ∞, {} samples", prediction.number("samples").unwrap_or(f64::NAN));
    let mut panels = Vec::new();
    for panel in [whole, first] {
        let all = prediction.points("layer", "all_samples")?;
        let panel = panel.dashed("n → ∞, all samples", Colour::Kind(1), Dash::Dotted, all);
        panels.push(panel.prediction(&label, Colour::Ink, prediction.points("layer", "these_samples")?));
    }
    Ok(Figure::new("ratio", panels).height(210.0))
}

/// The paper's Fig. 1, right: units and pool, in the first layer and in the last.
fn distributions(tables: &Tables) -> Result<Figure, TableError> {
    let table = tables.get("distributions")?;
    let layers = table.counts("layer")?;
    let highest = table.largest("density")?;
    let mut panels = Vec::new();
    for (series, of_series) in table.by("series")? {
        let density = Axis::linear(if panels.is_empty() { "density" } else { "" }).range(0.0, 1.05 * highest);
        let mut panel = Panel::new(Axis::linear("u").range(-5.0, 5.0), density).title(&series);
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
    let widest = moments.largest("width")? as u64;
    let of_widest = moments.only("width", widest)?;
    let at_widest = format!("simulated, n = {widest}");
    let left = Panel::new(Axis::counting("layer l"), Axis::linear("pre-activation").range(0.0, 1.6))
        .line("mean mˡ", Colour::Kind(1), root(limit.points("layer", "squared_mean_theory")?))
        .line("s.d. vˡ", Colour::Kind(0), root(limit.points("layer", "variance_theory")?))
        .dots("simulated, n → ∞", Colour::Ink, some(root(limit.points("layer", "squared_mean")?)))
        .dots("simulated, n → ∞", Colour::Ink, some(root(limit.points("layer", "variance")?)))
        .dots(&at_widest, Colour::Grey, some(root(of_widest.points("layer", "squared_mean")?)))
        .dots(&at_widest, Colour::Grey, some(root(of_widest.points("layer", "variance")?)));
    let mut right = Panel::new(Axis::counting("layer l"), Axis::linear("ln (σˡ)²"));
    for (gamma, rows, colour) in tables.get("gamma")?.steps("gamma")? {
        let found = some(rows.points("layer", "log_total_variance")?);
        right = right.prediction("l ln γ + ln 2", Colour::Ink, rows.points("layer", "expected")?);
        right = right.dots(&format!("γ = {gamma}"), colour, found);
    }
    Ok(Figure::new("curves", [left, right]).height(190.0))
}

/// Points with bars of one standard error, as far as a logarithm can show them.
fn with_bars(mut panel: Panel, label: &str, colour: Colour, points: &[(f64, f64, f64)]) -> Panel {
    for &(x, y, error) in points.iter().filter(|point| point.1 > 0.0) {
        panel = panel.unlabelled(colour, vec![(x, (y - error).max(0.2 * y)), (x, y + error)]);
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
    let narrowest = table.counts("width")?.first().copied().unwrap_or(1) as f64;
    let widest = table.largest("width")?;
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
            shift = shift.prediction("fit −b/n", Colour::Grey, vec![line(from), line(widest)]);
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
    for (kind, layer) in [1, gaps.largest("layer")? as u64].into_iter().enumerate() {
        let points = gaps.only("layer", layer)?.points("width", "gap")?;
        right = right.dots(&format!("Kˡ(c⁰) − Kˡ(0), l = {layer}"), Colour::Kind(kind + 1), points);
    }
    Ok(Figure::new("averaging", [left, right]).height(190.0))
}
