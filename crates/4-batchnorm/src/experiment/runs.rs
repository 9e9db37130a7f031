//! Runs of Section 4: the gradients of an ensemble in one setting and for one batch size, and samples that are not in
//! the batch.

use ensemble::{Config, ConfigError, Ensemble, Layer, Network, Normalisation, Observables, Record, Through};
use experiment::{Context, Device, Experiment, ExperimentError, RunRefused};
use serde::{Deserialize, Serialize};
use statistics::Moments;

use crate::experiment::params::{Batch, Networks, Params};

/// The loss that [`ensemble`] differentiates, in the words of the protocol: L = w·x^L.
pub const LOSS: &str = "linear";
/// The law of its weights, w ~ N(0, 1).
pub const LOSS_WEIGHTS: &str = "standard-normal";
/// Layers in which the lengths of the samples are compared, as parts of the depth.
const LENGTHS_EVERY: usize = 5;

/// One run: one ensemble, but for its seed. All draw from the seed for `networks`, so that networks of the same sizes differ
/// by nothing but the setting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Run {
    /// Forward and backward in one setting of Fig. 3.
    Gradient {
        /// What the gradient of batch normalisation flows through.
        through: Through,
        /// The ensemble.
        config: Config,
    },
    /// Forward with batch normalisation, and fresh samples that use the batch's statistics.
    Fresh {
        /// Fresh samples.
        fresh: usize,
        /// The ensemble.
        config: Config,
    },
}

/// One network of a gradient run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Backward {
    /// The mean square of ∂L/∂x^l over units and samples, for l = 0, …, L.
    pub gradient: Vec<f64>,
    /// The sample variance (divided by T), averaged over units, that scale+bias or batch normalisation finds in layers 1,
    /// …, L; empty under Kaiming initialisation.
    pub raw_variance: Vec<f64>,
    /// Moments over samples of what batch normalisation leaves in layers 1, …, L; empty in the other settings.
    pub normalised: Vec<Moments>,
    /// Layer, and the variance over samples of |x^l|², in units of its squared mean.
    pub lengths: Vec<(u64, f64)>,
}

/// What a run gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    /// Of [`Run::Gradient`].
    Gradient {
        /// The ensemble as it ran.
        ran: Config,
        /// Its networks.
        networks: Vec<Backward>,
    },
    /// Of [`Run::Fresh`]: for each network the moments over the fresh samples in layers 1, …, L.
    Fresh {
        /// The ensemble as it ran.
        ran: Config,
        /// Its networks.
        networks: Vec<Vec<Moments>>,
    },
}

impl Run {
    /// Its name.
    pub fn name(&self) -> String {
        let Config { width, networks, samples, normalisation: setting, .. } = self.config();
        let ensemble = format!("n{width}-t{samples}-{networks}-networks");
        match self {
            Self::Gradient { through: Through::Full, .. } => format!("gradient-{setting}-{ensemble}"),
            Self::Gradient { through, .. } => format!("gradient-{setting}-{through}-{ensemble}"),
            Self::Fresh { .. } => format!("fresh-{ensemble}"),
        }
    }

    fn config(&self) -> &Config {
        match self {
            Self::Gradient { config, .. } | Self::Fresh { config, .. } => config,
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
            Self::Gradient { through, .. } => {
                Observables::none().before().moments().gradient(through).grams(compared_layers(config.depth))
            }
            Self::Fresh { fresh, .. } => Observables::none().fresh(fresh),
        };
        Ensemble::new(config, observe)
    }
}

/// Layers 0 to L in five steps.
fn compared_layers(depth: usize) -> Vec<usize> {
    (0..=depth).step_by((depth / LENGTHS_EVERY).max(1)).collect()
}

/// The experiments of Section 4.
pub struct BatchNorm;

impl Experiment for BatchNorm {
    type Params = Params;
    type Run = Run;
    type Outcome = Outcome;

    fn check(params: &Params) -> Result<(), ExperimentError> {
        params.check()?;
        let checked = |run: Run| run.ensemble(0).map(drop).map_err(RunRefused::named(run.name()));
        Self::runs(params).into_iter().try_for_each(checked)
    }

