//! Section 3.3: ALL-CNN-C and U-Net at initialisation.
//!
//! The ratio of sample mean to sample standard deviation (Eq. 9) in every layer of two real networks on real images, as
//! in the middle and right parts of Fig. 2, and the same with one part of each network taken out: the part that the
//! paper holds responsible for what its figure shows.

pub mod architecture;
pub mod claims;
pub mod figures;
pub mod params;
pub mod runs;
pub mod tables;

use std::path::Path;

use manuscript::figure::Figure;
use manuscript::{Context, Failure, Inputs, Measurement, Profile, Section, TableError, Tables};

/// Section 3.3.
pub struct ConvNets;

impl Section for ConvNets {
    type Params = params::Params;
    type Run = runs::Run;
    type Outcome = runs::Outcome;

    const NUMBER: &'static str = "3.3";
    const NAME: &'static str = "convnets";
    const TITLE: &'static str = "ALL-CNN-C and U-Net at initialisation";
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
        runs::runs(params).iter().try_for_each(runs::check)
    }

    fn inputs(params: &params::Params, data: Option<&Path>) -> Result<Inputs, Failure> {
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
    ) -> Result<runs::Outcome, Failure> {
        runs::execute(run, context.seed, context.data.as_deref(), progress)
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
