//! Tables of Section 3.3: the ratio of Eq. 9 layer by layer, over initialisations and for each of them, with the
//! prediction for wide fully connected networks and as many samples beside it.

mod averaged;
mod pooling;
mod protocol;
mod ratio;
mod summary;
mod variance;

use datasets::Source;
use report::{TableError, Tables};
use statistics::Summary;

use crate::experiment::architecture::{Architecture, Variant};
use crate::experiment::params::Params;
use crate::experiment::runs::{Built, Curve, Outcome, Run};

/// All initialisations of one variant of one network.
pub(crate) struct Series<'a> {
    pub(crate) network: Architecture,
    pub(crate) variant: Variant,
    pub(crate) run: &'a Run,
    pub(crate) source: Source,
    pub(crate) built: &'a Built,
    /// Those that the figure shows.
    pub(crate) curves: Vec<&'a Curve>,
    /// Those and further ones.
    pub(crate) all: Vec<&'a Curve>,
}

/// All tables from the run results.
pub fn tables(params: &Params, outcomes: &[(Run, Outcome)]) -> Result<Tables, TableError> {
    let mut all = Vec::new();
    for &network in &params.networks {
        for &variant in network.variants() {
            all.push(series(network, variant, params.initialisations_of(network), outcomes)?);
        }
    }
    let ratio = ratio::ratio(&all)?;
    let (above, summary) = (ratio::above(&ratio)?, summary::summary(&ratio)?);
    let others = [
        ratio::each(&all)?,
        ratio::prediction(&all)?,
        averaged::averaged(&all)?,
        pooling::pooling(&all)?,
        variance::variance(&all)?,
        variance::variance_steps(&all)?,
        variance::scaling(&all)?,
        protocol::protocol(&all)?,
        above,
        summary,
    ];
    Tables::of([ratio].into_iter().chain(others))
}

/// The initialisations of a variant, in order, from the runs that they were divided into; the figure shows the first.
fn series<'a>(
    network: Architecture,
    variant: Variant,
    shown: u64,
    outcomes: &'a [(Run, Outcome)],
) -> Result<Series<'a>, TableError> {
    let runs: Vec<&(Run, Outcome)> = outcomes.iter().filter(|(run, _)| run.network == network).collect();
    let Some((run, outcome)) = runs.first() else {
        return Err(TableError::Content(format!("no run of {network}, {variant}")));
    };
    if runs.iter().any(|(_, other)| (&other.built, other.source) != (&outcome.built, outcome.source)) {
        return Err(TableError::Content(format!("runs of {network}, {variant} differ in network or images")));
    }
    let of_variant = |curve: &&Curve| curve.variant == variant;
    let mut all: Vec<&Curve> =
        runs.iter().flat_map(|(_, outcome)| outcome.curves.iter().filter(of_variant)).collect();
    all.sort_by_key(|curve| curve.initialisation);
    let curves = all.iter().copied().filter(|curve| curve.initialisation < shown).collect();
    Ok(Series { network, variant, run, source: outcome.source, built: &outcome.built, curves, all })
}

/// Mean and spread of the values that are numbers. A network whose layer gives zero for every image has no ratio.
pub(crate) fn over_initialisations(values: impl Iterator<Item = f64>) -> Summary {
    Summary::of(&values.filter(|value| value.is_finite()).collect::<Vec<_>>())
}
