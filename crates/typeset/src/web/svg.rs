//! Figures as part of the page, so that they follow its theme and its fonts: parsed, and written anew with nothing but
//! the shapes, texts and attributes that a drawing needs. What else a file may hold, such as a script, is left out.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write;

use typst::World;

use super::elements::Figure;
use super::values::Panel;
use super::{attribute, escaped, values};
use crate::world::{PaperWorld, file_id};

/// Elements that a drawing needs.
const SHAPES: &str = " g path polyline polygon rect circle ellipse line text ";

/// Attributes that a drawing needs.
const ATTRIBUTES: &str = " x y dx dy x1 x2 y1 y2 cx cy r rx ry width height points d transform fill stroke stroke-width \
    stroke-dasharray opacity fill-opacity stroke-opacity text-anchor font-size font-style font-weight dominant-baseline \
    fill-rule stroke-linecap ";

/// Attributes that texts of one look share.
const INHERITED: &str = " fill font-size font-style font-weight text-anchor ";

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
    let mut out = "<div class=\"pane\">".to_owned() + &canvas.opening(figure, &panels);
    Shapes::default().children(document.root_element(), &mut out);
    out.push_str(&moved.curves);
    out.push_str("</svg></div>");
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
    /// of print is shown larger, and what was drawn across the page is as wide on a phone, whose reader moves it.
    fn opening(&self, figure: &Figure, panels: &[Panel]) -> String {
        let (pixels, class) = if self.size[0] < 300.0 { (2.0, "") } else { (4.0 / 3.0, " class=\"across\"") };
        let [width, height] = self.size.map(|points| points * pixels);
        let [across, along] = self.size.map(|points| points * self.scale);
        let focus = if panels.is_empty() { "" } else { " tabindex=\"0\"" };
        format!(
            "<svg{class} role=\"img\" aria-label=\"{}\" width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"0 0 {across:.0} {along:.0}\"{focus}{}>",
            escaped(&figure.alt),
            values::attribute(panels, self.scale)
        )
    }
}

type Look<'a> = BTreeMap<&'a str, Cow<'a, str>>;

/// Writes shapes in few letters. Those of one look that follow each other, such as dashes or dots, become one path; texts
/// come last, so that what stands around them is not torn apart, and share what they look like.
#[derive(Default)]
struct Shapes<'a> {
    look: Look<'a>,
    path: Path,
    texts: Vec<(Look<'a>, Look<'a>, String)>,
}

impl<'a> Shapes<'a> {
    fn children(&mut self, parent: roxmltree::Node<'a, '_>, out: &mut String) {
        for node in parent.children().filter(|node| node.is_element()) {
            let name = node.tag_name().name();
            if !is_one_of(SHAPES, name) {
                continue;
            }
            let mut kept: Look = node
                .attributes()
                .map(|attribute| (attribute.name(), attribute.value().trim()))
                .filter(|(name, value)| is_one_of(ATTRIBUTES, name) && !value.contains("url("))
                .filter(|pair| !matches!(pair, ("opacity", "1")))
                .map(|(name, value)| (name, value.into()))
                .collect();
            if kept.get("stroke").is_some_and(|stroke| stroke == "none") {
                kept.remove("stroke-width");
            }
            if name == "text" {
                let shared = kept.extract_if(.., |name, _| is_one_of(INHERITED, name)).collect();
                let text = escaped(node.text().unwrap_or_default().trim());
                self.texts.push((shared, kept, text));
            } else if let Some(corners) = corners(name, &mut kept) {
                // Areas that overlap stay apart: one path would not be darker there.
                if kept != self.look || name == "polygon" {
                    self.flush(out);
                    self.look = kept;
                }
                self.path.add(&corners, matches!(name, "polygon" | "rect"));
            } else {
                self.flush(out);
                let _ = write!(out, "<{name}{}>", written(&kept));
                Shapes::default().children(node, out);
                let _ = write!(out, "</{name}>");
            }
        }
        self.flush(out);
        for texts in std::mem::take(&mut self.texts).chunk_by(|one, next| one.0 == next.0) {
            let _ = write!(out, "<g{}>", written(&texts[0].0));
            for (_, own, text) in texts {
                let _ = write!(out, "<text{}>{text}</text>", written(own));
            }
            out.push_str("</g>");
        }
    }

    fn flush(&mut self, out: &mut String) {
        let (look, path) = (std::mem::take(&mut self.look), std::mem::take(&mut self.path));
        if !path.text.is_empty() {
            let _ = write!(out, "<path{} d=\"{}\"/>", written(&look), path.text);
        }
    }
}

fn is_one_of(list: &str, name: &str) -> bool {
    list.split_whitespace().any(|known| known == name)
}

