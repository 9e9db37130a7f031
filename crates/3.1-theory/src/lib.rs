//! Section 3.1: the cosine map K and its limits.
//!
//! In infinite width the cosine similarity of two samples goes from layer to layer by a fixed map K (Eq. 7). This
//! section computes K by three independent routes, iterates it to the curves of sample mean and sample variance (Eq. 8,
//! Fig. 1 left), and follows the decay far enough to see that it is slower than any exponential and at which rate it
//! goes. What other sections need of K lives in the crate `mean-field`; here it is put to the test.

pub mod claims;
pub mod figures;
pub mod params;
pub mod runs;
pub mod tables;

use manuscript::figure::Figure;
use manuscript::{Context, Failure, Measurement, Profile, Section, TableError, Tables};

/// Section 3.1.
pub struct Theory;

impl Section for Theory {
    type Params = params::Params;
    type Run = runs::Run;
    type Outcome = runs::Outcome;

    const NUMBER: &'static str = "3.1";
    const NAME: &'static str = "theory";
    const TITLE: &'static str = "the cosine map K and its limits";
    const PARAMETERS: &'static [(&'static str, &'static str)] = params::PARAMETERS;

    fn params(profile: Profile) -> params::Params {
        match profile {
            Profile::Smoke => params::SMOKE,
            Profile::Quick | Profile::Paper => params::FULL,
        }
    }

    fn runs(params: &params::Params) -> Vec<runs::Run> {
        runs::runs(params)
    }

    fn name(run: &runs::Run) -> String {
        run.name().to_owned()
    }

    fn execute(
        run: &runs::Run,
        _: &Context,
        progress: &(dyn Fn(u64, u64) + Sync),
    ) -> Result<runs::Outcome, Failure> {
        Ok(runs::execute(run, progress))
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
