//! What Section {{number}} computes. Every file of this folder is part of the keys of its runs.

pub mod params;
pub mod runs;

use experiment::{Context, Experiment, ExperimentError};

/// The experiments of Section {{number}}.
pub struct {{type}};

impl Experiment for {{type}} {
    type Params = params::Params;
    type Run = runs::Run;
    type Outcome = runs::Outcome;

    fn runs(params: &params::Params) -> Vec<runs::Run> {
        runs::runs(params)
    }

    fn name(run: &runs::Run) -> String {
        run.name()
    }

    fn execute(
        run: &runs::Run,
        _: &Context,
        progress: &(dyn Fn(u64, u64) + Sync),
    ) -> Result<runs::Outcome, ExperimentError> {
        Ok(runs::execute(run, progress))
    }
}
