//! Panels and what is drawn in them.

use super::{Axis, Colour};

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dash {
    /// Through: what was measured.
    Solid,
    /// Dashed: what theory predicts.
    Dashed,
    /// Dotted: a guide for the eye.
    Dotted,
}

/// One thing drawn in a panel, in the order given.
#[derive(Debug, Clone)]
pub enum Mark {
    /// A line through points.
    Line {
        /// Its entry in the legend; marks of the same label share one.
        label: Option<String>,
        /// The points, in order.
        points: Vec<(f64, f64)>,
        /// Its colour.
        colour: Colour,
        /// How it is drawn.
        dash: Dash,
    },
    /// A band between two curves, such as mean plus and minus a standard deviation.
    Band {
        /// x, lower y, upper y.
        points: Vec<(f64, f64, f64)>,
        /// Its colour, drawn translucent.
        colour: Colour,
    },
    /// Dots at points.
    Dots {
        /// Their entry in the legend.
        label: Option<String>,
        /// The points.
        points: Vec<(f64, f64)>,
        /// Their colour.
        colour: Colour,
    },
    /// Columns from zero, such as a histogram's.
    Columns {
        /// Their entry in the legend.
        label: Option<String>,
        /// Left edge, right edge, height.
        columns: Vec<(f64, f64, f64)>,
        /// Their colour.
        colour: Colour,
    },
}

impl Mark {
    /// Every (x, y) that must fit in the panel.
    pub(super) fn extent(&self) -> Vec<(f64, f64)> {
        match self {
            Self::Line { points, .. } | Self::Dots { points, .. } => points.clone(),
            Self::Band { points, .. } => {
                points.iter().flat_map(|&(x, low, high)| [(x, low), (x, high)]).collect()
            }
            Self::Columns { columns, .. } => {
                columns.iter().flat_map(|&(left, right, height)| [(left, 0.0), (right, height)]).collect()
            }
        }
    }
}

/// A panel of a figure.
#[derive(Debug, Clone)]
pub struct Panel {
    pub(super) title: Option<String>,
    pub(super) x: Axis,
    pub(super) y: Axis,
    pub(super) marks: Vec<Mark>,
}

impl Panel {
    /// An empty panel.
    pub fn new(x: Axis, y: Axis) -> Self {
        Self { title: None, x, y, marks: Vec::new() }
    }

    /// Adds a title, set above the panel.
    pub fn title(mut self, title: &str) -> Self {
        self.title = Some(title.to_owned());
        self
    }

    /// Adds a solid line with an entry in the legend.
    pub fn line(self, label: &str, colour: Colour, points: Vec<(f64, f64)>) -> Self {
        self.mark(Mark::Line { label: Some(label.to_owned()), points, colour, dash: Dash::Solid })
    }

    /// Adds a dashed line with an entry in the legend: a prediction.
    pub fn prediction(self, label: &str, colour: Colour, points: Vec<(f64, f64)>) -> Self {
        self.mark(Mark::Line { label: Some(label.to_owned()), points, colour, dash: Dash::Dashed })
    }

    /// Adds a dotted grey line without an entry in the legend: a guide.
    pub fn guide(self, points: Vec<(f64, f64)>) -> Self {
        self.mark(Mark::Line { label: None, points, colour: Colour::Grey, dash: Dash::Dotted })
    }

    /// Adds a band.
    pub fn band(self, colour: Colour, points: Vec<(f64, f64, f64)>) -> Self {
        self.mark(Mark::Band { points, colour })
    }

    /// Adds dots with an entry in the legend.
    pub fn dots(self, label: &str, colour: Colour, points: Vec<(f64, f64)>) -> Self {
        self.mark(Mark::Dots { label: Some(label.to_owned()), points, colour })
    }

    /// Adds columns without an entry in the legend.
    pub fn columns(self, colour: Colour, columns: Vec<(f64, f64, f64)>) -> Self {
        self.mark(Mark::Columns { label: None, columns, colour })
    }

    /// Adds any mark.
    pub fn mark(mut self, mark: Mark) -> Self {
        self.marks.push(mark);
        self
    }
}

/// A rectangle of the page, in points.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

/// A panel's plotting area with its axes' spans.
pub(super) struct Frame<'a> {
    pub(super) place: Place,
    pub(super) panel: &'a Panel,
    pub(super) x: (f64, f64),
    pub(super) y: (f64, f64),
}
