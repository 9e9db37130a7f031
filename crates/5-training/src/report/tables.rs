//! Tables of Section 5.
//!
//! - `runs`: every run, with what was read off its curve.
//! - `losses`: the loss curve of every run, in bins.
//! - `rates`: every learning rate, and which was chosen.
//! - `curves`: loss against iteration in bins at every rate that has a curve, mean and standard deviation over seeds.
//! - `pairs`, `panels`: scale and scale+bias compared, seed by seed and over seeds, each at its chosen rate.
//! - `findings`: how long the runs of a panel are, and how far they came.
//! - `sensitivity`: the same with a choice of ours made differently.
//! - `starts`: pre-activations after initialisation, on the minibatches it measured.
//! - `ratios`, `distances`: r of every layer along training, and how far apart the two initialisations are in it.
//! - `protocol`, `choices`: the settings that ran, and those that the original does not state.

mod curves;
mod findings;
mod pairs;
mod protocol;
mod rates;
mod ratios;
mod sensitivity;
mod times;

use report::{TableError, Tables};

use crate::experiment::choices::Part;
use crate::experiment::params::Params;
use crate::experiment::runs::{Outcome, Run};
use crate::experiment::search::Results;

/// All tables from the outcomes of the runs.
pub fn tables(params: &Params, outcomes: &[(Run, Outcome)]) -> Result<Tables, TableError> {
    let results = Results { outcomes };
    let of_panel = |panel| results.chosen(panel, Part::Curve);
    let chosen = results.panels().into_iter().flat_map(of_panel).collect::<Vec<_>>();
    Tables::of([
        rates::runs(&results)?,
        curves::losses(&results)?,
        rates::rates(&results)?,
        curves::curves(&results, &chosen)?,
        pairs::pairs(&results, &chosen)?,
        pairs::panels(&results, &chosen)?,
        findings::findings(&results, &chosen)?,
        sensitivity::sensitivity(&results)?,
        ratios::starts(&results)?,
        ratios::ratios(&results, &chosen)?,
        ratios::distances(&results, &chosen)?,
        protocol::protocol(params, &results)?,
        protocol::choices(params)?,
    ])
}
