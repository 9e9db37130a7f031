//! Tables of Section {{number}}.

use report::{Table, TableError, Tables};

use crate::experiment::params::Params;
use crate::experiment::runs::{Outcome, Run};

/// All tables from the run results.
///
/// # Errors
/// When columns do not fit together.
pub fn tables(_: &Params, outcomes: &[(Run, Outcome)]) -> Result<Tables, TableError> {
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
