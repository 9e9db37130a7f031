//! Runs of Section 3.2: ensembles of networks, one width each.

mod averaging;
mod control;
mod distribution;
mod finite_width;
mod gamma;

use ensemble::{Config, Engine};
use experiment::{Context, Experiment, ExperimentError, RunRefused};
use serde::{Deserialize, Serialize};

use crate::experiment::params::{AVERAGING_DEPTH, EARLY_DEPTH, GAMMA_DEPTH, Params};

pub use averaging::{Averaging, AveragingRow, InputCosines};
pub use distribution::{Distribution, Shown};
pub use finite_width::{FiniteWidth, LayerRow};
pub use gamma::Growth;

/// Is told how many networks of how many are done.
type Progress<'a> = &'a (dyn Fn(u64, u64) + Sync);

/// Sizes of an ensemble of one width.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Sizes {
    /// n.
    pub width: u64,
    /// Networks.
    pub networks: u64,
    /// L.
    pub depth: u64,
    /// T.
    pub samples: u64,
}

/// One run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Run {
    /// Fig. 2 left, one width: the same inputs for all networks, as in the paper.
    Protocol {
        /// How the weights are sampled.
        engine: Engine,
        /// Its sizes.
        sizes: Sizes,
    },
    /// One width of Fig. 2 again, by the engine that [`Run::Protocol`] did not use.
    OtherEngine {
        /// How the weights are sampled.
        engine: Engine,
        /// Its sizes.
        sizes: Sizes,
    },
    /// More networks, of a few layers, each with its own inputs.
    Early(Sizes),
    /// A width beyond the paper's, each network with its own inputs.
    Ladder(Sizes),
    /// Given samples through many networks.
    Averaging {
        /// n.
        width: u64,
        /// Networks.
        networks: u64,
        /// L.
        depth: u64,
    },
    /// Cosines of inputs.
    Inputs {
        /// n⁰.
        width: u64,
        /// Sets of inputs.
        sets: u64,
        /// Iterations of the map.
        depth: u64,
    },
    /// Weights of variance γ·2/n.
    Gamma {
        /// γ.
        gamma: f64,
        /// n.
        width: u64,
        /// Networks.
        networks: u64,
        /// L.
        depth: u64,
    },
    /// Pre-activations of single units and pooled.
    Distributions(Shown),
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
        match self {
            Self::Protocol { sizes, .. } => format!("width-{}", sizes.width),
            Self::OtherEngine { engine, sizes } => format!("{engine}-{}", sizes.width),
            Self::Early(sizes) => format!("early-{}", sizes.width),
            Self::Ladder(sizes) => format!("ladder-{}", sizes.width),
            Self::Averaging { width, .. } => format!("averaging-{width}"),
            Self::Inputs { width, .. } => format!("inputs-{width}"),
            Self::Gamma { gamma, .. } => format!("gamma-{gamma}"),
            Self::Distributions(_) => "distributions".to_owned(),
        }
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
        Self::runs(params).iter().try_for_each(check)
    }

    fn runs(params: &Params) -> Vec<Run> {
        let (depth, samples) = (params.depth.get(), params.samples.get());
        let networks = params.networks.get();
        let of_width = |width: u64| Sizes { width, networks, depth, samples };
        let other = if params.engine == Engine::Exact { Engine::Direct } else { Engine::Exact };
        let early = |width: u64| Sizes {
            width,
            networks: params.early_networks.get(),
            depth: depth.min(EARLY_DEPTH),
            samples,
        };
        let ladder = params.ladder.iter().zip(&params.ladder_networks);
        let protocol = params
            .widths
            .iter()
            .map(|width| Run::Protocol { engine: params.engine, sizes: of_width(width.get()) });
        let mut runs: Vec<Run> = protocol.collect();
        if params.widths.contains(&params.engines_width) {
            let sizes =
                Sizes { networks: params.engines_networks.get(), ..of_width(params.engines_width.get()) };
            runs.push(Run::OtherEngine { engine: other, sizes });
        }
        runs.extend(params.widths.iter().map(|width| Run::Early(early(width.get()))));
        runs.extend(ladder.map(|(width, networks)| {
            Run::Ladder(Sizes {
                width: width.get(),
                networks: networks.get(),
                depth,
                samples: params.ladder_samples.get(),
            })
        }));
        runs.extend(params.averaging_widths.iter().map(|width| Run::Averaging {
            width: width.get(),
            networks: params.averaging_networks.get(),
            depth: AVERAGING_DEPTH,
        }));
        runs.extend(params.widths.iter().map(|width| Run::Inputs {
            width: width.get(),
            sets: params.input_sets.get(),
            depth,
        }));
        runs.extend(params.gammas.iter().map(|gamma| Run::Gamma {
            gamma: *gamma,
            width: params.gamma_width.get(),
            networks: params.gamma_networks.get(),
            depth: GAMMA_DEPTH,
        }));
        runs.push(Run::Distributions(Shown {
            width: params.distribution_width.get(),
            depth,
            samples: params.distribution_samples.get(),
            networks: params.distribution_networks.get(),
        }));
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
        match run {
            Run::Protocol { engine, sizes } | Run::OtherEngine { engine, sizes } => {
                finite_width::run(described(sizes, *engine, true, seed), progress).map(Outcome::FiniteWidth)
            }
            Run::Early(sizes) | Run::Ladder(sizes) => {
                finite_width::run(described(sizes, Engine::Exact, false, seed), progress)
                    .map(Outcome::FiniteWidth)
            }
            Run::Averaging { width, networks, depth } => {
                let ensemble = averaging::given_samples(size(*width), size(*networks), size(*depth), seed)?;
                averaging::inner_products(&ensemble, progress).map(Outcome::Averaging)
            }
            Run::Inputs { width, sets, depth } => {
                let ensemble = averaging::sets_of_inputs(size(*width), size(*sets), seed)?;
                averaging::input_cosines(&ensemble, *depth, progress).map(Outcome::Inputs)
            }
            Run::Gamma { gamma, width, networks, depth, .. } => {
                let ensemble = gamma::ensemble(*gamma, size(*width), size(*networks), size(*depth), seed)?;
                gamma::growth(&ensemble, progress).map(Outcome::Gamma)
            }
            Run::Distributions(shown) => distribution::distributions(
                shown,
                [seed, context.seeds.of("distributions, pooled")],
                progress,
            )
            .map(Outcome::Distributions),
        }
    }
}

