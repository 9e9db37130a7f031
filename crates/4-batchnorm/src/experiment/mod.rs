//! What Section 4 computes. Every file of this folder is part of the keys of its runs.

pub mod fresh_samples;
pub mod params;
pub mod runs;

use experiment::{Context, Experiment, ExperimentError};

/// The experiments of Section 4.
pub struct BatchNorm;

impl Experiment for BatchNorm {
    type Params = params::Params;
    type Run = runs::Run;
    type Outcome = runs::Outcome;

    fn check(params: &params::Params) -> Result<(), ExperimentError> {
        params.check()?;
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
