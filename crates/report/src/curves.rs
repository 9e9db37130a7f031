//! Curves from tables: what most panels are made of.

use crate::figure::{Colour, Dash, Mark, Panel};
use crate::{Table, TableError};

impl Table {
    /// The rows of each word of a column, with its colour in a scale from the first to the last.
    ///
    /// # Errors
    /// When there is no such column.
    pub fn steps(&self, column: &str) -> Result<Vec<(String, Self, Colour)>, TableError> {
        let groups = self.by(column)?;
        let many = groups.len();
        let of = |(step, (word, rows))| (word, rows, Colour::Step(step, many));
        Ok(groups.into_iter().enumerate().map(of).collect())
    }
}

impl Panel {
    /// Adds a line through values with a band of their errors, and an entry in the legend.
    ///
    /// # Errors
    /// When a column is missing or holds words.
    pub fn curve(
        self,
        label: &str,
        colour: Colour,
        rows: &Table,
        [x, y, error]: [&str; 3],
    ) -> Result<Self, TableError> {
        Ok(self.band(colour, rows.band(x, [y, error])?).line(label, colour, rows.points(x, y)?))
    }

    /// Adds a solid line without an entry in the legend.
    pub fn unlabelled(self, colour: Colour, points: Vec<(f64, f64)>) -> Self {
        self.mark(Mark::Line { label: None, points, colour, dash: Dash::Solid })
    }

    /// Adds a line with an entry in the legend, drawn in any way.
    pub fn dashed(self, label: &str, colour: Colour, dash: Dash, points: Vec<(f64, f64)>) -> Self {
        self.mark(Mark::Line { label: Some(label.to_owned()), points, colour, dash })
    }
}
