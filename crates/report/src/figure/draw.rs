//! The one drawing routine: axes, marks and legend, onto plotters' SVG backend.
//!
//! Plotters' backend counts in whole pixels. The canvas is therefore drawn ten times too large and the SVG's size set back
//! afterwards, so that curves are smooth to a tenth of a point.

use std::error::Error;

use plotters::backend::SVGBackend;
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{Circle, PathElement, Polygon, Rectangle, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontTransform, IntoFont, ShapeStyle, TextStyle};

use super::legend::{self, Sample};
use super::panel::{Dash, Frame, Mark, Panel, Place};
use super::{Axis, Colour, shown};

/// Canvas units per point.
const FINE: f64 = 10.0;
/// Text sizes in points.
const TEXT: f64 = 9.0;
const SMALL: f64 = 8.5;
/// Width of a column of the printed page and of both, in points: what is printed is as large as it is drawn.
const COLUMN: f64 = 239.0;
const PAGE: f64 = 499.0;
/// Plotters' SVG backend writes a font's size divided by this.
const BACKEND_FONT_RATIO: f64 = 1.24;
/// Typst's embedded serif first, then whatever serif a browser has.
const FONT: &str = "Libertinus Serif, Linux Libertine, Georgia, serif";

/// A figure that cannot be drawn.
#[derive(Debug, thiserror::Error)]
pub enum FigureError {
    /// No finite data to fit an axis to.
    #[error("figure `{figure}`, panel {panel}: nothing finite to show")]
    Empty {
        /// The figure.
        figure: String,
        /// The panel, counted from 1.
        panel: usize,
    },
    /// The drawing backend failed.
    #[error("figure `{figure}` cannot be drawn")]
    Backend {
        /// The figure.
        figure: String,
        /// What it said.
        #[source]
        why: Box<dyn Error + Send + Sync>,
    },
}

type Canvas<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), Box<dyn Error + Send + Sync>>;

pub(super) fn figure(name: &str, panels: &[Panel], height: f64) -> Result<String, FigureError> {
    let width = if panels.len() > 1 { PAGE } else { COLUMN };
    let legend = legend::entries(panels, width - 50.0, SMALL);
    let legend_height = legend.last().map_or(2.0, |last| 14.0 * (last.row + 1) as f64 + 4.0);
    let size = (width, legend_height + height);
    let mut frames = Vec::with_capacity(panels.len());
    for (index, panel) in panels.iter().enumerate() {
        let empty = || FigureError::Empty { figure: name.to_owned(), panel: index + 1 };
        frames.push(frame(panel, index, panels.len(), size, legend_height).ok_or_else(empty)?);
    }
    let mut svg = String::new();
    let drawn = (|| {
        let canvas =
            SVGBackend::with_string(&mut svg, (fine(size.0) as u32, fine(size.1) as u32)).into_drawing_area();
        for entry in &legend {
            draw_entry(&canvas, entry, 42.0)?;
        }
        frames.iter().try_for_each(|frame| frame.draw(&canvas))?;
        Ok(canvas.present()?)
    })();
    drawn.map_err(|why| FigureError::Backend { figure: name.to_owned(), why })?;
    Ok(set_back(&svg, size, &shown::metadata(&frames)))
}

/// Sets the drawing back to its size in points, its coordinates staying fine, and puts in what it shows in numbers.
fn set_back(svg: &str, (width, height): (f64, f64), metadata: &str) -> String {
    let fine_size = format!("<svg width=\"{}\" height=\"{}\"", fine(width), fine(height));
    let sized = svg.replacen(&fine_size, &format!("<svg width=\"{width}\" height=\"{height}\""), 1);
    sized.replacen('>', &format!(">\n{metadata}"), 1)
}

fn fine(points: f64) -> i32 {
    (points * FINE).round() as i32
}

fn frame<'a>(panel: &'a Panel, index: usize, of: usize, size: (f64, f64), legend: f64) -> Option<Frame<'a>> {
    let extent: Vec<(f64, f64)> = panel.marks.iter().flat_map(Mark::extent).collect();
    let share = size.0 / of as f64;
    let title = if panel.title.is_some() { 16.0 } else { 4.0 };
    let place = Place {
        left: share * index as f64 + 42.0,
        top: legend + title,
        right: share * (index + 1) as f64 - 8.0,
        bottom: size.1 - 32.0,
    };
    let x = panel.x.span(extent.iter().map(|point| point.0))?;
    let y = panel.y.span(extent.iter().map(|point| point.1))?;
    Some(Frame { place, panel, x, y })
}

