//! Section 3.2: random networks of finite width.
//!
//! Networks as the paper drew them, from 30 to 3000 units wide, and far beyond: the ratio of sample mean to sample
//! standard deviation against depth (Eq. 9, Fig. 2 left), what it lacks of the infinite-width curve and how that goes
//! away with width, and the statements of Section 3.1 that a simulation can test (Eqs. 6 and 8, Fig. 1).

pub mod claims;
pub mod figures;
pub mod params;
pub mod runs;
pub mod tables;

use std::collections::BTreeSet;

use manuscript::figure::Figure;
use manuscript::{Context, Failure, Measurement, Profile, Section, TableError, Tables};

/// Section 3.2.
pub struct Simulation;

impl Section for Simulation {
    type Params = params::Params;
    type Run = runs::Run;
    type Outcome = runs::Outcome;

    const NUMBER: &'static str = "3.2";
    const NAME: &'static str = "simulation";
    const TITLE: &'static str = "random networks of finite width";
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
    ) -> Result<runs::Outcome, Failure> {
        runs::execute(run, context.seed, progress)
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
