//! Runs of Section 3.2: ensembles of networks, one width each.

mod averaging;
mod control;
mod distribution;
mod finite_width;
mod gamma;

use ensemble::{Config, ConfigError, Engine, Ensemble, Observables, Record};
use experiment::{Context, Count, Device, Experiment, ExperimentError, RunRefused};
use serde::{Deserialize, Serialize};

use crate::experiment::params::{AVERAGING_DEPTH, EARLY_DEPTH, GAMMA_DEPTH, Networks, Params, Width};

pub use averaging::{Averaging, AveragingRow, InputCosines};
pub use distribution::Distribution;
pub use finite_width::{FiniteWidth, LayerRow};
pub use gamma::Growth;

/// Where the ensemble did not observe what it was asked for.
const MISSING: &str = "the ensemble did not observe what was asked for";

/// One run: an ensemble, but for its seed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Run {
    /// Fig. 2 left, one width: the same inputs for all networks, as in the paper.
    Protocol(Config),
    /// One width of Fig. 2 again, by the engine that [`Run::Protocol`] did not use.
    OtherEngine(Config),
    /// More networks, of a few layers, each with its own inputs.
    Early(Config),
    /// A width beyond the paper's, each network with its own inputs.
    Ladder(Config),
    /// Given samples through many networks.
    Averaging(Config),
    /// Cosines of inputs.
    Inputs {
        /// Networks of which the inputs alone are looked at.
        sets: Config,
        /// Iterations of the map.
        depth: u64,
    },
    /// Weights of variance γ·2/n.
    Gamma(Config),
    /// Pre-activations of single units and pooled.
    Distributions {
        /// One network, with many samples.
        alone: Config,
        /// Many networks.
        pool: Config,
    },
}

/// What a run gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    /// Of [`Run::Protocol`], [`Run::OtherEngine`], [`Run::Early`] and [`Run::Ladder`].
    FiniteWidth(FiniteWidth),
    /// Of [`Run::Averaging`].
    Averaging(Averaging),
    /// Of [`Run::Inputs`].
    Inputs(InputCosines),
    /// Of [`Run::Gamma`].
    Gamma(Growth),
    /// Of [`Run::Distributions`].
    Distributions(Vec<Distribution>),
}

impl Run {
    /// Its name.
    pub fn name(&self) -> String {
        let Config { width, engine, gamma, .. } = self.config();
        match self {
            Self::Protocol(_) => format!("width-{width}"),
            Self::OtherEngine(_) => format!("{engine}-{width}"),
            Self::Early(_) => format!("early-{width}"),
            Self::Ladder(_) => format!("ladder-{width}"),
            Self::Averaging(_) => format!("averaging-{width}"),
            Self::Inputs { .. } => format!("inputs-{width}"),
            Self::Gamma(_) => format!("gamma-{gamma}"),
            Self::Distributions { .. } => "distributions".to_owned(),
        }
    }

    fn config(&self) -> &Config {
        match self {
            Self::Protocol(config) | Self::OtherEngine(config) | Self::Early(config) => config,
            Self::Ladder(config) | Self::Averaging(config) | Self::Gamma(config) => config,
            Self::Inputs { sets: config, .. } | Self::Distributions { pool: config, .. } => config,
        }
    }

    /// The device that it uses of the one asked for.
    pub fn device(&self, asked: Device) -> Device {
        self.config().engine.device(asked)
    }

    /// Its ensemble, checked; of [`Run::Distributions`] the many networks.
    fn ensemble(&self, seed: u64) -> Result<Ensemble, ConfigError> {
        let config = Config { seed, ..self.config().clone() };
        let observe = match self {
            Self::Averaging(_) => Observables::none().grams((0..=config.depth).collect::<Vec<_>>()),
            Self::Inputs { .. } => Observables::none().grams([0]),
            Self::Gamma(_) => Observables::none().totals(),
            Self::Distributions { .. } => distribution::of_the_pool(&config),
            _ => Observables::none().moments().grams((0..config.depth).collect::<Vec<_>>()),
        };
        Ensemble::new(config, observe)
    }
}

/// The experiments of Section 3.2.
pub struct Simulation;

impl Experiment for Simulation {
    type Params = Params;
    type Run = Run;
    type Outcome = Outcome;

    fn check(params: &Params) -> Result<(), ExperimentError> {
        params.check()?;
        Self::runs(params).iter().try_for_each(|run| {
            let alone = match run {
                Run::Distributions { alone, .. } => distribution::alone(alone, 0).map(drop),
                _ => Ok(()),
            };
            alone.and(run.ensemble(0).map(drop)).map_err(RunRefused::named(run.name()))
        })
    }

