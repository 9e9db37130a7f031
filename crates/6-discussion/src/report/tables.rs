//! Tables of Section 6: averages over networks with their standard errors, and the infinite-width predictions beside them.

mod regimes;
mod signs;
mod units;

use ensemble::{Config, Normalisation};
use report::{Estimate, Protocol, Table, TableError, Tables};

use crate::experiment::params::Params;
use crate::experiment::runs::{Growth, Outcome, Run, Signs};

/// A signs run.
pub(crate) struct SignsRan<'a> {
    pub(crate) ran: &'a Config,
    pub(crate) networks: &'a [Signs],
}

/// A regime run.
pub(crate) struct RegimeRan<'a> {
    pub(crate) ran: &'a Config,
    pub(crate) perturbed: usize,
    pub(crate) networks: &'a [Growth],
}

/// All tables from the run results. The first signs run is the main one, under Kaiming initialisation if there is one:
/// others have other settings or widths.
pub fn tables(_: &Params, outcomes: &[(Run, Outcome)]) -> Result<Tables, TableError> {
    let (mut signs, mut narrow, mut regimes) = (Vec::new(), Vec::new(), Vec::new());
    for (_, outcome) in outcomes {
        match outcome {
            Outcome::Signs { ran, networks } => signs.push(SignsRan { ran, networks }),
            Outcome::Narrow { ran, networks } => narrow.push((ran, &networks[..])),
            Outcome::Regime { ran, perturbed, networks } => {
                regimes.push(RegimeRan { ran, perturbed: *perturbed, networks })
            }
        }
    }
    let kaiming = signs.iter().find(|run| is_kaiming(run.ran));
    let Some(main) = kaiming.or(signs.first()).map(|run| run.ran) else {
        return Err(TableError::Content("no run counted signs".to_owned()));
    };
    let tables = Tables::of([
        signs::signs(&signs)?,
        signs::steps(&signs, main)?,
        signs::against_samples(main)?,
        signs::narrow(&narrow)?,
        signs::gaps(&signs, main)?,
        signs::gap_steps(&signs, main)?,
        units::large_means(&signs)?,
        units::nearly_linear(&signs)?,
        units::unit_steps(&signs, main)?,
        regimes::layers(&regimes)?,
        regimes::growth(&regimes)?,
        protocol(main, &signs, &regimes)?,
    ])?;
    let summary = signs::summary(&tables, main)?;
    tables.and(summary)
}

/// The mean over networks of a number that each network has.
pub(crate) fn over<N>(networks: &[N], number: impl Fn(&N) -> f64) -> Estimate {
    Estimate::mean_of(&networks.iter().map(number).collect::<Vec<_>>())
}

/// The name of a setting that the tables share.
pub(crate) fn is_kaiming(ran: &Config) -> bool {
    ran.normalisation == Normalisation::Kaiming
}

/// What ran, read back from the descriptions.
fn protocol(main: &Config, signs: &[SignsRan], regimes: &[RegimeRan]) -> Result<Table, TableError> {
    let settings = signs.iter().filter(|run| run.ran.width == main.width);
    let regime = |number: fn(&RegimeRan) -> usize| {
        regimes.first().map_or(String::new(), |run| number(run).to_string())
    };
    let rows = [
        ("width", main.width.to_string()),
        ("networks", main.networks.to_string()),
        ("depth", main.depth.to_string()),
        ("samples", main.samples.to_string()),
        ("settings", Protocol::list(settings.map(|run| run.ran.normalisation))),
        ("inputs", main.inputs.to_string()),
        ("engine", main.engine.to_string()),
        ("regime_samples", regime(|run| run.ran.samples)),
        ("perturbed", regime(|run| run.perturbed)),
    ];
    Protocol::table(&rows)
}
