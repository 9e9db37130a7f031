//! Runs of Section 2: an ensemble for each law of the inputs and each width, with inputs drawn anew for every network.

use experiment::{Context, Device, Experiment, ExperimentError, RunRefused};
use std::f64::consts::FRAC_2_PI;

use ensemble::{Config, ConfigError, Engine, Ensemble, InputLaw, Layer, Network, Observables};
use mean_field::fluctuation::pre_activation_relative_variance as spread;
use serde::{Deserialize, Serialize};
use statistics::{Estimate, pseudo_values, unbiased_variance};

use crate::experiment::groups::{self, Terms};
use crate::experiment::params::Params;

/// The relative variance over networks up to which a layer's mean square is averaged. Beyond, the average lives on a
/// few networks far out in the tail, and its own standard error is not to be trusted. Width 100 reaches it after ten
/// layers, width 300 after thirty; width 1000 stays below to the paper's fifty.
const WIDEST_SPREAD: f64 = 0.65;
/// Units per layer whose pre-activations are looked at one by one for Eq. 5: so many that chance among them adds little
/// to the chance of the samples' lengths, which all units share.
const WATCHED: usize = 32;
/// Networks drawn together: what is watched in more of them need not be kept at the same time.
const TOGETHER: usize = 128;

/// One run: an ensemble.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Law of the input elements.
    pub law: InputLaw,
    /// n.
    pub width: usize,
    /// L.
    pub depth: usize,
    /// Networks.
    pub networks: usize,
    /// T.
    pub samples: usize,
    /// How the weights are sampled.
    pub engine: Engine,
}

/// What a run gives, layer by layer from layer 1.
pub type Outcome = Vec<LayerRow>;

/// A layer of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LayerRow {
    /// μ (Eq. 3).
    pub mean: Estimate,
    /// σ² (Eq. 3).
    pub variance: Estimate,
    /// Relative variance over networks of a network's mean square.
    pub spread: Estimate,
    /// v²/σ², a ratio of averages over networks.
    pub share: Estimate,
    /// By how much v²/σ² is less than in the layer before; none in layer 1.
    pub fall: Option<Estimate>,
    /// m², v² and σ² of Eq. 5, each from samples of its own, and m² + v² - σ².
    pub terms: [Estimate; 4],
}

/// What is kept of a layer of one network.
#[derive(Debug, Clone, Copy)]
struct Seen {
    mean: f64,
    mean_square: f64,
    /// Over samples, divided by T - 1.
    variance: f64,
    terms: Terms,
}

impl Run {
    /// Its name.
    pub fn name(&self) -> String {
        format!("{}-{}", self.law, self.width)
    }

    /// The ensemble of the networks from number `first` on, at most [`TOGETHER`].
    fn ensemble(&self, seed: u64, first: usize) -> Result<Ensemble, ConfigError> {
        let Self { law: inputs, width, depth, samples, engine, .. } = *self;
        let networks = (self.networks - first).min(TOGETHER);
        let sizes = Config { width, depth, samples, networks, seed, ..Config::default() };
        let config = Config { inputs, engine, shared_inputs: false, ..sizes };
        let (layers, units) = ((1..=depth).collect::<Vec<_>>(), (0..width.min(WATCHED)).collect::<Vec<_>>());
        Ensemble::new(config, Observables::none().moments().watch(layers, units))
    }

    /// The device that it uses of the one asked for.
    pub fn device(&self, asked: Device) -> Device {
        self.engine.device(asked)
    }
}

/// The mean of an element of a law; its square is the cosine c⁰ of two wide input vectors, since the mean square is 1.
pub fn mean_of(law: InputLaw) -> f64 {
    match law {
        InputLaw::HalfNormal => FRAC_2_PI.sqrt(),
        InputLaw::Normal | InputLaw::Uniform | InputLaw::Sign => 0.0,
    }
}

