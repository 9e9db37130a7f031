//! What Section 3.3 computes. Every file of this folder is part of the keys of its runs.

pub mod architecture;
pub mod params;
pub mod runs;

use std::path::Path;

use experiment::{Context, Experiment, ExperimentError, Inputs};

/// The experiments of Section 3.3.
pub struct ConvNets;

impl Experiment for ConvNets {
    type Params = params::Params;
    type Run = runs::Run;
    type Outcome = runs::Outcome;

    fn check(params: &params::Params) -> Result<(), ExperimentError> {
        params.check()?;
        runs::runs(params).iter().try_for_each(runs::check)
    }

    fn inputs(params: &params::Params, data: Option<&Path>) -> Result<Inputs, ExperimentError> {
        runs::inputs(params, data)
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
        runs::execute(run, &context.seeds, context.data.as_deref(), progress)
    }
}
