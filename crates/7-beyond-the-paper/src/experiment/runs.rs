//! Runs of Section 7: one ensemble each, and what is kept of its networks.

use ensemble::{
    Config, ConfigError, Ensemble, Layer, Normalisation, Observables, Record, Through, WeightLaw,
};
use experiment::{Context, Experiment, ExperimentError, List, RunRefused};
use mean_field::price;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::experiment::map;
use crate::experiment::observed::{self, Kept, Spread};
use crate::experiment::params::{Params, Share, Width};

/// Networks of narrow widths, at most.
const MOST_NETWORKS: usize = 1000;
/// Batches beyond this one have fewer networks in evaluation mode.
const LARGE_BATCH: usize = 400;
/// Batches beyond this one have fewer networks in the fit of slopes.
const LARGE_FIT: usize = 800;
/// Batches below this one hold lengths together for longer, and cost little.
const SMALL_BATCH: u64 = 50;
/// Layers with normalisation over the batch: before lengths run away.
const SCHEME_DEPTH: usize = 25;
/// Layers in which lengths and angles are compared; what the original's layer 50 sees is layer 49.
const COMPARED: [usize; 9] = [1, 2, 5, 10, 20, 49, 50, 100, 200];

/// What a run is about.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Question {
    /// What finite width keeps of lengths and angles.
    Lengths(WeightLaw),
    /// Where scale+bias initialisation loses hold of the lengths.
    Runaway,
    /// Where the map of lengths says that it does.
    Map,
    /// What the share, in percent, of the mean taken from every row costs.
    Price(u64),
    /// What a normalisation over the batch costs.
    Scheme(Normalisation),
    /// How many layers fresh samples last with the statistics of a batch.
    Evaluation {
        /// Fresh samples.
        fresh: usize,
    },
    /// The gradients of Fig. 3.
    Slope(Normalisation),
}

/// One run: one ensemble.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// What it is about.
    pub question: Question,
    /// Units in every layer.
    pub width: usize,
    /// Samples.
    pub samples: usize,
    /// Networks.
    pub networks: usize,
    /// Layers.
    pub depth: usize,
}

/// What a run gives, network by network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    /// In each of the compared layers.
    Lengths(Vec<Vec<Spread>>),
    /// The relative variance of |x^l|² over samples, in layers 0, …, L.
    Runaway(Vec<Vec<f64>>),
    /// In layers 0, …, L.
    Price(Vec<Vec<Kept>>),
    /// For each fresh sample the layer at which its mean square exceeds 2, if it does.
    Evaluation(Vec<Vec<Option<f64>>>),
    /// The mean square of ∂L/∂x^l, in layers 0, …, L.
    Slope(Vec<Vec<f64>>),
}

impl Run {
    /// Its name.
    pub fn name(&self) -> String {
        let Self { width, samples, networks, .. } = self;
        let what = match self.question {
            Question::Lengths(weights) => format!("lengths-{weights}"),
            Question::Runaway => "runaway".to_owned(),
            Question::Map => "map".to_owned(),
            Question::Price(share) => format!("price-{share}"),
            Question::Scheme(normalisation) => format!("price-{normalisation}"),
            Question::Evaluation { .. } => "evaluation".to_owned(),
            Question::Slope(normalisation) => format!("slope-{normalisation}"),
        };
        format!("{what}-n{width}-t{samples}-{networks}-networks")
    }

    /// The layers in which lengths and angles are compared.
    pub fn compared(&self) -> Vec<usize> {
        COMPARED.into_iter().filter(|layer| *layer <= self.depth).collect()
    }

    /// The ensemble, checked. Every network has its own inputs.
    fn ensemble(&self, seed: u64) -> Result<Ensemble, ConfigError> {
        let Self { width, samples, networks, depth, .. } = *self;
        let plain =
            Config { width, samples, networks, depth, seed, shared_inputs: false, ..Config::default() };
        let none = Observables::none();
        let (config, observables) = match self.question {
            Question::Lengths(weights) => (Config { weights, ..plain }, none.grams(self.compared())),
            Question::Runaway | Question::Map => {
                (Config { normalisation: Normalisation::ScaleBias, ..plain }, none.lengths())
            }
            Question::Price(percent) => {
                let share = percent as f64 / 100.0;
                let gamma = (1.0 - price::removed(share)).recip();
                (Config { centring: share, gamma, ..plain }, none.pairs().tangents(samples))
            }
            Question::Scheme(normalisation) => {
                (Config { normalisation, ..plain }, none.pairs().tangents(samples))
            }
            Question::Evaluation { fresh } => {
                (Config { normalisation: Normalisation::BatchNorm, ..plain }, none.lengths().fresh(fresh))
            }
            Question::Slope(normalisation) => {
                (Config { normalisation, ..plain }, none.gradient(Through::Full))
            }
        };
        Ensemble::new(config, observables)
    }
}

/// The experiments of Section 7.
pub struct BeyondThePaper;

impl Experiment for BeyondThePaper {
    type Params = Params;
    type Run = Run;
    type Outcome = Outcome;

    fn check(params: &Params) -> Result<(), ExperimentError> {
        let checked = |run: Run| run.ensemble(0).map(drop).map_err(RunRefused::named(run.name()));
        Self::runs(params).into_iter().try_for_each(checked)
    }

