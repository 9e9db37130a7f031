//! What Section 5 computes. Every file of this folder is part of the keys of its runs.

pub mod checkpoint;
pub mod choices;
pub mod curve;
pub mod minibatches;
pub mod params;
pub mod runs;
pub mod search;
pub mod settings;
pub mod trainer;
pub mod work;

use std::path::Path;

use experiment::{Context, Device, Experiment, ExperimentError, Inputs, Throughput};

/// The experiments of Section 5.
pub struct Training;

impl Experiment for Training {
    type Params = params::Params;
    type Run = runs::Run;
    type Outcome = runs::Outcome;

    const SWEEP: bool = true;
    fn check(params: &params::Params) -> Result<(), ExperimentError> {
        params.check()?;
        runs::check(params)
    }

    fn inputs(params: &params::Params, data: Option<&Path>) -> Result<Inputs, ExperimentError> {
        let found = runs::inputs(params, data)?.into_iter();
        Ok(found.map(|(name, content)| (name.to_owned(), content)).collect())
    }

    fn runs(params: &params::Params) -> Vec<runs::Run> {
        runs::runs(params)
    }

    fn device(asked: Device) -> Device {
        asked
    }

    fn further(params: &params::Params, outcomes: &[(runs::Run, runs::Outcome)]) -> Vec<runs::Run> {
        search::further(params, outcomes)
    }

    fn work(run: &runs::Run) -> u64 {
        work::of(run)
    }

    fn work_ahead(params: &params::Params) -> u64 {
        work::ahead(params)
    }

    fn side_by_side(device: Device, threads: usize) -> usize {
        match device {
            Device::Cpu => runs::side_by_side(threads),
            // A card's memory holds one of the paper's networks for certain, and one keeps it busy.
            Device::Cuda => 1,
        }
    }

    fn name(run: &runs::Run) -> String {
        run.name()
    }

    fn execute(
        run: &runs::Run,
        context: &Context,
        progress: &(dyn Fn(u64, u64) + Sync),
    ) -> Result<runs::Outcome, ExperimentError> {
        runs::execute(run, context, progress)
    }

    fn throughput(run: &runs::Run, outcome: &runs::Outcome) -> Option<Throughput> {
        let images = (outcome.losses.len() * run.batch) as f64;
        let per_second = images / outcome.seconds;
        (images > 0.0).then(|| Throughput { per_second, of: "images".to_owned() })
    }
}
