//! What figures show, in numbers, as the drawing left it in their `metadata`: listed once below each figure, as comma
//! separated values, from which the script tells the value under the pointer; and the curves of another result, drawn
//! into the same axes where they differ.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write;

use serde::{Deserialize, Serialize};

use super::elements::Figure;
use super::escaped;

/// A panel: where it stands on the canvas, in points, its axes and what was drawn.
#[derive(Deserialize)]
pub(super) struct Panel {
    title: Option<String>,
    area: [f64; 4],
    x: Side,
    y: Side,
    series: Vec<Series>,
}

/// An axis: what it counts and the values at its ends.
#[derive(Deserialize, Serialize)]
struct Side {
    label: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    logarithmic: bool,
    from: f64,
    to: f64,
}

/// A mark. What was not finite is null.
#[derive(Deserialize)]
struct Series {
    name: Option<String>,
    mark: String,
    colour: String,
    points: Vec<Vec<Option<f64>>>,
}

/// Values of one name, or the lower and upper ends of its intervals, by x and by how often that x came before.
struct Column<'a> {
    name: Cow<'a, str>,
    interval: bool,
    cells: BTreeMap<(i64, usize), Vec<f64>>,
}

/// The panels of a figure; none where the file says nothing of its values.
pub(super) fn panels(document: &roxmltree::Document) -> Vec<Panel> {
    let metadata = document.root_element().children().find(|node| node.tag_name().name() == "metadata");
    metadata.and_then(|node| node.text()).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

impl Series {
    /// Whether it is the bar of an error, from the lower to the upper end.
    fn is_bar(&self) -> bool {
        self.mark == "line" && matches!(&self.points[..], [a, b] if a.first() == b.first())
    }
}

impl Side {
    /// Which part of the axis lies before `value`.
    fn part(&self, value: f64) -> Option<f64> {
        let coordinate = |value: f64| if self.logarithmic { value.log10() } else { value };
        let (from, to) = (coordinate(self.from), coordinate(self.to));
        let part = (coordinate(value) - from) / (to - from);
        (-1e-9..=1.0 + 1e-9).contains(&part).then_some(part)
    }
}

impl Panel {
    /// Where a point stands, in points.
    fn place(&self, x: f64, y: f64) -> Option<(f64, f64)> {
        let [left, top, right, bottom] = self.area;
        let (across, along) = (self.x.part(x)?, self.y.part(y)?);
        Some((left + across * (right - left), bottom - along * (bottom - top)))
    }

    /// What a mark is called. Of lines that share a name, such as fits to several curves, each is told apart by the curve
    /// that is drawn after it.
    fn name_of(&self, series: &Series, index: usize) -> Cow<'_, str> {
        let Some(name) = self.series[index].name.as_deref() else {
            return self.title.as_deref().unwrap_or(&self.y.label).into();
        };
        let is_line =
            |other: &&Series| other.mark == "line" && !other.is_bar() && other.name.as_deref() == Some(name);
        let of = self.series[index..].iter().find_map(|other| other.name.as_deref().filter(|of| *of != name));
        match of {
            Some(of) if is_line(&series) && self.series.iter().filter(is_line).count() > 1 => {
                format!("{name}, {of}").into()
            }
            _ => name.into(),
        }
    }

    fn columns(&self) -> Vec<Column<'_>> {
        let mut columns: Vec<Column> = Vec::new();
        for (index, series) in self.series.iter().enumerate() {
            let bar = series.is_bar();
            let interval = series.mark == "band" || bar;
            let name = self.name_of(series, index);
            let points: Vec<(f64, Vec<f64>)> = if bar {
                let ends = series.points.iter().filter_map(|point| point.get(1).copied().flatten());
                let x = series.points.first().and_then(|point| point.first().copied().flatten());
                x.into_iter().map(|x| (x, ends.clone().collect())).collect()
            } else {
                series.points.iter().filter_map(|point| cell(&series.mark, point)).collect()
            };
            let same = |column: &Column| column.name == name && column.interval == interval;
            let index = match columns.iter().position(same) {
                Some(index) => index,
                None => {
                    columns.push(Column { name, interval, cells: BTreeMap::new() });
                    columns.len() - 1
                }
            };
            for (x, values) in points {
                let cells = &mut columns[index].cells;
                let before = cells.range((order(x), 0)..=(order(x), usize::MAX)).count();
                cells.insert((order(x), before), values);
            }
        }
        columns
    }

    /// The values as comma separated lines under a header.
    fn csv(&self) -> String {
        let columns = self.columns();
        let mut header = vec![quoted(&self.x.label)];
        let mut rows: BTreeMap<(i64, usize), Vec<String>> = BTreeMap::new();
        for column in &columns {
            let before = header.len();
            match column.interval {
                true => {
                    header.extend(["lower", "upper"].map(|end| quoted(&format!("{}, {end}", column.name))))
                }
                false => header.push(quoted(&column.name)),
            }
            for (key, values) in &column.cells {
                let row = rows.entry(*key).or_insert_with(|| vec![number(unordered(key.0))]);
                row.resize(before, String::new());
                row.extend(values.iter().map(|value| number(*value)));
            }
        }
        let lines = rows.into_values().map(|mut row| {
            row.resize(header.len(), String::new());
            row.join(",")
        });
        std::iter::once(header.join(",")).chain(lines).collect::<Vec<_>>().join("\n")
    }
}

