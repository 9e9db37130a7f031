//! Tables of Section {{number}}.

use report::{Table, TableError, Tables};

use crate::experiment::params::Params;
use crate::experiment::runs::{Outcome, Run};

/// All tables from the run results.
///
/// # Errors
/// When columns do not fit together.
pub fn tables(_: &Params, outcomes: &[(Run, Outcome)]) -> Result<Tables, TableError> {
    let layers = outcomes.iter().flat_map(|(run, cosines)| (0u64..).zip(cosines).map(move |of| (run, of)));
    let table = Table::of("cosines", &layers.collect::<Vec<_>>())
        .number("input_cosine", |(run, _)| run.input_cosine)
        .count("layer", |(_, (layer, _))| *layer)
        .number("cosine", |(_, (_, cosine))| **cosine)
        .table()?;
    Tables::of([table])
}
