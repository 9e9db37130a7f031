//! Section {{number}}: {{title}}.
//!
//! PLACEHOLDER: say in one paragraph what this section asks and how it answers. As made from the template it follows the
//! cosine map from correlated inputs, so that every room has something in it.

pub mod claims;
pub mod figures;
pub mod params;
pub mod runs;
pub mod tables;

use manuscript::figure::Figure;
use manuscript::{Context, Failure, Measurement, Profile, Section, TableError, Tables};

/// Section {{number}}.
pub struct {{type}};

impl Section for {{type}} {
    type Params = params::Params;
    type Run = runs::Run;
    type Outcome = runs::Outcome;

    const NUMBER: &'static str = "{{number}}";
    const NAME: &'static str = "{{name}}";
    const TITLE: &'static str = "{{title}}";
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
        run.name()
    }

    fn execute(run: &runs::Run, _: &Context, progress: &(dyn Fn(u64, u64) + Sync)) -> Result<runs::Outcome, Failure> {
        Ok(runs::execute(run, progress))
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
