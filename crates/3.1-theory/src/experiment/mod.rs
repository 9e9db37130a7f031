//! What Section 3.1 computes. Every file of this folder is part of the keys of its runs.

pub mod params;
pub mod runs;

use experiment::{Context, Experiment, ExperimentError};

/// The experiments of Section 3.1.
pub struct Theory;

impl Experiment for Theory {
    type Params = params::Params;
    type Run = runs::Run;
    type Outcome = runs::Outcome;

    fn runs(params: &params::Params) -> Vec<runs::Run> {
        runs::runs(params)
    }

    fn name(run: &runs::Run) -> String {
        run.name().to_owned()
    }

    fn execute(
        run: &runs::Run,
        _: &Context,
        progress: &(dyn Fn(u64, u64) + Sync),
    ) -> Result<runs::Outcome, ExperimentError> {
        Ok(runs::execute(run, progress))
    }
}