/// The last layer, up to `depth`, in which networks of this width spread no further than an average over them bears.
pub fn decisive_depth(width: usize, depth: usize) -> usize {
    (1..=depth).take_while(|layer| spread(width, *layer) <= WIDEST_SPREAD).last().unwrap_or(1)
}

/// The experiments of Section 2.
pub struct Background;

impl Experiment for Background {
    type Params = Params;
    type Run = Run;
    type Outcome = Outcome;

    fn check(params: &Params) -> Result<(), ExperimentError> {
        let checked = |run: Run| run.ensemble(0, 0).map(drop).map_err(RunRefused::named(run.name()));
        Self::runs(params).into_iter().try_for_each(checked)
    }

    // Narrow networks spread more from one to another; of them as many more are
    // drawn, so that the averages over networks of every width are equally certain in their last layer.
    fn runs(params: &Params) -> Vec<Run> {
        let depth = |width: usize| decisive_depth(width, params.depth.size());
        let widths = || params.widths.iter().map(|width| width.size());
        let least = widths().map(|width| spread(width, depth(width))).fold(f64::INFINITY, f64::min);
        let run = |law: InputLaw, width: usize| {
            let more = spread(width, depth(width)) / least;
            Run {
                law,
                width,
                depth: depth(width),
                networks: (params.networks.get() as f64 * more).ceil() as usize,
                samples: params.samples.size(),
                engine: params.engine,
            }
        };
        params.laws.iter().flat_map(|law| widths().map(move |width| run(*law, width))).collect()
    }

    fn name(run: &Run) -> String {
        run.name()
    }

    fn execute(
        run: &Run,
        context: &Context,
        progress: &(dyn Fn(u64, u64) + Sync),
    ) -> Result<Outcome, ExperimentError> {
        let mut layers: Vec<Vec<Seen>> = vec![Vec::new(); run.depth];
        for first in (0..run.networks).step_by(TOGETHER) {
            let seed = context.seeds.of(&format!("{}, networks from {first}", run.name()));
            let done = |done, _| progress(first as u64 + done, run.networks as u64);
            let record = run.ensemble(seed, first)?.run_on(context.device, done)?;
            for network in &record.networks {
                for (layer, seen) in layers.iter_mut().enumerate() {
                    seen.extend(network_layer(network, layer + 1, run.samples as f64));
                }
            }
        }
        Ok(rows(&layers))
    }
}

/// What is kept of a layer of a network.
fn network_layer(network: &Network, layer: usize, samples: f64) -> Option<Seen> {
    let Layer { moments: Some(moments), watched: Some(units), .. } = network.layers.get(layer)? else {
        return None;
    };
    Some(Seen {
        mean: moments.mean,
        mean_square: moments.mean_square,
        variance: unbiased_variance(moments.variance, samples),
        terms: groups::terms(units),
    })
}

/// Averages over networks, layer by layer.
fn rows(layers: &[Vec<Seen>]) -> Vec<LayerRow> {
    let mut before: Option<Vec<f64>> = None;
    let mut rows = Vec::with_capacity(layers.len());
    for seen in layers {
        let share = share(seen);
        let fall = before
            .map(|before| before.iter().zip(&share).map(|(before, now)| before - now).collect::<Vec<_>>());
        let (total_mean, variance, spread) = total(seen);
        rows.push(LayerRow {
            mean: total_mean,
            variance,
            spread,
            share: Estimate::mean_of(&share),
            fall: fall.map(|fall| Estimate::mean_of(&fall)),
            terms: decomposition(seen),
        });
        before = Some(share);
    }
    rows
}

/// A quantity network by network.
fn each(seen: &[Seen], quantity: impl Fn(&Seen) -> f64) -> Vec<f64> {
    seen.iter().map(quantity).collect()
}

