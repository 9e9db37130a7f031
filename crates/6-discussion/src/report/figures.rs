//! Figures of Section 6.

use report::figure::{Axis, Colour, Figure, Mark, Panel};
use report::{Protocol, Table, TableError, Tables};

/// Settings: name in tables, name in legends, colour.
const SETTINGS: [(&str, &str, Colour); 3] = [
    ("kaiming", "Kaiming", Colour::Kind(0)),
    ("scale_bias", "scale+bias", Colour::Kind(1)),
    ("batch_norm", "batch normalisation", Colour::Kind(2)),
];
/// What dashed lines show.
const INFINITE_WIDTH: &str = "infinite width";

/// All figures from the tables.
pub fn figures(tables: &Tables) -> Result<Vec<Figure>, TableError> {
    Ok(vec![always_on_or_off(tables)?, units(tables)?, regimes(tables)?])
}

/// Units with a large sample mean, and what affine maps leave of the variance behind the ReLU, against layer.
fn units(tables: &Tables) -> Result<Figure, TableError> {
    let main = Protocol::of(tables)?.word("width")?;
    let (large, left) = (tables.get("large_means")?, tables.get("nearly_linear")?);
    let panel = |label: &str, table: &Table, top: f64| -> Result<Panel, TableError> {
        let mut panel = Panel::new(Axis::counting("layer l"), Axis::linear(label).range(0.0, top));
        for (setting, name, colour) in SETTINGS {
            let Ok(rows) = table.only("width", &main)?.only("setting", setting) else { continue };
            panel = panel.line(name, colour, rows.points("layer", "share")?);
            panel = panel.prediction(INFINITE_WIDTH, Colour::Ink, rows.points("layer", "predicted")?);
        }
        Ok(panel)
    };
    let left = panel("variance left by affine maps", left, 0.4)?;
    Ok(Figure::new("units", [panel("share of large sample means", large, 1.0)?, left]).height(180.0))
}

/// The share of units with one sign: against layer, and against the number of samples.
fn always_on_or_off(tables: &Tables) -> Result<Figure, TableError> {
    let (signs, against) = (tables.get("signs")?, tables.get("against_samples")?);
    let mut left =
        Panel::new(Axis::counting("layer l"), Axis::linear("share of units with one sign").range(0.0, 1.0));
    let (shallow, deep) = (against.word("shallow_layer")?, against.word("deep_layer")?);
    let mut right = Panel::new(Axis::logarithmic("samples T"), Axis::linear("").range(0.0, 1.0))
        .prediction(INFINITE_WIDTH, Colour::Ink, against.points("samples", "deep")?)
        .prediction(INFINITE_WIDTH, Colour::Ink, against.points("samples", "shallow")?)
        .title(&format!("layers {shallow} (lower) and {deep} (upper)"));
    if let Ok(kaiming) = signs.only("setting", "kaiming") {
        let widths = kaiming.counts("width")?;
        for (index, width) in widths.iter().enumerate() {
            let (rows, colour) = (kaiming.only("width", width)?, Colour::Step(index, widths.len()));
            let label = format!("Kaiming, width {width}");
            left = left.curve(&label, colour, &rows, ["layer", "share", "standard_error"])?;
            for layer in [&shallow, &deep] {
                let points = rows.only("layer", layer)?.points("samples", "share")?;
                right = right.mark(Mark::Dots { label: None, points, colour });
            }
        }
        let narrowest = kaiming.only("width", widths[0])?.points("layer", "predicted")?;
        left = left.prediction(INFINITE_WIDTH, Colour::Ink, narrowest);
    }
    for (setting, name, colour) in SETTINGS.into_iter().skip(1) {
        if let Ok(rows) = signs.only("setting", setting) {
            left = left.line(name, colour, rows.points("layer", "share")?);
        }
    }
    Ok(Figure::new("always-on-or-off", [left, right]).height(185.0))
}

/// Perturbation forward, gradient backward, and the gap between two samples.
fn regimes(tables: &Tables) -> Result<Figure, TableError> {
    let (layers, gaps) = (tables.get("regimes")?, tables.get("gaps")?);
    let layer = || Axis::counting("layer l");
    let both: Vec<f64> =
        layers.column("log_perturbation")?.into_iter().chain(layers.column("log_gradient")?).collect();
    let (low, high) = both.iter().fold((0.0f64, 1.0f64), |(low, high), y| (low.min(*y), high.max(*y)));
    let logarithm =
        |label: &str| Axis::linear(label).range(low - 0.05 * (high - low), high + 0.05 * (high - low));
    let mut forward = Panel::new(layer(), logarithm("ln mean square")).title("perturbation of xˡ");
    let mut backward = Panel::new(layer(), logarithm("")).title("gradient ∂L/∂xˡ");
    let mut pairs = Panel::new(layer(), Axis::logarithmic("")).title("two samples: 1 − cˡ");
    for (setting, name, colour) in SETTINGS {
        if let Ok(rows) = layers.only("setting", setting) {
            forward = forward.line(name, colour, rows.points("layer", "log_perturbation")?);
            backward = backward.line(name, colour, rows.points("layer", "log_gradient")?);
        }
        if let Ok(rows) = gaps.only("setting", setting) {
            pairs = pairs.line(name, colour, rows.points("layer", "gap")?);
        }
    }
    for (setting, ..) in SETTINGS {
        if let Ok(rows) = gaps.only("setting", setting) {
            pairs = pairs.prediction(INFINITE_WIDTH, Colour::Ink, rows.points("layer", "predicted")?);
        }
    }
    Ok(Figure::new("regimes", [forward, backward, pairs]).height(180.0))
}