    // Fig. 3 first, then more networks for the bend of its lines, other batch sizes, the gradient without the path through
    // σ_s (few networks: it is compared with the full one of the same networks, and they hardly differ in the difference),
    // and fresh samples.
    fn runs(params: &Params) -> Vec<Run> {
        let config = |samples: Batch, networks: Networks| Config {
            width: params.width.size(),
            networks: networks.size(),
            depth: params.depth.size(),
            samples: samples.size(),
            engine: params.engine,
            ..Config::default()
        };
        let gradient = |normalisation, through, config: Config| Run::Gradient {
            through,
            config: Config { normalisation, ..config },
        };
        let all = |samples| config(samples, params.networks);
        let mut runs = Vec::new();
        for &setting in &params.settings {
            runs.push(gradient(setting, Through::Full, all(params.samples)));
        }
        let growing = || params.settings.iter().filter(|setting| **setting != Normalisation::Kaiming);
        if params.bend_networks > params.networks {
            let ensemble = config(params.samples, params.bend_networks);
            runs.extend(growing().map(|&setting| gradient(setting, Through::Full, ensemble.clone())));
        }
        let all_networks = params.batches.iter().map(|&samples| all(samples));
        let sparse = params.sparse_batches.iter().map(|&samples| config(samples, params.sparse_networks));
        for ensemble in all_networks.chain(sparse) {
            // Nothing depends on the batch under Kaiming initialisation.
            runs.extend(growing().map(|&setting| gradient(setting, Through::Full, ensemble.clone())));
        }
        if params.settings.contains(&Normalisation::BatchNorm) {
            let normalisation = Normalisation::BatchNorm;
            for samples in params.batches.iter().copied().chain([params.samples]) {
                let few = config(samples, params.paired_networks);
                runs.push(gradient(normalisation, Through::FixedDeviation, few));
                let fresh = params.fresh_samples.size();
                let config = Config { normalisation, ..config(samples, params.fresh_networks) };
                runs.push(Run::Fresh { fresh, config });
            }
        }
        runs
    }

    fn name(run: &Run) -> String {
        run.name()
    }

    // region: execute
    fn execute(
        run: &Run,
        context: &Context,
        progress: &(dyn Fn(u64, u64) + Sync),
    ) -> Result<Outcome, ExperimentError> {
        let ensemble = run.ensemble(context.seeds.of("networks"))?;
        Ok(summary(run, ensemble.run_on(context.device, progress)?))
    }
    // endregion: execute
}

fn summary(run: &Run, record: Record) -> Outcome {
    let Record { config: ran, networks, .. } = record;
    match run {
        Run::Gradient { .. } => Outcome::Gradient {
            networks: networks.iter().map(|network| backward(network, ran.samples)).collect(),
            ran,
        },
        Run::Fresh { .. } => {
            let fresh = |network: &Network| hidden(network).filter_map(|layer| layer.fresh).collect();
            Outcome::Fresh { networks: networks.iter().map(fresh).collect(), ran }
        }
    }
}

fn hidden(network: &Network) -> impl Iterator<Item = &Layer> {
    network.layers.iter().skip(1)
}

fn backward(network: &Network, samples: usize) -> Backward {
    let lengths =
        |(layer, observed): (u64, &Layer)| Some((layer, length_spread(observed.gram.as_ref()?, samples)));
    Backward {
        gradient: network.layers.iter().filter_map(|layer| layer.gradient).collect(),
        raw_variance: hidden(network).filter_map(|layer| Some(layer.before?.variance)).collect(),
        normalised: hidden(network).filter_map(|layer| layer.moments).collect(),
        lengths: (0..).zip(&network.layers).filter_map(lengths).collect(),
    }
}

// region: length-spread
/// The variance over samples of |x_t|² (divided by T) over its squared mean, from the Gram matrix of the samples.
fn length_spread(gram: &[f64], samples: usize) -> f64 {
    let lengths: Vec<f64> = gram.iter().step_by(samples + 1).copied().collect();
    let mean = lengths.iter().sum::<f64>() / samples as f64;
    lengths.iter().map(|length| (length / mean - 1.0).powi(2)).sum::<f64>() / samples as f64
}
// endregion: length-spread

#[cfg(test)]
mod tests {
    use super::*;
    use experiment::{Count, List, Parameters, Profile};

    #[test]
    fn without_batch_normalisation_nothing_of_it_runs() {
        let params = Params { settings: List::of([Normalisation::Kaiming]), ..Params::of(Profile::Smoke) };
        assert_eq!(BatchNorm::runs(&params).len(), 1);
    }

    #[test]
    fn more_networks_for_the_bend_are_runs_of_their_own() {
        let few = Params::of(Profile::Smoke);
        let more = Params { bend_networks: Count::of(20), ..few.clone() };
        let names = |params: &Params| -> Vec<String> {
            BatchNorm::runs(params)
                .iter()
                .map(Run::name)
                .filter(|name| name.contains("-20-networks"))
                .collect()
        };
        assert!(names(&few).is_empty());
        let named =
            ["scale_bias", "batch_norm"].map(|setting| format!("gradient-{setting}-n200-t60-20-networks"));
        assert_eq!(names(&more), named);
    }

    #[test]
    fn the_spread_of_lengths_reads_the_diagonal() {
        // Lengths 1 and 3: mean 2, deviations ±1/2 of it.
        assert_eq!(length_spread(&[1.0, 9.0, 9.0, 3.0], 2), 0.25);
    }
}
