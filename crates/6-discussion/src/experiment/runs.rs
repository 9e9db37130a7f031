//! Runs of Section 6: signs of pre-activations and cosines of samples on the way forward, and perturbations forward with
//! gradients backward.

use experiment::{Context, Device, Experiment, ExperimentError, RunRefused};

use ensemble::{
    Config, ConfigError, Engine, Ensemble, Layer, Network, Normalisation, Observables, Record, Through,
};
use serde::{Deserialize, Serialize};

use crate::experiment::params::{Batch, Networks, Params, Width};
use crate::experiment::units::{self, Units};

/// One run: one ensemble, but for its seed. All draw from the seed for `networks`, so that networks of the same sizes differ
/// by nothing but the setting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Run {
    /// Which units have one sign, how alike the samples are, and how single units see them.
    Signs(Config),
    /// Which units of a narrow network have one sign, over many samples.
    Narrow(Config),
    /// How perturbations grow forward, and gradients backward.
    Regime {
        /// How many of the samples are perturbed.
        perturbed: usize,
        /// The ensemble.
        config: Config,
    },
}

/// One network of [`Run::Signs`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Signs {
    /// The share of units that are on for all samples or off for all, in layers 1, …, L.
    pub one_sided: Vec<f64>,
    /// The mean cosine c^l between the activations of two samples, for l = 0, …, L.
    pub cosine: Vec<f64>,
    /// The watched units, in some layers.
    pub units: Vec<Units>,
}

/// One network of [`Run::Regime`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Growth {
    /// The mean square of an infinitesimal perturbation of x^l, for l = 0, …, L.
    pub perturbation: Vec<f64>,
    /// The mean square of ∂L/∂x^l, for l = 0, …, L.
    pub gradient: Vec<f64>,
}

/// What a run gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    /// Of [`Run::Signs`].
    Signs {
        /// The ensemble as it ran.
        ran: Config,
        /// Its networks.
        networks: Vec<Signs>,
    },
    /// Of [`Run::Narrow`].
    Narrow {
        /// The ensemble as it ran.
        ran: Config,
        /// For each network the share of units that are on for all samples or off for all, in layers 1, …, L.
        networks: Vec<Vec<f64>>,
    },
    /// Of [`Run::Regime`].
    Regime {
        /// The ensemble as it ran.
        ran: Config,
        /// Samples perturbed.
        perturbed: usize,
        /// Its networks.
        networks: Vec<Growth>,
    },
}

impl Run {
    /// Its name.
    pub fn name(&self) -> String {
        let Config { normalisation, width, samples, .. } = self.config();
        let kind = match self {
            Self::Signs(_) => "signs",
            Self::Narrow(_) => "narrow",
            Self::Regime { .. } => "regime",
        };
        format!("{kind}-{normalisation}-n{width}-t{samples}")
    }

    fn config(&self) -> &Config {
        match self {
            Self::Signs(config) | Self::Narrow(config) | Self::Regime { config, .. } => config,
        }
    }

    /// The device that it uses of the one asked for.
    pub fn device(&self, asked: Device) -> Device {
        self.config().engine.device(asked)
    }

    /// The ensemble, checked.
    fn ensemble(&self, seed: u64) -> Result<Ensemble, ConfigError> {
        let config = Config { seed, ..self.config().clone() };
        let observe = match *self {
            Self::Signs(_) => {
                let (layers, units) =
                    (units::watched_layers(config.depth), units::watched_units(config.width));
                Observables::none().signs().pairs().watch(layers, units)
            }
            Self::Narrow(_) => Observables::none().signs(),
            Self::Regime { perturbed, .. } => Observables::none().tangents(perturbed).gradient(Through::Full),
        };
        Ensemble::new(config, observe)
    }
}

/// The experiments of Section 6.
pub struct Discussion;

impl Experiment for Discussion {
    type Params = Params;
    type Run = Run;
    type Outcome = Outcome;

    fn check(params: &Params) -> Result<(), ExperimentError> {
        params.check()?;
        let checked = |run: Run| run.ensemble(0).map(drop).map_err(RunRefused::named(run.name()));
        Self::runs(params).into_iter().try_for_each(checked)
    }

    fn runs(params: &Params) -> Vec<Run> {
        let config = |normalisation, networks: Networks, width: Width, samples: Batch| Config {
            normalisation,
            width: width.size(),
            networks: networks.size(),
            depth: params.depth.size(),
            samples: samples.size(),
            engine: params.engine,
            ..Config::default()
        };
        let signs = |setting, width| {
            let networks =
                if setting == Normalisation::Kaiming { params.networks } else { params.centred_networks };
            Run::Signs(config(setting, networks, width, params.samples))
        };
        let mut runs: Vec<Run> =
            params.settings.iter().map(|&setting| signs(setting, params.width)).collect();
        if params.settings.contains(&Normalisation::Kaiming) {
            runs.extend(params.widths.iter().map(|&width| signs(Normalisation::Kaiming, width)));
            // More samples than units: weights are drawn and multiplied.
            runs.extend(params.narrow_samples.iter().map(|&samples| {
                let narrow = config(Normalisation::Kaiming, params.networks, params.narrow_width, samples);
                Run::Narrow(Config { engine: Engine::Direct, ..narrow })
            }));
        }
        runs.extend(params.settings.iter().map(|&setting| Run::Regime {
            perturbed: params.perturbed.size(),
            config: config(setting, params.networks, params.width, params.regime_samples),
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
        let ensemble = run.ensemble(context.seeds.of("networks"))?;
        Ok(summary(run, ensemble.run_on(context.device, progress)?))
    }
}

// region: summary
fn summary(run: &Run, Record { config: ran, networks, .. }: Record) -> Outcome {
    match *run {
        Run::Signs(_) => Outcome::Signs { ran, networks: networks.iter().map(signs).collect() },
        Run::Narrow(_) => Outcome::Narrow { ran, networks: networks.iter().map(one_sided).collect() },
        Run::Regime { perturbed, .. } => {
            Outcome::Regime { ran, perturbed, networks: networks.iter().map(growth).collect() }
        }
    }
}

fn one_sided(network: &Network) -> Vec<f64> {
    network.layers.iter().filter_map(|layer| layer.one_sided).collect()
}

fn signs(network: &Network) -> Signs {
    Signs {
        one_sided: one_sided(network),
        cosine: network.layers.iter().filter_map(|layer| Some(layer.pairs?.cosine)).collect(),
        units: units::of_network(network),
    }
}

fn growth(network: &Network) -> Growth {
    let each = |quantity: fn(&Layer) -> Option<f64>| network.layers.iter().filter_map(quantity).collect();
    Growth { perturbation: each(|layer| layer.tangent), gradient: each(|layer| layer.gradient) }
}
// endregion: summary
