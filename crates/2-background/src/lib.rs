//! Section 2: total and sample statistics.
//!
//! Kaiming initialisation keeps the variance of a pre-activation over samples and networks together at 2 in every layer
//! (Eq. 3), whatever the inputs are, as long as their mean square is 1. That variance is the sum of two parts (Eqs. 4
//! and 5): the variance over the samples of one network, and the square of the sample mean, which differs from network
//! to network. This section measures all of them, each from samples of its own, for four laws of the inputs and several
//! widths, to the depth at which the average over networks still decides anything.

pub mod claims;
pub mod figures;
pub mod groups;
pub mod params;
pub mod runs;
pub mod tables;

use manuscript::figure::Figure;
use manuscript::{Context, Failure, Measurement, Profile, Section, TableError, Tables};

/// Section 2.
pub struct Background;

impl Section for Background {
    type Params = params::Params;
    type Run = runs::Run;
    type Outcome = runs::Outcome;

    const NUMBER: &'static str = "2";
    const NAME: &'static str = "background";
    const TITLE: &'static str = "total and sample statistics";
    const PARAMETERS: &'static [(&'static str, &'static str)] = params::PARAMETERS;

    fn params(profile: Profile) -> params::Params {
        match profile {
            Profile::Smoke => params::smoke(),
            Profile::Quick => params::quick(),
            Profile::Paper => params::paper(),
        }
    }

    fn check(params: &params::Params) -> Result<(), String> {
        params::check(params)?;
        runs::runs(params)
            .iter()
            .try_for_each(|run| runs::check(run).map_err(|why| format!("{}: {why}", run.name())))
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
