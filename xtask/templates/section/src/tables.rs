//! Tables of Section {{number}}.

use manuscript::{Table, TableError, Tables};

use crate::runs::{Outcome, Run};

/// All tables from the run results.
///
/// # Errors
/// When columns do not fit together.
pub fn tables(outcomes: &[(Run, Outcome)]) -> Result<Tables, TableError> {
    let rows: Vec<(f64, u64, f64)> = outcomes
        .iter()
        .flat_map(|(run, cosines)| (0..).zip(cosines).map(|(layer, &cosine)| (run.input_cosine, layer, cosine)))
        .collect();
    let table = Table::new("cosines")
        .numbers("input_cosine", rows.iter().map(|row| row.0))?
        .counts("layer", rows.iter().map(|row| row.1))?
        .numbers("cosine", rows.iter().map(|row| row.2))?;
    Tables::of([table])
}
