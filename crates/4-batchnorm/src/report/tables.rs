//! Tables of Section 4: everything as an estimate over networks, with the infinite-width prediction for the same batch
//! beside it.

mod batch;
mod gradient;
mod ranges;
mod slopes;
mod summary;

use ensemble::{Config, Normalisation, Through};
use mean_field::batch_gradient::{self, log_mean_squares};
use report::{Protocol, Table, TableError, Tables};
use statistics::Moments;

use crate::experiment::params::Params;
use crate::experiment::runs::{Backward, LOSS, LOSS_WEIGHTS, Outcome, Run};

/// The ensembles of one kind of run: what ran, and its networks.
pub(crate) struct Ran<'a, N> {
    pub(crate) ran: &'a Config,
    pub(crate) networks: &'a [N],
}

/// One gradient run.
pub(crate) struct Curve<'a> {
    pub(crate) of: Ran<'a, Backward>,
    pub(crate) through: Through,
    /// Mean squares of ∂L/∂x^l: networks by layers 0 to L.
    pub(crate) gradients: Vec<Vec<f64>>,
    /// ln <(∂L/∂x^l)²> in infinite width, for l = 0, …, L.
    pub(crate) predicted: Vec<f64>,
}

/// Everything that ran, and how it is to be fitted.
pub(crate) struct Results<'a> {
    /// Layers left out of our fit at either end.
    pub(crate) margin: usize,
    /// The batch size of Fig. 3.
    pub(crate) samples: usize,
    pub(crate) curves: Vec<Curve<'a>>,
    /// Curves of Fig. 3 with more networks, for the bend of the line.
    pub(crate) lines: Vec<Curve<'a>>,
    pub(crate) fresh: Vec<Ran<'a, Vec<Moments>>>,
}

impl Results<'_> {
    /// The curves with the gradient through everything: the paper's.
    pub(crate) fn full(&self) -> impl Iterator<Item = &Curve<'_>> {
        self.curves.iter().filter(|curve| curve.through == Through::Full)
    }

    /// The panels of Fig. 3.
    pub(crate) fn main(&self) -> impl Iterator<Item = &Curve<'_>> {
        self.full().filter(|curve| curve.of.ran.samples == self.samples)
    }

    /// The curve of a setting in Fig. 3.
    pub(crate) fn main_of(&self, setting: Normalisation) -> Option<&Curve<'_>> {
        self.main().find(|curve| curve.of.ran.normalisation == setting)
    }
}

/// All tables from the run results.
pub fn tables(params: &Params, outcomes: &[(Run, Outcome)]) -> Result<Tables, TableError> {
    let results = results(params, outcomes)?;
    let tables = Tables::of([
        gradient::gradient(&results)?,
        slopes::slopes(&results)?,
        gradient::growth(&results)?,
        gradient::by_variance(&results)?,
        gradient::local_slopes(&results)?,
        gradient::halves(&results)?,
        slopes::choices(&results)?,
        slopes::against_batch(&results)?,
        slopes::reasonable(&results)?,
        slopes::detached(&results)?,
        batch::lengths(&results)?,
        batch::moments(&results)?,
        batch::sigma_s(&results)?,
        batch::sigma_s_limit(&results)?,
        batch::fresh(&results)?,
        batch::fresh_limit(&results)?,
        ensembles(&results)?,
        protocol(&results)?,
    ])?;
    let summary = summary::summary(&results, &tables)?;
    tables.and(summary)
}

fn results<'a>(params: &Params, outcomes: &'a [(Run, Outcome)]) -> Result<Results<'a>, TableError> {
    let (mut curves, mut lines, mut fresh) = (Vec::new(), Vec::new(), Vec::new());
    let is_line = |ran: &Config, through| {
        through == Through::Full
            && ran.samples == params.samples.size()
            && ran.networks > params.networks.size()
    };
    for (run, outcome) in outcomes {
        match (run, outcome) {
            (Run::Gradient { through, .. }, Outcome::Gradient { ran, networks }) => {
                let gradients = networks.iter().map(|network| network.gradient.clone()).collect();
                let predicted = predicted(ran, *through)?;
                let kind = if is_line(ran, *through) { &mut lines } else { &mut curves };
                kind.push(Curve { of: Ran { ran, networks }, through: *through, gradients, predicted });
            }
            (Run::Fresh { .. }, Outcome::Fresh { ran, networks }) => fresh.push(Ran { ran, networks }),
            _ => return Err(TableError::Content(format!("run {} has another run's outcome", run.name()))),
        }
    }
    Ok(Results { margin: params.fit_margin.size(), samples: params.samples.size(), curves, lines, fresh })
}

/// ln <(∂L/∂x^l)²> in infinite width.
fn predicted(ran: &Config, through: Through) -> Result<Vec<f64>, TableError> {
    use batch_gradient::{Normalisation as Of, Through as Path};
    let setting = match (ran.normalisation, through) {
        (Normalisation::Kaiming, _) => Of::Kaiming,
        (Normalisation::ScaleBias, _) => Of::ScaleBias,
        (Normalisation::BatchNorm, Through::Full) => Of::BatchNorm(Path::Full),
        (Normalisation::BatchNorm, Through::FixedDeviation) => Of::BatchNorm(Path::FixedDeviation),
        (Normalisation::BatchNorm, Through::FixedStatistics) => Of::BatchNorm(Path::FixedStatistics),
    };
    log_mean_squares(setting, ran.depth, ran.samples).map_err(TableError::content)
}

/// What ran, one row an ensemble.
fn ensembles(results: &Results) -> Result<Table, TableError> {
    let all: Vec<&Curve> = results.curves.iter().chain(&results.lines).collect();
    Table::of("ensembles", &all)
        .word("setting", |curve| curve.of.ran.normalisation)
        .word("through", |curve| curve.through)
        .count("width", |curve| curve.of.ran.width)
        .count("samples", |curve| curve.of.ran.samples)
        .count("networks", |curve| curve.of.ran.networks)
        .count("depth", |curve| curve.of.ran.depth)
        .word("engine", |curve| curve.of.ran.engine)
        .table()
}

/// The protocol of Fig. 3, read back from the descriptions that ran.
fn protocol(results: &Results) -> Result<Table, TableError> {
    let read = |of: &dyn Fn(&Config) -> String| Protocol::list(results.main().map(|curve| of(curve.of.ran)));
    let rows = [
        ("networks", read(&|ran| ran.networks.to_string())),
        ("depth", read(&|ran| ran.depth.to_string())),
        ("width", read(&|ran| ran.width.to_string())),
        ("settings", read(&|ran| ran.normalisation.to_string())),
        ("loss", LOSS.to_owned()),
        ("loss_weights", LOSS_WEIGHTS.to_owned()),
        ("samples", read(&|ran| ran.samples.to_string())),
        ("inputs", read(&|ran| ran.inputs.to_string())),
        ("fitted_layers", read(&|ran| format!("{} to {}", results.margin, ran.depth - results.margin))),
        ("engine", read(&|ran| ran.engine.to_string())),
    ];
    Protocol::table(&rows)
}