// region: total
/// Eq. 3: the mean over everything, the mean square less the square of the mean, and how much the mean square varies
/// from network to network.
fn total(seen: &[Seen]) -> (Estimate, Estimate, Estimate) {
    let (means, squares) = (each(seen, |seen| seen.mean), each(seen, |seen| seen.mean_square));
    let fourths = each(seen, |seen| seen.mean_square.powi(2));
    let variance = pseudo_values([&squares, &means], |[square, mean]| square - mean * mean);
    let spread = pseudo_values([&fourths, &squares], |[fourth, square]| fourth / (square * square) - 1.0);
    (Estimate::mean_of(&means), Estimate::mean_of(&variance), Estimate::mean_of(&spread))
}
// endregion: total

// region: share
/// Pseudo-values of v²/σ²: the average sample variance over the average mean square.
fn share(seen: &[Seen]) -> Vec<f64> {
    let (variances, squares) = (each(seen, |seen| seen.variance), each(seen, |seen| seen.mean_square));
    pseudo_values([&variances, &squares], |[variance, square]| variance / square)
}
// endregion: share

// region: decomposition
/// The terms of Eq. 5 from three disjoint groups of samples, and m² + v² - σ² network by network.
fn decomposition(seen: &[Seen]) -> [Estimate; 4] {
    let term = |term: fn(&Terms) -> f64| Estimate::mean_of(&each(seen, |seen| term(&seen.terms)));
    [
        term(|terms| terms.squared_mean),
        term(|terms| terms.variance),
        term(|terms| terms.mean_square),
        term(|terms| terms.squared_mean + terms.variance - terms.mean_square),
    ]
}
// endregion: decomposition

#[cfg(test)]
mod tests {
    use super::*;
    use experiment::{Parameters, Profile};

    #[test]
    fn narrow_networks_are_followed_less_far_and_drawn_more_often() {
        assert_eq!([100, 300, 1000].map(|width| decisive_depth(width, 50)), [10, 30, 50]);
        assert_eq!(decisive_depth(4, 50), 1);
        let runs = Background::runs(&Params::of(Profile::Quick));
        assert_eq!(runs.len(), 4 * Params::of(Profile::Quick).widths.len());
        for pair in runs.windows(2).filter(|pair| pair[0].law == pair[1].law) {
            let certainty = |run: &Run| spread(run.width, run.depth) / run.networks as f64;
            assert!((certainty(&pair[0]) / certainty(&pair[1]) - 1.0).abs() < 0.01);
        }
        let least = runs.iter().min_by_key(|run| run.networks).unwrap();
        assert_eq!((least.width, least.networks), (1000, Params::of(Profile::Quick).networks.size()));
    }

    fn tiny(law: InputLaw) -> Run {
        Run { law, width: 40, depth: 3, networks: 300, samples: 6, engine: Engine::Exact }
    }

    #[test]
    fn results_do_not_depend_on_the_number_of_threads() {
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| Background::execute(&tiny(InputLaw::Normal), &Context::bare(7), &|_, _| {}))
                .unwrap()
        };
        assert_eq!(on(1), on(3));
    }

    #[test]
    fn laws_and_seeds_draw_networks_of_their_own() {
        let of = |law: InputLaw, seed: u64| {
            Background::execute(&tiny(law), &Context::bare(seed), &|_, _| {}).unwrap()
        };
        let normal = of(InputLaw::Normal, 7);
        assert_ne!(normal, of(InputLaw::Normal, 8));
        // Half-normal inputs are the absolute values of normal ones: with shared draws the mean squares of layer 1 would
        // be the same up to the weights.
        assert_ne!(normal[0].variance, of(InputLaw::HalfNormal, 7)[0].variance);
    }

    #[test]
    fn a_law_s_mean_gives_the_cosine_of_its_vectors() {
        for law in [InputLaw::Normal, InputLaw::HalfNormal] {
            let run = Run { width: 400, depth: 1, ..tiny(law) };
            let first = Background::execute(&run, &Context::bare(3), &|_, _| {}).unwrap().remove(0);
            let expected = 1.0 - mean_of(law).powi(2);
            let off = (first.share.value - expected).abs();
            assert!(
                off < 5.0 * first.share.standard_error,
                "{law}: {} against {expected}",
                first.share.value
            );
        }
    }
}
