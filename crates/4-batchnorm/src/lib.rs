//! Section 4: batch normalisation and exploding gradients.
//!
//! Batch normalisation, and biases and scales set from the data, keep the sample variance of every layer at one (Eq.
//! 12). What they pay is the factor 1/σ_s by which each layer is amplified, forward and backward: gradients explode.
//! This section draws the paper's Fig. 3 at its own size, fits the slopes, and follows what the paper leaves unstated:
//! how they depend on the size of the batch and on the layers that are fitted, and what samples outside the batch see.

pub mod claims;
pub mod figures;
pub mod fresh_samples;
pub mod params;
pub mod runs;
pub mod slope;
pub mod tables;

use manuscript::figure::Figure;
use manuscript::{Context, Failure, Measurement, Profile, Section, TableError, Tables};

/// Section 4.
pub struct BatchNorm;

impl Section for BatchNorm {
    type Params = params::Params;
    type Run = runs::Run;
    type Outcome = runs::Outcome;

    const NUMBER: &'static str = "4";
    const NAME: &'static str = "batchnorm";
    const TITLE: &'static str = "batch normalisation and exploding gradients";
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