/// x and the values of a point of a line, of dots, of a band, or of a column, which stands at the middle of its edges.
fn cell(mark: &str, point: &[Option<f64>]) -> Option<(f64, Vec<f64>)> {
    match (mark, point) {
        ("columns", [Some(left), Some(right), Some(height)]) => Some(((left + right) / 2.0, vec![*height])),
        ("band", [Some(x), Some(low), Some(high)]) => Some((*x, vec![*low, *high])),
        (_, [Some(x), Some(y)]) => Some((*x, vec![*y])),
        _ => None,
    }
}

/// Integers in the order of the numbers that they stand for, and back.
fn order(x: f64) -> i64 {
    let bits = (x + 0.0).to_bits().cast_signed();
    if bits < 0 { bits ^ i64::MAX } else { bits }
}

fn unordered(bits: i64) -> f64 {
    f64::from_bits((if bits < 0 { bits ^ i64::MAX } else { bits }).cast_unsigned())
}

fn number(value: f64) -> String {
    let plain = if (1e-4..1e7).contains(&value.abs()) || value == 0.0 {
        format!("{value}")
    } else {
        format!("{value:e}")
    };
    if value.is_finite() { plain } else { String::new() }
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// The attribute by which the script finds a value's place on a canvas of this many units a point.
pub(super) fn attribute(panels: &[Panel], scale: f64) -> String {
    if panels.is_empty() {
        return String::new();
    }
    let panels: Vec<serde_json::Value> = panels
        .iter()
        .map(|panel| {
            let columns = panel.columns();
            let columns = columns.iter().map(|column| match column.interval {
                true => serde_json::json!({ "name": column.name, "interval": true }),
                false => serde_json::json!({ "name": column.name }),
            });
            serde_json::json!({
                "area": panel.area.map(|at| (at * scale).round() as i64),
                "x": panel.x,
                "y": panel.y,
                "columns": columns.collect::<Vec<_>>(),
            })
        })
        .collect();
    format!(" data-panels={}", super::attribute(&serde_json::Value::from(panels).to_string()))
}

/// The list below a figure.
pub(super) fn listed(panels: &[Panel], figure: &Figure) -> String {
    let mut out = String::new();
    for (index, panel) in panels.iter().enumerate() {
        let title = panel.title.as_deref().unwrap_or(&panel.y.label);
        let _ = write!(
            out,
            "<p>{}</p><pre tabindex=\"0\" data-values=\"{index}\">{}</pre>",
            escaped(title),
            escaped(&panel.csv())
        );
    }
    if out.is_empty() {
        return out;
    }
    let name = escaped(&figure.name);
    format!(
        "<details class=\"values\" data-name=\"{name}\"><summary>Values drawn</summary><div>{out}</div></details>"
    )
}

/// Curves of an earlier result that differ.
#[derive(Default)]
pub(super) struct Moved {
    pub(super) curves: String,
    pub(super) count: usize,
}

/// The curves of `earlier` that `panels` show otherwise, in the axes of `panels`, on a canvas of `scale` units a point.
pub(super) fn moved(panels: &[Panel], earlier: &[Panel], scale: f64) -> Moved {
    let mut moved = Moved::default();
    for (panel, old) in panels.iter().zip(earlier) {
        for (index, series) in old.series.iter().enumerate() {
            let like = |other: &&Series| other.name == series.name && other.mark == series.mark;
            let nth = old.series[..index].iter().filter(|other| like(other)).count();
            let now = panel.series.iter().filter(like).nth(nth);
            if !matches!(series.mark.as_str(), "line" | "dots")
                || now.is_some_and(|now| now.points == series.points)
            {
                continue;
            }
            moved.count += 1;
            let places: Vec<Option<(f64, f64)>> = series
                .points
                .iter()
                .map(|point| panel.place((*point.first()?)?, (*point.get(1)?)?))
                .collect();
            for run in places.split(Option::is_none).filter(|run| !run.is_empty()) {
                let colour = escaped(&series.colour);
                let points = run.iter().flatten().map(|(x, y)| format!("{:.0},{:.0}", x * scale, y * scale));
                let points = points.collect::<Vec<_>>().join(" ");
                let _ = match series.mark.as_str() {
                    "line" => write!(
                        moved.curves,
                        "<path class=\"was\" fill=\"none\" stroke=\"{colour}\" d=\"M{points}\"/>"
                    ),
                    _ => write!(
                        moved.curves,
                        "<path class=\"was dots\" fill=\"none\" stroke=\"{colour}\" d=\"M{}h0\"/>",
                        points.replace(' ', "h0M")
                    ),
                };
            }
        }
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;

    fn panel(points: &str) -> Panel {
        let json = format!(
            r##"{{"title":null,"area":[10,0,110,100],"x":{{"label":"l","logarithmic":true,"from":1,"to":100}},
            "y":{{"label":"v","logarithmic":false,"from":0,"to":1}},"series":[
            {{"name":"a, b","mark":"line","colour":"#000000","points":{points}}},
            {{"name":"a, b","mark":"band","colour":"#000000","points":[[10,0.25,null],[1,0.1,0.3]]}}]}}"##
        );
        serde_json::from_str(&json).unwrap()
    }

    #[test]
    fn values_of_one_x_share_a_line_and_a_name_keeps_its_comma() {
        let csv = panel("[[10,0.5],[1,0.2],[10,0.75]]").csv();
        assert_eq!(csv, "l,\"a, b\",\"a, b, lower\",\"a, b, upper\"\n1,0.2,0.1,0.3\n10,0.5,,\n10,0.75,,");
    }

    #[test]
    fn lines_of_one_name_are_told_apart_by_the_curves_drawn_after_them() {
        let series = |name: &str, mark: &str, points: &str| {
            format!(r##"{{"name":"{name}","mark":"{mark}","colour":"#000000","points":{points}}}"##)
        };
        let line = "[[1,0.2],[10,0.5]]";
        let all = [
            series("fit", "line", line),
            series("layer 3", "line", "[[1,0.1],[1,0.3]]"),
            series("layer 3", "dots", line),
            series("fit", "line", line),
            series("layer 5", "dots", line),
        ];
        let json = format!(
            r#"{{"title":null,"area":[0,0,1,1],"x":{{"label":"n","logarithmic":false,"from":1,"to":10}},
            "y":{{"label":"v","logarithmic":false,"from":0,"to":1}},"series":[{}]}}"#,
            all.join(",")
        );
        let panel: Panel = serde_json::from_str(&json).unwrap();
        let names: Vec<String> = panel.columns().iter().map(|column| column.name.to_string()).collect();
        assert_eq!(names, ["fit, layer 3", "layer 3", "layer 3", "fit, layer 5", "layer 5"]);
    }

    #[test]
    fn numbers_keep_their_order_through_the_keys() {
        let mut numbers = [1.5, -0.0, -2.0, 1e-30, 0.0, -1e9];
        numbers.sort_by_key(|x| order(*x));
        assert_eq!(numbers, [-1e9, -2.0, 0.0, 0.0, 1e-30, 1.5]);
        assert!(numbers.iter().all(|&x| unordered(order(x)) == x));
    }

    #[test]
    fn an_earlier_curve_is_drawn_where_it_differs_and_nothing_where_it_does_not() {
        let (now, old) = ([panel("[[1,0.2],[10,0.5]]")], [panel("[[1,0.2],[10,1]]")]);
        assert_eq!(moved(&now, &now, 10.0).count, 0);
        let moved = moved(&now, &old, 10.0);
        assert_eq!(moved.count, 1);
        assert!(moved.curves.contains("d=\"M100,800 600,0\""), "{}", moved.curves);
    }
}
