//! What a figure shows, in numbers: the SVG carries it as JSON in its `metadata`, so that a page can tell the values
//! under the pointer, list them as a table, and draw the curves of two results into one panel.

use serde::Serialize;

use super::panel::{Dash, Frame, Mark, Panel, Place};
use super::{Axis, Colour};

/// A panel: where it stands on the canvas, its axes and what was drawn, in the order drawn.
#[derive(Serialize)]
struct Shown<'a> {
    title: Option<&'a str>,
    /// Left, top, right, bottom, in points.
    area: [f64; 4],
    x: Side<'a>,
    y: Side<'a>,
    series: Vec<Series<'a>>,
}

/// An axis: what it counts and the values at its ends.
#[derive(Serialize)]
struct Side<'a> {
    label: &'a str,
    logarithmic: bool,
    from: f64,
    to: f64,
}

/// A mark under the name that the legend gives it, or gives the first mark of its colour.
#[derive(Serialize)]
struct Series<'a> {
    name: Option<&'a str>,
    mark: &'static str,
    colour: String,
    /// x and y; of a band x, lower and upper y; of columns left, right, height.
    points: Vec<Vec<f64>>,
}

/// The `metadata` element of a figure.
pub(super) fn metadata(frames: &[Frame]) -> String {
    let panels: Vec<Shown> = frames.iter().map(shown).collect();
    let json = serde_json::to_string(&panels).expect("numbers and texts are always JSON");
    format!("<metadata>{}</metadata>", json.replace('&', "&amp;").replace('<', "&lt;"))
}

fn shown<'a>(frame: &Frame<'a>) -> Shown<'a> {
    let Place { left, top, right, bottom } = frame.place;
    let panel = frame.panel;
    Shown {
        title: panel.title.as_deref(),
        area: [left, top, right, bottom].map(short),
        x: side(&panel.x, frame.x),
        y: side(&panel.y, frame.y),
        series: panel.marks.iter().filter(|mark| !is_guide(mark)).map(|mark| series(panel, mark)).collect(),
    }
}

fn side(axis: &Axis, (from, to): (f64, f64)) -> Side<'_> {
    let value = |coordinate: f64| if axis.logarithmic { 10f64.powf(coordinate) } else { coordinate };
    Side { label: &axis.label, logarithmic: axis.logarithmic, from: value(from), to: value(to) }
}

fn series<'a>(panel: &'a Panel, mark: &'a Mark) -> Series<'a> {
    let (kind, colour, points) = match mark {
        Mark::Line { points, colour, .. } => ("line", *colour, pairs(points)),
        Mark::Dots { points, colour, .. } => ("dots", *colour, pairs(points)),
        Mark::Band { points, colour } => ("band", *colour, triples(points)),
        Mark::Columns { columns, colour, .. } => ("columns", *colour, triples(columns)),
    };
    let of_its_colour = || panel.marks.iter().filter_map(label).find(|(_, other)| *other == colour);
    let name = label(mark).or_else(of_its_colour).map(|(name, _)| name);
    let colour = colour.rgb();
    Series { name, mark: kind, colour: format!("#{:02X}{:02X}{:02X}", colour.0, colour.1, colour.2), points }
}

/// Guides for the eye show no values.
fn is_guide(mark: &Mark) -> bool {
    matches!(mark, Mark::Line { label: None, dash: Dash::Dotted, .. })
}

fn label(mark: &Mark) -> Option<(&str, Colour)> {
    match mark {
        Mark::Line { label, colour, .. }
        | Mark::Dots { label, colour, .. }
        | Mark::Columns { label, colour, .. } => Some((label.as_deref()?, *colour)),
        Mark::Band { .. } => None,
    }
}

fn pairs(points: &[(f64, f64)]) -> Vec<Vec<f64>> {
    points.iter().map(|&(x, y)| vec![short(x), short(y)]).collect()
}

fn triples(points: &[(f64, f64, f64)]) -> Vec<Vec<f64>> {
    points.iter().map(|&(x, low, high)| vec![short(x), short(low), short(high)]).collect()
}

/// Six significant figures: more than a drawing shows, fewer than the table holds.
fn short(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use crate::figure::{Axis, Colour, Figure, Panel};

    #[test]
    fn a_drawing_carries_what_it_shows_and_text_stays_text() {
        let points = vec![(1.0, 1.0 / 3.0), (100.0, 0.5)];
        let panel = Panel::new(Axis::logarithmic("l <b>"), Axis::linear("K & c"))
            .band(Colour::Kind(0), vec![(1.0, 0.25, 0.5)])
            .guide(vec![(1.0, 0.3), (2.0, 0.3)])
            .line("\"a\" </metadata><script>", Colour::Kind(0), points);
        let svg = Figure::new("f", [panel]).draw().unwrap();
        assert_eq!(svg.matches("<script").count(), 0);
        let json = svg.split("<metadata>").nth(1).unwrap().split("</metadata>").next().unwrap();
        let panels: serde_json::Value =
            serde_json::from_str(&json.replace("&lt;", "<").replace("&amp;", "&")).unwrap();
        let [band, line] = [0, 1].map(|index| &panels[0]["series"][index]);
        assert_eq!(panels[0]["x"]["label"], "l <b>");
        assert_eq!(line["points"][0], serde_json::json!([1.0, 0.333333]));
        assert_eq!((&band["mark"], &band["name"]), (&"band".into(), &line["name"]), "a band is its colour's");
        assert_eq!(line["name"], "\"a\" </metadata><script>");
    }
}
