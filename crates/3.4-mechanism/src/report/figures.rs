//! Figures of Section 3.4.

use report::figure::{Axis, Colour, Figure, Panel};
use report::{TableError, Tables};

/// Layers of the staircase.
const STAIRS: usize = 7;
const MATRIX: Colour = Colour::Kind(0);
const RELU: Colour = Colour::Kind(1);

/// All figures from the tables.
pub fn figures(tables: &Tables) -> Result<Vec<Figure>, TableError> {
    Ok(vec![steps(tables)?, relu(tables)?])
}

/// The two steps of each layer: as a staircase, and as what each multiplies the ratio by.
fn steps(tables: &Tables) -> Result<Figure, TableError> {
    let table = tables.get("steps")?;
    let (below, between, above) =
        (table.column("before")?, table.column("after_matrix")?, table.column("after_relu")?);
    let mut left = Panel::new(Axis::counting("layer l"), Axis::linear("squared mean over variance"));
    for layer in 0..STAIRS.min(below.len()) {
        let at = layer as f64;
        let [low, middle, high] = [(at, below[layer]), (at + 0.5, between[layer]), (at + 1.0, above[layer])];
        left = left.line("matrix: xˡ⁻¹ to uˡ", MATRIX, vec![low, middle]);
        left = left.line("ReLU: uˡ to xˡ", RELU, vec![middle, high]);
    }
    let axis = Axis::linear("factor of a step").range(0.9, 2.1);
    let ends = vec![(2.0, 1.0), (table.largest("layer")?, 1.0)];
    let mut right = Panel::new(Axis::counting("layer l"), axis).guide(ends);
    for (column, label, colour) in
        [("log_matrix", "matrix: xˡ⁻¹ to uˡ", MATRIX), ("log_relu", "ReLU: uˡ to xˡ", RELU)]
    {
        // The first layer's ReLU multiplies the ratio several times over and would flatten all the others.
        let further = |layer: f64| layer > 1.0;
        let band = table.band("layer", [column, &format!("{column}_error")])?.into_iter();
        let band = band.filter(|of| further(of.0)).map(|(layer, low, high)| (layer, low.exp(), high.exp()));
        let points = table.points("layer", column)?.into_iter().filter(|of| further(of.0));
        right = right.band(colour, band.collect());
        right = right.line(label, colour, points.map(|(layer, log)| (layer, log.exp())).collect());
    }
    Ok(Figure::new("steps", [left, right]).height(185.0))
}

/// The group under which a law stands in the legend.
fn group(law: &str) -> (&'static str, Colour) {
    match law.split(' ').next().unwrap_or_default() {
        _ if law.ends_with("from 0") || law.ends_with("1 to 2") => ("nothing below zero", Colour::Grey),
        "normal" => ("normal", Colour::Kind(0)),
        "uniform" => ("uniform", Colour::Kind(1)),
        "exponential" => ("exponential, both ways", Colour::Kind(2)),
        "Student" => ("Student t", Colour::Kind(3)),
        _ => ("points", Colour::Kind(4)),
    }
}

/// Mean, second moment and variance before and after the ReLU: a dot for each law, a line for the normal ones.
fn relu(tables: &Tables) -> Result<Figure, TableError> {
    let (table, family) = (tables.get("relu")?, tables.get("normal_family")?);
    let laws = table.column_words("law")?;
    let panel = |name: &str, moment: &str, (low, high): (f64, f64)| -> Result<Panel, TableError> {
        let (before, after) = (format!("{moment}_before"), format!("{moment}_after"));
        let axis = |when: &str| Axis::linear(&format!("{name} {when}")).range(low, high);
        let mut panel = Panel::new(axis("before"), axis("after")).guide(vec![(low, low), (high, high)]);
        let inside = |value: f64| (low..=high).contains(&value);
        let visible = family.points(&before, &after)?.into_iter().filter(|(x, y)| inside(*x) && inside(*y));
        panel = panel.line("normal, mean moving", Colour::Kind(0), visible.collect());
        for (law, point) in laws.iter().zip(table.points(&before, &after)?) {
            let (label, colour) = group(law);
            panel = panel.dots(label, colour, vec![point]);
        }
        Ok(panel)
    };
    let panels = [
        panel("mean", "mean", (-2.2, 2.2))?,
        panel("second moment", "second", (-0.2, 5.3))?,
        panel("variance", "variance", (-0.1, 1.8))?,
    ];
    Ok(Figure::new("relu", panels).height(170.0))
}
