//! Section 5: the three initialisations in training.
//!
//! ALL-CNN-C on CIFAR-10 and U-Net on ISBI 2012, each trained by momentum SGD and by Adam, from scale initialisation
//! (Eq. 13), from scale+bias initialisation (Eq. 14), and with batch normalisation, as in Fig. 4. Seeds are replicates:
//! runs that differ in their initialisation alone start from the same random numbers and see the same minibatches.

pub mod checkpoint;
pub mod choices;
pub mod claims;
pub mod curve;
pub mod figures;
pub mod minibatches;
pub mod params;
pub mod runs;
pub mod search;
pub mod seeds;
pub mod settings;
pub mod tables;
pub mod trainer;
pub mod work;

use std::path::Path;

use manuscript::figure::Figure;
use manuscript::{
    Context, Device, Failure, Inputs, Measurement, Profile, Section, TableError, Tables, Throughput,
};

/// Section 5.
pub struct Training;

impl Section for Training {
    type Params = params::Params;
    type Run = runs::Run;
    type Outcome = runs::Outcome;

    const NUMBER: &'static str = "5";
    const NAME: &'static str = "training";
    const TITLE: &'static str = "the three initialisations in training";
    const SWEEP: bool = true;
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
        runs::check(params)
    }

    fn inputs(params: &params::Params, data: Option<&Path>) -> Result<Inputs, Failure> {
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
    ) -> Result<runs::Outcome, Failure> {
        let given = runs::Given {
            seed: context.seed,
            folder: context.data.as_deref(),
            scratch: context.scratch.as_deref(),
            warn: context.warn,
            device: context.device,
            say: &|words| context.standing.say(words),
        };
        runs::execute(run, &given, progress)
    }

    fn throughput(run: &runs::Run, outcome: &runs::Outcome) -> Option<Throughput> {
        let images = (outcome.losses.len() * run.batch) as f64;
        Some(Throughput { per_second: images / outcome.seconds, of: "images".to_owned() })
    }

    fn tables(
        params: &params::Params,
        outcomes: &[(runs::Run, runs::Outcome)],
    ) -> Result<Tables, TableError> {
        tables::tables(params, outcomes)
    }

    fn figures(tables: &Tables) -> Result<Vec<Figure>, TableError> {
        figures::figures(tables)
    }

    fn claims(tables: &Tables) -> Result<Vec<Measurement>, TableError> {
        claims::claims(tables)
    }
}