    fn runs(params: &Params) -> Vec<Run> {
        let depth = params.depth.size();
        let of_width =
            |width: Width| Config { width: width.size(), depth, shared_inputs: false, ..Config::default() };
        // region: protocol
        let protocol = |width: Width| Config {
            networks: params.networks.size(),
            samples: params.samples.size(),
            shared_inputs: true,
            engine: params.engine,
            ..of_width(width)
        };
        // endregion: protocol
        let early = |width: Width| Config {
            networks: params.early_networks.size(),
            depth: depth.min(EARLY_DEPTH),
            samples: params.samples.size(),
            ..of_width(width)
        };
        let ladder = |(width, networks): (&Width, &Networks)| Config {
            networks: networks.size(),
            samples: params.ladder_samples.size(),
            ..of_width(*width)
        };
        let averaging = |width: Width| Config {
            networks: params.averaging_networks.size(),
            depth: AVERAGING_DEPTH,
            samples: averaging::GIVEN,
            shared_inputs: true,
            ..of_width(width)
        };
        // Of these the inputs are looked at, the only layer is not.
        let inputs = |width: Width| Run::Inputs {
            sets: Config {
                networks: params.input_sets.size(),
                depth: 1,
                samples: averaging::SET,
                ..of_width(width)
            },
            depth: params.depth.get(),
        };
        // One sample, since the total variance averages over networks and samples alike, and each network has its own.
        let gamma = |gamma: f64| Config {
            gamma,
            networks: params.gamma_networks.size(),
            depth: GAMMA_DEPTH,
            samples: 1,
            ..of_width(Count::of(params.gamma_width.get()))
        };
        let widths = || params.widths.iter().copied();
        let mut runs: Vec<Run> = widths().map(|width| Run::Protocol(protocol(width))).collect();
        if params.widths.contains(&params.engines_width) {
            let engine = if params.engine == Engine::Exact { Engine::Direct } else { Engine::Exact };
            let networks = params.engines_networks.size();
            runs.push(Run::OtherEngine(Config { engine, networks, ..protocol(params.engines_width) }));
        }
        runs.extend(widths().map(|width| Run::Early(early(width))));
        let widths_and_networks = params.ladder.iter().zip(&params.ladder_networks);
        runs.extend(widths_and_networks.map(|of| Run::Ladder(ladder(of))));
        runs.extend(params.averaging_widths.iter().map(|width| Run::Averaging(averaging(*width))));
        runs.extend(widths().map(inputs));
        runs.extend(params.gammas.iter().map(|of| Run::Gamma(gamma(*of))));
        let shown = of_width(Count::of(params.distribution_width.get()));
        let (samples, networks) = (params.distribution_samples.size(), params.distribution_networks.size());
        runs.push(Run::Distributions {
            alone: Config { samples, networks: 1, ..shown.clone() },
            pool: Config { samples: distribution::POOLED_SAMPLES, networks, ..shown },
        });
        runs
    }

    fn name(run: &Run) -> String {
        run.name()
    }

    fn execute(
        run: &Run,
        context: &Context,
        progress: &(dyn Fn(u64, u64) + Sync),
    ) -> Result<Outcome, ExperimentError> {
        // No two runs share a network.
        let seed = context.seeds.of(&run.name());
        let record = |seed: u64| -> Result<Record, ExperimentError> {
            Ok(run.ensemble(seed)?.run_on(context.device, progress)?)
        };
        Ok(match run {
            Run::Averaging(_) => {
                Outcome::Averaging(averaging::inner_products(&record(seed)?).ok_or(MISSING)?)
            }
            Run::Inputs { depth, .. } => {
                Outcome::Inputs(averaging::input_cosines(&record(seed)?, *depth).ok_or(MISSING)?)
            }
            Run::Gamma(_) => Outcome::Gamma(gamma::growth(&record(seed)?).ok_or(MISSING)?),
            Run::Distributions { alone, .. } => {
                let alone = distribution::alone(alone, seed)?.run()?;
                let pool = record(context.seeds.of("distributions, pooled"))?;
                Outcome::Distributions(distribution::distributions(&alone, &pool).ok_or(MISSING)?)
            }
            _ => Outcome::FiniteWidth(finite_width::reduced(record(seed)?)?),
        })
    }
}
