//! What Section 3.2 computes. Every file of this folder is part of the keys of its runs.

pub mod params;
pub mod runs;

use experiment::{Context, Experiment, ExperimentError};

/// The experiments of Section 3.2.
pub struct Simulation;

impl Experiment for Simulation {
    type Params = params::Params;
    type Run = runs::Run;
    type Outcome = runs::Outcome;

    fn check(params: &params::Params) -> Result<(), ExperimentError> {
        params.check()?;
        runs::runs(params).iter().try_for_each(runs::check)
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
