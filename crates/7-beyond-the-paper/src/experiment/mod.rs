//! What Section 7 computes. Every file of this folder is part of the keys of its runs.

pub mod map;
pub mod observed;
pub mod params;
pub mod runs;

use experiment::{Context, Experiment, ExperimentError};

/// The experiments of Section 7.
pub struct BeyondThePaper;

impl Experiment for BeyondThePaper {
    type Params = params::Params;
    type Run = runs::Run;
    type Outcome = runs::Outcome;

    fn check(params: &params::Params) -> Result<(), ExperimentError> {
        runs::check(params)
    }

    fn runs(params: &params::Params) -> Vec<runs::Run> {
        runs::runs(params)
    }

    fn name(run: &runs::Run) -> String {
        run.name()
    }

    fn execute(
        run: &runs::Run,
        context: &Context,
        progress: &(dyn Fn(u64, u64) + Sync),
    ) -> Result<runs::Outcome, ExperimentError> {
        runs::execute(run, &context.seeds, progress)
    }
}
