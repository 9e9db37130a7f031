//! What Section 3.4 computes. Every file of this folder is part of the keys of its runs.

pub mod laws;
pub mod matrices;
pub mod params;
pub mod relu;
pub mod runs;
pub mod steps;
pub mod vectors;

use experiment::{Context, Experiment, ExperimentError};

/// The experiments of Section 3.4.
pub struct Mechanism;

impl Experiment for Mechanism {
    type Params = params::Params;
    type Run = runs::Run;
    type Outcome = runs::Outcome;

    fn check(params: &params::Params) -> Result<(), ExperimentError> {
        runs::runs(params).iter().try_for_each(runs::check)
    }

    fn runs(params: &params::Params) -> Vec<runs::Run> {
        runs::runs(params)
    }

    fn name(run: &runs::Run) -> String {
        run.name().to_owned()
    }

    fn execute(
        run: &runs::Run,
        context: &Context,
        progress: &(dyn Fn(u64, u64) + Sync),
    ) -> Result<runs::Outcome, ExperimentError> {
        runs::execute(run, &context.seeds, progress)
    }
}
