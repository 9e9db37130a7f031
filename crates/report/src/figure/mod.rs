//! Figures: a section says what a figure shows, and one drawing routine gives them all the same look.
//!
//! A [`Figure`] is one row of [`Panel`]s; a panel has two [`Axis`] and a list of marks, drawn in order. Colours are those
//! of Okabe and Ito, which colour-blind readers can tell apart; graded quantities such as widths take one hue from light
//! to dark. The legend stands above the panels, off the data.

mod axis;
mod colour;
mod draw;
mod legend;
mod panel;
mod shown;

pub use axis::Axis;
pub use colour::Colour;
pub use draw::FigureError;
pub use panel::{Dash, Mark, Panel};

/// A figure: panels side by side under one legend.
#[derive(Debug, Clone)]
pub struct Figure {
    name: String,
    panels: Vec<Panel>,
    height: f64,
}

impl Figure {
    /// A figure with these panels, left to right. Its name is its file's.
    pub fn new(name: &str, panels: impl IntoIterator<Item = Panel>) -> Self {
        Self { name: name.to_owned(), panels: panels.into_iter().collect(), height: 200.0 }
    }

    /// Sets the height of the panels, in points; the figure is a column of the printed
    /// page wide for one panel, both columns for more.
    pub fn height(mut self, points: f64) -> Self {
        self.height = points;
        self
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Draws it as SVG.
    ///
    /// # Errors
    /// [`FigureError`], naming the figure.
    pub fn draw(&self) -> Result<String, FigureError> {
        draw::figure(&self.name, &self.panels, self.height)
    }
}