/// Refuses a run before any work, naming the limit that it breaks.
///
/// # Errors
/// The limit.
fn check(run: &Run) -> Result<(), ExperimentError> {
    match run {
        Run::Protocol { engine, sizes } | Run::OtherEngine { engine, sizes } => {
            finite_width::ensemble(described(sizes, *engine, true, 0)).map(drop)
        }
        Run::Early(sizes) | Run::Ladder(sizes) => {
            finite_width::ensemble(described(sizes, Engine::Exact, false, 0)).map(drop)
        }
        Run::Averaging { width, networks, depth } => {
            averaging::given_samples(size(*width), size(*networks), size(*depth), 0).map(drop)
        }
        Run::Inputs { width, sets, .. } => averaging::sets_of_inputs(size(*width), size(*sets), 0).map(drop),
        Run::Gamma { gamma, width, networks, depth, .. } => {
            gamma::ensemble(*gamma, size(*width), size(*networks), size(*depth), 0).map(drop)
        }
        Run::Distributions(shown) => distribution::ensembles(shown, [0; 2]).map(drop),
    }
    .map_err(RunRefused::named(run.name()))
}

// region: protocol
fn described(sizes: &Sizes, engine: Engine, shared_inputs: bool, seed: u64) -> Config {
    Config {
        width: size(sizes.width),
        depth: size(sizes.depth),
        samples: size(sizes.samples),
        networks: size(sizes.networks),
        shared_inputs,
        engine,
        seed,
        ..Config::default()
    }
}
// endregion: protocol

/// A count as a length. Where addresses are too narrow for it, the largest length, which no ensemble accepts.
fn size(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
