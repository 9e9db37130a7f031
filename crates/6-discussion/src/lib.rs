//! Section 6: always on or always off; ordered and chaotic regimes.
//!
//! Two remarks of the paper's discussion, made into measurements. In deep Kaiming networks a unit is either on for all
//! samples or off for all of them: the share of such units is counted, layer by layer, and held against an orthant
//! probability. And a flat gradient belongs to the ordered regime, an exploding one to the chaotic: the growth of a
//! perturbation is followed beside the growth of the gradient.

pub mod claims;
pub mod figures;
pub mod params;
pub mod runs;
pub mod tables;

use manuscript::figure::Figure;
use manuscript::{Context, Failure, Measurement, Profile, Section, TableError, Tables};

/// Section 6.
pub struct Discussion;

impl Section for Discussion {
    type Params = params::Params;
    type Run = runs::Run;
    type Outcome = runs::Outcome;

    const NUMBER: &'static str = "6";
    const NAME: &'static str = "discussion";
    const TITLE: &'static str = "always on or always off; regimes";
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
