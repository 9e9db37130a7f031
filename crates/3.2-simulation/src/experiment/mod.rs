//! What Section 3.2 computes. Every file of this folder is part of the keys of its runs.

pub mod params;
pub mod runs;

use std::collections::BTreeSet;

use experiment::{Context, Experiment, ExperimentError, Profile};

/// The experiments of Section 3.2.
pub struct Simulation;

impl Experiment for Simulation {
    type Params = params::Params;
    type Run = runs::Run;
    type Outcome = runs::Outcome;

    const PARAMETERS: &'static [(&'static str, &'static str)] = params::PARAMETERS;

    fn params(profile: Profile) -> params::Params {
        match profile {
            Profile::Smoke => params::smoke(),
            Profile::Quick => params::quick(),
            Profile::Paper => params::paper(),
        }
    }

    fn check(params: &params::Params) -> Result<(), String> {
        params.check()?;
        let runs = runs::runs(params);
        let names: BTreeSet<String> = runs.iter().map(runs::Run::name).collect();
        if names.len() < runs.len() {
            return Err("a list names the same width or gamma twice".to_owned());
        }
        runs.iter().try_for_each(runs::check)
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
        runs::execute(run, context.seed, progress)
    }
}
