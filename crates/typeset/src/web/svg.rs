//! Figures as part of the page, so that they follow its theme and its fonts: parsed, and written anew with nothing but
//! the shapes, texts and attributes that a drawing needs. What else a file may hold, such as a script, is left out.

use std::collections::BTreeMap;
use std::fmt::Write;

use typst::World;

use super::elements::Figure;
use super::values::Panel;
use super::{escaped, values};
use crate::world::{PaperWorld, file_id};

const SHAPES: [&str; 9] = ["g", "path", "polyline", "polygon", "rect", "circle", "ellipse", "line", "text"];

const ATTRIBUTES: [&str; 32] = [
    "x",
    "y",
    "dx",
    "dy",
    "x1",
    "x2",
    "y1",
    "y2",
    "cx",
    "cy",
    "r",
    "rx",
    "ry",
    "width",
    "height",
    "points",
    "d",
    "transform",
    "fill",
    "stroke",
    "stroke-width",
    "stroke-dasharray",
    "opacity",
    "fill-opacity",
    "stroke-opacity",
    "text-anchor",
    "font-size",
    "font-style",
    "font-weight",
    "dominant-baseline",
    "fill-rule",
    "stroke-linecap",
];

/// The figure with a list of its values; with a second result, also the curves of that where they differ.
pub(super) fn figure(world: &PaperWorld, figure: &Figure, against: Option<&str>) -> String {
    let read = |mount: &str| {
        let (folder, name) = figure.name.split_once('/')?;
        let bytes = world.file(file_id(&format!("{mount}/{folder}/figures/{name}.svg"))).ok()?;
        Some(bytes.to_str().ok()?.to_string())
    };
    let Some(svg) = read("generated") else { return String::new() };
    let document = match roxmltree::Document::parse(&svg) {
        Ok(document) => document,
        Err(error) => {
            return format!("<p>{} is no SVG: {}</p>", escaped(&figure.name), escaped(&error.to_string()));
        }
    };
    let panels = values::panels(&document);
    let earlier = read("against").filter(|_| against.is_some());
    let earlier = earlier.as_deref().and_then(|svg| roxmltree::Document::parse(svg).ok());
    let earlier = earlier.map(|document| values::panels(&document)).unwrap_or_default();
    let canvas = Canvas::of(document.root_element());
    let moved = values::moved(&panels, &earlier, canvas.scale);
    let mut out = canvas.opening(figure, &panels);
    Shapes::default().children(document.root_element(), &mut out);
    out.push_str(&moved.curves);
    out.push_str("</svg>");
    if moved.count > 0 {
        let label = against.unwrap_or_default();
        let _ = write!(out, "<p class=\"was\">Dotted: {}, where it differs.</p>", escaped(label));
    }
    out.push_str(&values::listed(&panels, figure));
    out
}

/// The size of a drawing in points, and its units a point.
struct Canvas {
    size: [f64; 2],
    scale: f64,
}

impl Canvas {
    fn of(root: roxmltree::Node) -> Self {
        let number = |name, or| root.attribute(name).and_then(|size| size.parse::<f64>().ok()).unwrap_or(or);
        let size = [number("width", 340.0), number("height", 230.0)];
        let view =
            root.attribute("viewBox").and_then(|view| view.split_whitespace().nth(2)?.parse::<f64>().ok());
        Self { size, scale: view.unwrap_or(size[0]) / size[0] }
    }

    /// The opening tag. A point of the drawing is a point of print, four thirds of a pixel; what was drawn for a column
    /// of print is shown larger.
    fn opening(&self, figure: &Figure, panels: &[Panel]) -> String {
        let pixels = if self.size[0] < 300.0 { 2.0 } else { 4.0 / 3.0 };
        let [width, height] = self.size.map(|points| points * pixels);
        let [across, along] = self.size.map(|points| points * self.scale);
        let focus = if panels.is_empty() { "" } else { " tabindex=\"0\"" };
        format!(
            "<svg role=\"img\" aria-label=\"{}\" width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"0 0 {across:.0} {along:.0}\"{focus}{}>",
            escaped(&figure.alt),
            values::attribute(panels, self.scale)
        )
    }
}

/// Writes shapes; lines of one look that follow each other, such as dashes, become one path.
#[derive(Default)]
struct Shapes {
    look: String,
    path: String,
}

impl Shapes {
    fn children(&mut self, parent: roxmltree::Node, out: &mut String) {
        for node in parent.children().filter(|node| node.is_element()) {
            let name = node.tag_name().name();
            if !SHAPES.contains(&name) {
                continue;
            }
            let mut kept: BTreeMap<&str, &str> = node
                .attributes()
                .map(|attribute| (attribute.name(), attribute.value().trim()))
                .filter(|(name, value)| ATTRIBUTES.contains(name) && !value.contains("url("))
                .filter(|pair| !matches!(pair, ("opacity", "1")))
                .collect();
            if kept.get("stroke") == Some(&"none") {
                kept.remove("stroke-width");
            }
            if name == "polyline" {
                let Some(points) = kept.remove("points").filter(|points| !points.is_empty()) else {
                    continue;
                };
                let look = written(&kept);
                if look != self.look {
                    self.flush(out);
                    self.look = look;
                }
                let _ = write!(self.path, "M{points}");
                continue;
            }
            self.flush(out);
            let _ = write!(out, "<{name}{}>", written(&kept));
            if name == "text" {
                out.push_str(&escaped(node.text().unwrap_or_default().trim()));
            } else {
                self.children(node, out);
            }
            let _ = write!(out, "</{name}>");
        }
        self.flush(out);
    }

    fn flush(&mut self, out: &mut String) {
        if !self.path.is_empty() {
            let _ = write!(out, "<path{} d=\"{}\"/>", self.look, escaped(&self.path));
            self.path.clear();
        }
        self.look.clear();
    }
}

fn written(attributes: &BTreeMap<&str, &str>) -> String {
    attributes.iter().map(|(name, value)| format!(" {name}=\"{}\"", escaped(value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shapes(svg: &str) -> String {
        let document = roxmltree::Document::parse(svg).unwrap();
        let mut out = String::new();
        Shapes::default().children(document.root_element(), &mut out);
        out
    }

    #[test]
    fn only_shapes_and_texts_pass() {
        let hostile = "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"a()\"><script>a()</script><style>*{}</style>\
            <foreignObject><p>b</p></foreignObject><image href=\"http://c\"/><rect onclick=\"a()\" fill=\"url(http://c)\" x=\"1\"/>\
            <text x=\"2\">&lt;script&gt; &amp; &quot;\u{5d0}</text></svg>";
        assert_eq!(
            shapes(hostile),
            "<rect x=\"1\"></rect><text x=\"2\">&lt;script&gt; &amp; &quot;\u{5d0}</text>"
        );
    }

    #[test]
    fn dashes_become_one_path() {
        let dashes = "<svg><polyline stroke=\"#000\" points=\"1,2 3,4 \"/><polyline stroke=\"#000\" points=\"5,6 7,8 \"/>\
            <polyline stroke=\"#111\" points=\"1,1 2,2\"/></svg>";
        assert_eq!(
            shapes(dashes),
            "<path stroke=\"#000\" d=\"M1,2 3,4M5,6 7,8\"/><path stroke=\"#111\" d=\"M1,1 2,2\"/>"
        );
    }
}