fn draw_entry(canvas: &Canvas, entry: &legend::Entry, left: f64) -> Drawn {
    let (x, y) = (left + entry.x, 9.0 + 14.0 * entry.row as f64);
    let sample = [(x, y), (x + legend::SAMPLE - 6.0, y)];
    match entry.sample {
        Sample::Line(dash) => draw_line(canvas, &sample, entry.colour, dash)?,
        Sample::Dot => draw_dot(canvas, (x + 8.0, y), entry.colour)?,
        Sample::Column => {
            let corners = [(fine(x), fine(y - 3.0)), (fine(x + 16.0), fine(y + 3.0))];
            put(canvas, &Rectangle::new(corners, entry.colour.rgb().mix(0.5).filled()))?;
        }
    }
    draw_text(
        canvas,
        &entry.label,
        (x + legend::SAMPLE, y),
        SMALL,
        (HPos::Left, VPos::Center),
        FontTransform::None,
    )
}

impl Frame<'_> {
    fn draw(&self, canvas: &Canvas) -> Drawn {
        self.draw_axes(canvas)?;
        for mark in &self.panel.marks {
            self.draw_mark(canvas, mark)?;
        }
        self.draw_border(canvas)
    }

    fn draw_axes(&self, canvas: &Canvas) -> Drawn {
        let Place { left, top, right, bottom } = self.place;
        let pale = ShapeStyle { color: Colour::Grey.rgb().mix(0.25), filled: false, stroke_width: 5 };
        let across = ((right - left) / 38.0).max(2.0) as usize;
        for tick in self.panel.x.ticks(self.x, across) {
            let Some(x) = self.across(tick.at) else { continue };
            put(canvas, &path(&[(x, top), (x, bottom)], pale))?;
            draw_text(
                canvas,
                &tick.label,
                (x, bottom + 4.0),
                SMALL,
                (HPos::Center, VPos::Top),
                FontTransform::None,
            )?;
        }
        let along = ((bottom - top) / 32.0).max(2.0) as usize;
        for tick in self.panel.y.ticks(self.y, along) {
            let Some(y) = self.along(tick.at) else { continue };
            put(canvas, &path(&[(left, y), (right, y)], pale))?;
            draw_text(
                canvas,
                &tick.label,
                (left - 4.0, y),
                SMALL,
                (HPos::Right, VPos::Center),
                FontTransform::None,
            )?;
        }
        let (middle, centre) = ((left + right) / 2.0, (top + bottom) / 2.0);
        let Axis { label, .. } = &self.panel.x;
        draw_text(
            canvas,
            label,
            (middle, bottom + 17.0),
            TEXT,
            (HPos::Center, VPos::Top),
            FontTransform::None,
        )?;
        let Axis { label, .. } = &self.panel.y;
        let turned = FontTransform::Rotate270;
        draw_text(canvas, label, (left - 38.0, centre), TEXT, (HPos::Center, VPos::Top), turned)?;
        if let Some(title) = &self.panel.title {
            draw_text(
                canvas,
                title,
                (middle, top - 8.0),
                TEXT,
                (HPos::Center, VPos::Center),
                FontTransform::None,
            )?;
        }
        Ok(())
    }

    fn draw_border(&self, canvas: &Canvas) -> Drawn {
        let Place { left, top, right, bottom } = self.place;
        let ink = ShapeStyle { color: Colour::Ink.rgb().to_rgba(), filled: false, stroke_width: 7 };
        put(canvas, &path(&[(left, top), (left, bottom), (right, bottom)], ink))
    }

    fn draw_mark(&self, canvas: &Canvas, mark: &Mark) -> Drawn {
        match mark {
            Mark::Line { points, colour, dash, .. } => {
                self.visible(points).iter().try_for_each(|run| draw_line(canvas, run, *colour, *dash))
            }
            Mark::Dots { points, colour, .. } => {
                let inside = points.iter().filter_map(|&point| self.place_inside(point));
                inside.into_iter().try_for_each(|at| draw_dot(canvas, at, *colour))
            }
            Mark::Band { points, colour } => {
                let clamped = |x: f64, y: f64| self.place_clamped((x, y));
                let lower = points.iter().filter_map(|&(x, low, _)| clamped(x, low));
                let upper = points.iter().rev().filter_map(|&(x, _, high)| clamped(x, high));
                let outline: Vec<(i32, i32)> = lower.chain(upper).map(|(x, y)| (fine(x), fine(y))).collect();
                put(canvas, &Polygon::new(outline, colour.rgb().mix(0.22).filled()))
            }
            Mark::Columns { columns, colour, .. } => columns.iter().try_for_each(|&(left, right, height)| {
                let corners = (self.place_clamped((left, 0.0)), self.place_clamped((right, height)));
                let (Some(low), Some(high)) = corners else { return Ok(()) };
                let corners = [(fine(low.0), fine(high.1)), (fine(high.0), fine(low.1))];
                put(canvas, &Rectangle::new(corners, colour.rgb().mix(0.65).filled()))
            }),
        }
    }

    /// Horizontal position of an axis coordinate, if it lies inside.
    fn across(&self, x: f64) -> Option<f64> {
        let part = (x - self.x.0) / (self.x.1 - self.x.0);
        (-1e-9..=1.0 + 1e-9)
            .contains(&part)
            .then_some(self.place.left + part * (self.place.right - self.place.left))
    }

    /// Vertical position of an axis coordinate, if it lies inside.
    fn along(&self, y: f64) -> Option<f64> {
        let part = (y - self.y.0) / (self.y.1 - self.y.0);
        (-1e-9..=1.0 + 1e-9)
            .contains(&part)
            .then_some(self.place.bottom - part * (self.place.bottom - self.place.top))
    }

    fn place_inside(&self, (x, y): (f64, f64)) -> Option<(f64, f64)> {
        Some((self.across(self.panel.x.coordinate(x)?)?, self.along(self.panel.y.coordinate(y)?)?))
    }

    /// The position, moved to the border where it lies outside. Logarithms of zero go to the lower border.
    fn place_clamped(&self, (x, y): (f64, f64)) -> Option<(f64, f64)> {
        let clamp = |axis: &Axis, value: f64, span: (f64, f64)| match axis.coordinate(value) {
            Some(coordinate) => Some(coordinate.clamp(span.0, span.1)),
            None if value == 0.0 => Some(span.0),
            None => None,
        };
        let (x, y) = (clamp(&self.panel.x, x, self.x)?, clamp(&self.panel.y, y, self.y)?);
        Some((self.across(x)?, self.along(y)?))
    }

    /// The stretches of a line that lie inside, so that nothing is drawn over the border.
    fn visible(&self, points: &[(f64, f64)]) -> Vec<Vec<(f64, f64)>> {
        let placed: Vec<Option<(f64, f64)>> = points.iter().map(|&point| self.place_inside(point)).collect();
        placed.split(Option::is_none).map(|run| run.iter().flatten().copied().collect()).collect()
    }
}

