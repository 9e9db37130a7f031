//! Figures of Section 5.

use report::figure::{Axis, Colour, Dash, Figure, Panel};
use report::{Table, TableError, Tables};

/// The initialisations of Fig. 4: name in tables, entry in legends, colour.
const INITIALISATIONS: [(&str, &str, Colour); 3] = [
    ("scale", "scale", Colour::Kind(0)),
    ("scale_bias", "scale+bias", Colour::Kind(1)),
    ("batch_norm", "batch normalisation", Colour::Kind(2)),
];

/// The panels of Fig. 4: task and optimiser in tables, title.
const PANELS: [([&str; 2], &str); 4] = [
    (["cifar", "sgd"], "CIFAR-10, SGD"),
    (["cifar", "adam"], "CIFAR-10, Adam"),
    (["isbi", "sgd"], "ISBI, SGD"),
    (["isbi", "adam"], "ISBI, Adam"),
];

/// All figures from the tables.
pub fn figures(tables: &Tables) -> Result<Vec<Figure>, TableError> {
    let mut figures = Vec::new();
    for (name, panels) in [("curves", curves(tables)?), ("ratios", ratios(tables)?)] {
        if !panels.is_empty() {
            figures.push(Figure::new(name, panels).height(175.0));
        }
    }
    Ok(figures)
}

/// Rows in which each column reads its value; none where there are none.
fn rows(table: &Table, wanted: &[(&str, &str)]) -> Option<Table> {
    wanted.iter().try_fold(table.clone(), |table, (column, value)| table.only(column, value).ok())
}

/// The label of the left-most axis: the others share it.
fn first(panels: &[Panel], label: &'static str) -> &'static str {
    if panels.is_empty() { label } else { "" }
}

/// The paper's Fig. 4: loss against iteration at the chosen rates, mean over seeds with a band of one standard deviation.
fn curves(tables: &Tables) -> Result<Vec<Panel>, TableError> {
    let table = tables.get("curves")?;
    let mut panels: Vec<Panel> = Vec::new();
    for ([task, optimiser], title) in PANELS {
        let mut panel =
            Panel::new(Axis::linear("iteration"), Axis::logarithmic(first(&panels, "training loss")))
                .title(title);
        let mut lines = Vec::new();
        for (initialisation, label, colour) in INITIALISATIONS {
            let wanted = [
                ("task", task),
                ("optimiser", optimiser),
                ("initialisation", initialisation),
                ("chosen", "yes"),
            ];
            let Some(rows) = rows(table, &wanted) else { continue };
            let points = rows.points("iteration", "loss")?;
            let sds = rows.column("sd")?;
            // A band that reached zero could not be drawn on a logarithmic axis.
            let band = points.iter().zip(sds).map(|(&(x, y), sd)| (x, (y - sd).max(0.5 * y), y + sd));
            panel = panel.band(colour, band.collect());
            lines.push((label, colour, points));
        }
        if !lines.is_empty() {
            let with = |panel: Panel, (label, colour, points)| panel.line(label, colour, points);
            panels.push(lines.into_iter().fold(panel, with));
        }
    }
    Ok(panels)
}

/// r of every layer from scale and from scale+bias, before training (dashed) and after (solid).
fn ratios(tables: &Tables) -> Result<Vec<Panel>, TableError> {
    let table = tables.get("ratios")?;
    let mut panels: Vec<Panel> = Vec::new();
    for ([task, optimiser], title) in PANELS {
        let name = format!("{task}-{optimiser}");
        let mut panel =
            Panel::new(Axis::linear("layer l"), Axis::logarithmic(first(&panels, "ratio rˡ"))).title(title);
        let mut shown = 0;
        for (initialisation, label, colour) in &INITIALISATIONS[..2] {
            let Some(rows) = rows(table, &[("panel", &name), ("initialisation", initialisation)]) else {
                continue;
            };
            let moments = rows.distinct("iteration")?;
            let (Some(before), Some(after)) = (moments.first(), moments.last()) else { continue };
            for (moment, when, dash) in [(before, "before", Dash::Dashed), (after, "after", Dash::Solid)] {
                let points = rows.only("iteration", moment)?.points("layer", "ratio")?;
                shown += points.iter().filter(|(_, ratio)| ratio.is_finite() && *ratio > 0.0).count();
                panel = panel.dashed(&format!("{label}, {when}"), *colour, dash, points);
            }
        }
        if shown > 0 {
            panels.push(panel);
        }
    }
    Ok(panels)
}
