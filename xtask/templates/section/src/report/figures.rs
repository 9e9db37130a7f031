//! Figures of Section {{number}}.

use report::figure::{Axis, Colour, Figure, Panel};
use report::{TableError, Tables};

/// All figures from the tables.
///
/// # Errors
/// When a table or column is missing.
pub fn figures(tables: &Tables) -> Result<Vec<Figure>, TableError> {
    let mut panel = Panel::new(Axis::linear("layer l"), Axis::linear("cosine similarity c"));
    for (index, (input, rows)) in tables.get("cosines")?.by("input_cosine")?.iter().enumerate() {
        let points = rows.points("layer", "cosine")?;
        panel = panel.line(&format!("inputs at {input}"), Colour::Kind(index), points);
    }
    Ok(vec![Figure::new("cosines", [panel])])
}