    // Question by question.
    fn runs(params: &Params) -> Vec<Run> {
        let mut runs = lengths(params);
        let run =
            |question, width, samples, networks, depth| Run { question, width, samples, networks, depth };
        for samples in &params.runaway_samples {
            for width in &params.runaway_widths {
                let stretch = if samples.get() < SMALL_BATCH { 8.0 } else { 4.6 };
                let depth = (stretch * (width.get() as f64).cbrt()) as usize + 20;
                let widest = params.runaway_networks.size() * if samples.get() < SMALL_BATCH { 4 } else { 1 };
                let networks = more_where_narrower(widest, &params.runaway_widths, *width);
                runs.push(run(Question::Runaway, width.size(), samples.size(), networks, depth));
                let networks = params.map_networks.size();
                runs.push(run(Question::Map, width.size(), samples.size(), networks, depth));
            }
        }
        let samples = params.length_samples.size();
        for width in &params.price_widths {
            let networks = params.price_networks.size();
            for share in &params.shares {
                let question = Question::Price(share.get());
                runs.push(run(question, width.size(), samples, networks, settled(*share)));
            }
        }
        for normalisation in [Normalisation::ScaleBias, Normalisation::BatchNorm] {
            let width = params.price_widths.iter().map(|width| width.size()).max().unwrap_or(1);
            let networks = params.price_networks.size();
            runs.push(run(Question::Scheme(normalisation), width, samples, networks, SCHEME_DEPTH));
        }
        for batch in &params.batches {
            let samples = batch.size();
            let networks =
                params.evaluation_networks.size().div_ceil(if samples > LARGE_BATCH { 8 } else { 1 });
            let depth = (3.2 * (samples as f64).sqrt()) as usize + 10;
            let question = Question::Evaluation { fresh: params.fresh.size() };
            runs.push(run(question, params.evaluation_width.size(), samples, networks.max(2), depth));
        }
        for batch in &params.slope_batches {
            let samples = batch.size();
            let networks =
                params.slope_networks.size().div_ceil(if samples > LARGE_FIT { 5 } else { 1 }).max(2);
            for normalisation in [Normalisation::ScaleBias, Normalisation::BatchNorm] {
                let (width, depth) = (params.slope_width.size(), params.slope_depth.size());
                runs.push(run(Question::Slope(normalisation), width, samples, networks, depth));
            }
        }
        runs
    }

    fn name(run: &Run) -> String {
        run.name()
    }

    // region: execute
    // Ensembles of the two settings of Fig. 3 share their draws.
    fn execute(
        run: &Run,
        context: &Context,
        progress: &(dyn Fn(u64, u64) + Sync),
    ) -> Result<Outcome, ExperimentError> {
        // The map draws no networks: it has the outcome of one, not the ensemble.
        if run.question == Question::Map {
            let each = |network: usize| {
                let seed = context.seeds.of(&format!("map-{network}"));
                map::relative_variances(run.width, run.samples, run.depth, seed)
            };
            return Ok(Outcome::Runaway((0..run.networks).into_par_iter().map(each).collect()));
        }
        let record = run.ensemble(context.seeds.of("networks"))?.run_on(context.device, progress)?;
        Ok(match run.question {
            Question::Lengths(_) => Outcome::Lengths(in_layers(&record, |layer| {
                Some(observed::spread(layer.gram.as_ref()?, run.samples))
            })),
            Question::Runaway | Question::Map => Outcome::Runaway(in_layers(&record, |layer| {
                Some(observed::relative_variance(layer.lengths.as_ref()?))
            })),
            Question::Price(_) | Question::Scheme(_) => Outcome::Price(in_layers(&record, observed::kept)),
            Question::Evaluation { .. } => {
                let beyond = |network| observed::beyond_two(network, run.width, run.samples);
                Outcome::Evaluation(record.networks.iter().map(beyond).collect())
            }
            Question::Slope(_) => Outcome::Slope(in_layers(&record, |layer| layer.gradient)),
        })
    }
    // endregion: execute
}

/// A quantity of the layers that have it, network by network.
fn in_layers<T>(record: &Record, of: impl Fn(&Layer) -> Option<T>) -> Vec<Vec<T>> {
    record.networks.iter().map(|network| network.layers.iter().filter_map(&of).collect()).collect()
}

/// Lengths and angles, with normal weights and with orthogonal ones.
fn lengths(params: &Params) -> Vec<Run> {
    let run = |width: &Width, weights| Run {
        question: Question::Lengths(weights),
        width: width.size(),
        samples: params.length_samples.size(),
        networks: more_where_narrower(params.length_networks.size(), &params.length_widths, *width),
        depth: params.length_depth.size(),
    };
    let normal = params.length_widths.iter().map(|width| run(width, WeightLaw::Gaussian));
    let orthogonal = params.orthogonal_widths.iter().map(|width| run(width, WeightLaw::Orthogonal));
    normal.chain(orthogonal).collect()
}

/// As many more networks than the `fewest` of the widest as this width is narrower, for the same work.
fn more_where_narrower<const LEAST: usize>(
    fewest: usize,
    widths: &List<Width, LEAST>,
    width: Width,
) -> usize {
    let widest = widths.iter().map(|width| width.size()).max().unwrap_or(1);
    (fewest * widest.div_ceil(width.size())).min(MOST_NETWORKS)
}

/// Layers after which the cosine stands still under a share: it approaches its fixed point by β/2 a layer.
fn settled(share: Share) -> usize {
    40 + (11.0 / price::removed(share.get() as f64 / 100.0)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use experiment::{Parameters, Profile};
    use std::collections::BTreeSet;

    #[test]
    fn every_profile_fits_together_and_names_are_unique() {
        for params in Profile::ALL.map(Params::of) {
            BeyondThePaper::check(&params).unwrap();
            let runs = BeyondThePaper::runs(&params);
            let names: BTreeSet<String> = runs.iter().map(Run::name).collect();
            assert_eq!(names.len(), runs.len());
        }
    }
}