fn draw_line(canvas: &Canvas, points: &[(f64, f64)], colour: Colour, dash: Dash) -> Drawn {
    let style = ShapeStyle { color: colour.rgb().to_rgba(), filled: false, stroke_width: 13 };
    match dash {
        Dash::Solid => put(canvas, &path(points, style)),
        Dash::Dashed => dashes(points, 5.0, 3.0).iter().try_for_each(|dash| put(canvas, &path(dash, style))),
        Dash::Dotted => dashes(points, 1.2, 2.4).iter().try_for_each(|dash| put(canvas, &path(dash, style))),
    }
}

/// Cuts a line into dashes of length `on` with gaps of length `off`, in points.
fn dashes(points: &[(f64, f64)], on: f64, off: f64) -> Vec<Vec<(f64, f64)>> {
    let (mut result, mut current, mut drawing, mut left) = (Vec::new(), Vec::new(), true, on);
    for pair in points.windows(2) {
        let ((x, y), (dx, dy)) = (pair[0], (pair[1].0 - pair[0].0, pair[1].1 - pair[0].1));
        let length = dx.hypot(dy);
        let mut done = 0.0;
        if drawing && current.is_empty() {
            current.push((x, y));
        }
        while length - done > left {
            done += left;
            let at = (x + dx * done / length, y + dy * done / length);
            if drawing {
                current.push(at);
                result.push(std::mem::take(&mut current));
            } else {
                current.push(at);
            }
            drawing = !drawing;
            left = if drawing { on } else { off };
        }
        left -= length - done;
        if drawing {
            current.push(pair[1]);
        }
    }
    if current.len() > 1 {
        result.push(current);
    }
    result
}

fn draw_dot(canvas: &Canvas, (x, y): (f64, f64), colour: Colour) -> Drawn {
    put(canvas, &Circle::new((fine(x), fine(y)), fine(1.9), colour.rgb().filled()))
}

fn draw_text(
    canvas: &Canvas,
    text: &str,
    (x, y): (f64, f64),
    size: f64,
    (h, v): (HPos, VPos),
    turn: FontTransform,
) -> Drawn {
    let font = (FONT, size * FINE * BACKEND_FONT_RATIO).into_font().transform(turn);
    let ink = Colour::Ink.rgb();
    let style = TextStyle::from(font).color(&ink).pos(Pos::new(h, v));
    put(canvas, &Text::new(text.to_owned(), (fine(x), fine(y)), style))
}

fn path(points: &[(f64, f64)], style: ShapeStyle) -> PathElement<(i32, i32)> {
    PathElement::new(points.iter().map(|&(x, y)| (fine(x), fine(y))).collect::<Vec<_>>(), style)
}

fn put<'a, 'e, E>(canvas: &Canvas<'a>, element: &'e E) -> Drawn
where
    E: plotters::element::Drawable<SVGBackend<'a>>,
    &'e E: plotters::element::PointCollection<'e, (i32, i32)>,
{
    Ok(canvas.draw(element)?)
}
