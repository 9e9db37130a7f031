//! Section 3.4: why the sample variance decays.
//!
//! A feedforward ReLU network does two things in turn: it multiplies by a random matrix, and it rectifies. The first
//! leaves the ratio of squared sample mean to sample variance as it is, on average (Eq. 10). The second raises means and
//! lowers second moments (Eq. 11), as long as there is something below zero to cut off. This section takes the two
//! steps apart: Eq. 10 with sets of vectors of several kinds, Eq. 11 with one-dimensional laws by quadrature, and both
//! steps one after the other through the layers of a deep network.

pub mod claims;
pub mod figures;
pub mod laws;
pub mod matrices;
pub mod params;
pub mod relu;
pub mod runs;
pub mod steps;
pub mod tables;
pub mod vectors;

use manuscript::figure::Figure;
use manuscript::{Context, Failure, Measurement, Profile, Section, TableError, Tables};

/// Section 3.4.
pub struct Mechanism;

impl Section for Mechanism {
    type Params = params::Params;
    type Run = runs::Run;
    type Outcome = runs::Outcome;

    const NUMBER: &'static str = "3.4";
    const NAME: &'static str = "mechanism";
    const TITLE: &'static str = "why the sample variance decays";
    const PARAMETERS: &'static [(&'static str, &'static str)] = params::PARAMETERS;

    fn params(profile: Profile) -> params::Params {
        match profile {
            Profile::Smoke => params::SMOKE,
            Profile::Quick => params::QUICK,
            Profile::Paper => params::PAPER,
        }
    }

    fn check(params: &params::Params) -> Result<(), String> {
        runs::runs(params).iter().try_for_each(|run| runs::check(run).map_err(|why| why.to_string()))
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
    ) -> Result<runs::Outcome, Failure> {
        runs::execute(run, context.seed, progress)
    }

    fn tables(_: &params::Params, outcomes: &[(runs::Run, runs::Outcome)]) -> Result<Tables, TableError> {
        tables::tables(outcomes)
    }

    fn figures(tables: &Tables) -> Result<Vec<Figure>, TableError> {
        figures::figures(tables)
    }

    fn claims(tables: &Tables) -> Result<Vec<Measurement>, TableError> {
        claims::claims(tables)
    }
}
