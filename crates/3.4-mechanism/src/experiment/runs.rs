//! Runs of Section 3.4: Eq. 10 with random matrices, Eq. 11 with integrals and draws, and both steps through the layers
//! of deep networks.

use ensemble::{Config, ConfigError, Ensemble, Observables};
use experiment::{Context, Device, Experiment, ExperimentError, RunRefused};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::experiment::laws::{LAWS, Law};
use crate::experiment::matrices::{self, Sides};
use crate::experiment::params::Params;
use crate::experiment::relu::{self, Effect, Sampled};
use crate::experiment::steps::{Step, steps};
use crate::experiment::vectors::KINDS;

/// Means of the family of normal laws whose fate under the ReLU is drawn as a curve: -3 to 3.
const FAMILY: i32 = 60;

/// One run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Run {
    /// Both sides of Eq. 10.
    Matrices {
        /// Matrices for each set of vectors.
        matrices: u64,
    },
    /// The integrals of Eq. 11, and draws beside them.
    Relu {
        /// Draws from each law.
        draws: u64,
    },
    /// The two steps in the deep networks of an ensemble, but for its seed.
    Steps(Config),
}

/// What is found about a law.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LawRow {
    /// By integrals.
    pub effect: Effect,
    /// By draws.
    pub sampled: Sampled,
    /// A point and the density there, zero for laws of points: what the printed condition asks about.
    pub density: (f64, f64),
}

/// What a run gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    /// Of [`Run::Matrices`], in the order of the kinds of vectors.
    Matrices(Vec<Sides>),
    /// Of [`Run::Relu`].
    Relu {
        /// In the order of the laws.
        laws: Vec<LawRow>,
        /// Means of normal laws, and what becomes of them.
        family: Vec<(f64, Effect)>,
    },
    /// Of [`Run::Steps`], from layer 1.
    Steps(Vec<Step>),
}

impl Run {
    /// Its name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Matrices { .. } => "matrices",
            Self::Relu { .. } => "relu",
            Self::Steps(_) => "steps",
        }
    }

    /// The device that it uses of the one asked for.
    pub fn device(&self, asked: Device) -> Device {
        match self {
            Self::Steps(config) => config.engine.device(asked),
            Self::Matrices { .. } | Self::Relu { .. } => Device::Cpu,
        }
    }
}

/// The ensemble of [`Run::Steps`], checked.
fn ensemble(config: &Config, seed: u64) -> Result<Ensemble, ConfigError> {
    Ensemble::new(Config { seed, ..config.clone() }, Observables::none().moments().pairs())
}

/// The experiments of Section 3.4.
pub struct Mechanism;

impl Experiment for Mechanism {
    type Params = Params;
    type Run = Run;
    type Outcome = Outcome;

    fn check(params: &Params) -> Result<(), ExperimentError> {
        Self::runs(params).iter().try_for_each(|run| match run {
            Run::Steps(config) => ensemble(config, 0).map(drop).map_err(RunRefused::named(run.name())),
            Run::Matrices { .. } | Run::Relu { .. } => Ok(()),
        })
    }

    fn runs(params: &Params) -> Vec<Run> {
        let deep = Config {
            width: params.width.size(),
            depth: params.depth.size(),
            networks: params.networks.size(),
            samples: params.samples.size(),
            shared_inputs: false,
            engine: params.engine,
            ..Config::default()
        };
        vec![
            Run::Matrices { matrices: params.matrices.get() },
            Run::Relu { draws: params.draws.get() },
            Run::Steps(deep),
        ]
    }

    fn name(run: &Run) -> String {
        run.name().to_owned()
    }

    fn execute(
        run: &Run,
        context: &Context,
        progress: &(dyn Fn(u64, u64) + Sync),
    ) -> Result<Outcome, ExperimentError> {
        // Every set of vectors and every law has a stream of its own.
        let own = |kind: &str, index: usize| context.seeds.of(&format!("{kind} {index}"));
        Ok(match run {
            Run::Matrices { matrices } => {
                let kinds = KINDS.par_iter().enumerate();
                let sides =
                    kinds.map(|(index, (_, kind))| matrices::sides(*kind, *matrices, own("vectors", index)));
                Outcome::Matrices(sides.collect())
            }
            Run::Relu { draws } => Outcome::Relu {
                laws: LAWS
                    .par_iter()
                    .enumerate()
                    .map(|(index, (_, law))| law_row(*law, *draws, own("law", index)))
                    .collect(),
                family: (0..=FAMILY)
                    .map(|index| 3.0 * (2.0 * f64::from(index) / f64::from(FAMILY) - 1.0))
                    .map(|mean| (mean, relu::effect(Law::Normal(mean))))
                    .collect(),
            },
            Run::Steps(config) => {
                let ensemble = ensemble(config, context.seeds.of("networks"))?;
                Outcome::Steps(steps(&ensemble.run_on(context.device, progress)?))
            }
        })
    }
}

fn law_row(law: Law, draws: u64, seed: u64) -> LawRow {
    let at = law.typical();
    LawRow {
        effect: relu::effect(law),
        sampled: relu::sampled(law, draws, seed),
        density: (at, law.density(at)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use experiment::{Parameters, Profile};

    #[test]
    fn results_do_not_depend_on_the_number_of_threads() {
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let all = || {
                Mechanism::runs(&Params::of(Profile::Smoke))
                    .iter()
                    .map(|run| Mechanism::execute(run, &Context::bare(3), &|_, _| {}).unwrap())
                    .collect::<Vec<_>>()
            };
            pool.install(all)
        };
        assert_eq!(on(1), on(3));
    }
}