/// The corners of a line, a polygon, a rectangle or a dot at whole coordinates, in place of the attributes that gave them;
/// none of other shapes.
fn corners(name: &str, kept: &mut Look) -> Option<Vec<(i32, i32)>> {
    let number = |name| kept.get(name)?.parse::<i32>().ok();
    let is_filled = kept.get("stroke").is_none_or(|stroke| stroke == "none");
    let point = |text: &str| {
        let (x, y) = text.split_once(',')?;
        Some((x.parse::<i32>().ok()?, y.parse::<i32>().ok()?))
    };
    let (corners, taken): (Vec<_>, &[&str]) = match name {
        "polyline" | "polygon" => {
            (kept.get("points")?.split_whitespace().map(point).collect::<Option<_>>()?, &["points"])
        }
        "rect" if is_filled => {
            let (x, y, width, height) = (number("x")?, number("y")?, number("width")?, number("height")?);
            let (right, low) = (x + width, y + height);
            (vec![(x, y), (right, y), (right, low), (x, low)], &["x", "y", "width", "height"])
        }
        "circle" if is_filled => {
            // A line of no length with round ends as wide as the dot.
            let (centre, radius) = ((number("cx")?, number("cy")?), number("r")?);
            let width = (2 * radius).to_string().into();
            let fill = kept.remove("fill")?;
            kept.extend([("stroke", fill), ("stroke-linecap", "round".into()), ("stroke-width", width)]);
            (vec![centre], &["cx", "cy", "r"])
        }
        _ => return None,
    };
    kept.retain(|name, _| !taken.contains(name));
    Some(corners)
}

/// The commands of a path, each point told by how far it lies from the one before.
#[derive(Default)]
struct Path {
    text: String,
    pen: (i32, i32),
}

impl Path {
    fn add(&mut self, corners: &[(i32, i32)], is_closed: bool) {
        for (place, &(x, y)) in corners.iter().enumerate() {
            let (across, along) = (x - self.pen.0, y - self.pen.1);
            // A letter or a minus sign separates too.
            let begin = if place == 0 { "m" } else { gap(across) };
            let _ = write!(self.text, "{begin}{across}{}{along}", gap(along));
            self.pen = (x, y);
        }
        if corners.len() == 1 {
            self.text.push_str("h0");
        }
        if let (Some(first), true) = (corners.first(), is_closed) {
            self.text.push('z');
            self.pen = *first;
        }
    }
}

fn gap(number: i32) -> &'static str {
    if number < 0 { "" } else { " " }
}

fn written(attributes: &Look) -> String {
    attributes.iter().map(|(name, value)| format!(" {name}={}", attribute(value))).collect()
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
            <foreignObject><p>b</p></foreignObject><image href=\"http://c\"/><ellipse onclick=\"a()\" fill=\"url(http://c)\" rx=\"1\"/>\
            <text x=\"2\">&lt;script&gt; &amp; &quot;\u{5d0}</text></svg>";
        assert_eq!(
            shapes(hostile),
            "<ellipse rx=1></ellipse><g><text x=2>&lt;script&gt; &amp; &quot;\u{5d0}</text></g>"
        );
    }

    #[test]
    fn shapes_of_one_look_become_one_path_and_texts_share_theirs() {
        let line = |points: &str, look: &str| format!("<polyline stroke=\"{look}\" points=\"{points}\"/>");
        for (drawn, written) in [
            (line("1,2 3,4 ", "#000") + &line("5,6 3,9", "#000"), "<path stroke=#000 d=\"m1 2 2 2m2 2-2 3\"/>"),
            (line("1,2 3,4", "#0") + &line("1,1 2,2", "#1"), "<path stroke=#0 d=\"m1 2 2 2\"/><path stroke=#1 d=\"m1 1 1 1\"/>"),
            (
                "<circle cx=\"1\" cy=\"2\" r=\"3\" fill=\"#000\" stroke=\"none\"/><circle cx=\"4\" cy=\"2\" r=\"3\" fill=\"#000\" stroke=\"none\"/>".to_owned(),
                "<path stroke=#000 stroke-linecap=round stroke-width=6 d=\"m1 2h0m3 0h0\"/>",
            ),
            (
                "<rect x=\"1\" y=\"2\" width=\"3\" height=\"4\" fill=\"#000\"/><rect x=\"1.5\" fill=\"#000\"/>".to_owned(),
                "<path fill=#000 d=\"m1 2 3 0 0 4-3 0z\"/><rect fill=#000 x=1.5></rect>",
            ),
            (
                "<text fill=\"#000\" x=\"1\">a</text><polygon points=\"1,1 2,2\"/><text fill=\"#000\" x=\"2\">b</text>".to_owned(),
                "<path d=\"m1 1 1 1z\"/><g fill=#000><text x=1>a</text><text x=2>b</text></g>",
            ),
        ] {
            assert_eq!(shapes(&format!("<svg>{drawn}</svg>")), written);
        }
    }
}
