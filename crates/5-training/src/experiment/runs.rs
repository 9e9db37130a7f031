//! Runs of Section 5: one network, trained.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use datasets::{Cifar10, Isbi2012, Source};
use dfdx::tensor::Cpu;
use experiment::{Context, Device, ExperimentError, RunRefused};
use networks::models::Size;
use serde::{Deserialize, Serialize};
use statistics::Moments;

use crate::experiment::choices::{Data, Initialisation, Optimiser, Part, Task, Variation};
use crate::experiment::minibatches::{Minibatches, Set};
use crate::experiment::params::Params;
use crate::experiment::settings::{Iterations, PerTask};
use crate::experiment::trainer::train;

/// Is told iterations done, and all.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) + Sync);

/// One run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// What it is there for.
    pub part: Part,
    /// What the network is trained for.
    pub task: Task,
    /// How it is initialised.
    pub initialisation: Initialisation,
    /// How its parameters are changed.
    pub optimiser: Optimiser,
    /// The learning rate.
    pub rate: f64,
    /// Stands for weights, order and augmentation.
    pub seed: u32,
    /// Steps.
    pub iterations: u64,
    /// Images in a minibatch.
    pub batch: usize,
    /// Channels in units of the paper's.
    pub width_multiplier: f64,
    /// Pixels along each side of an image.
    pub image_size: usize,
    /// Which images to take.
    pub data: Data,
    /// Iterations from one checkpoint to the next. The result does not depend on it, so it is no part of the run's key.
    #[serde(skip)]
    pub checkpoint_every: u64,
}

/// r of every layer at one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// Iterations done.
    pub iteration: u64,
    /// r (Eq. 9) of each layer: over units, which are channels at positions, and over channels.
    pub ratios: Vec<[f64; 2]>,
}

/// What a run gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Real images, or a stand-in.
    pub source: Source,
    /// Weights, biases and gains.
    pub parameters: u64,
    /// The loss of each iteration's minibatch, before its step.
    pub losses: Vec<f32>,
    /// The iteration at which training diverged, if it did; there is no loss after it.
    pub diverged: Option<u64>,
    /// Each layer's pre-activations over the minibatches that an initialisation measured, images and positions taken
    /// together; empty after one that does not measure.
    pub start: Vec<Moments>,
    /// r along training.
    pub observations: Vec<Observation>,
    /// Seconds spent in iterations. Everything else here is the same whenever the run is repeated.
    pub seconds: f64,
}

impl Run {
    /// Its name.
    pub fn name(&self) -> String {
        let Self { task, initialisation, optimiser, rate, seed, .. } = self;
        let name = format!("{task}-{optimiser}-{initialisation}-rate-{rate}-seed-{seed}");
        if self.part == Part::Curve { name } else { format!("{}-{name}", self.part) }
    }

    /// The size of its images.
    pub fn image(&self) -> Size {
        Size::square(self.task.channels(), self.image_size)
    }
}

/// The runs that the parameters call for from the start: every learning rate, on the short budget of a search where there
/// is one, and before them what Eqs. 13 and 14 give to the letter, of which nothing is trained. Those to be compared with each other stand side by side, so that a sweep that is stopped half-way leaves
/// comparisons and not halves of them.
pub fn runs(params: &Params) -> Vec<Run> {
    let mut found = Vec::new();
    for task in &params.tasks {
        let part = if is_searched(params, *task) { Part::Search } else { Part::Curve };
        let (first, rate) = (params.optimisers[0], params.learning_rates.of(params.optimisers[0])[0]);
        let literal = (Initialisation::BiasThenScale, rate.get());
        found.extend(
            params
                .seeds
                .of(*task)
                .iter()
                .map(|seed| run(params, Part::Start, (*task, first), literal, *seed)),
        );
        for optimiser in &params.optimisers {
            for seed in params.seeds.of(*task) {
                for rate in params.learning_rates.of(*optimiser) {
                    let of = |initialisation| {
                        run(params, part, (*task, *optimiser), (initialisation, rate.get()), *seed)
                    };
                    found.extend(params.initialisations.iter().map(|initialisation| of(*initialisation)));
                }
            }
        }
    }
    found
}

/// Whether learning rates are compared on a shorter budget than a curve's.
fn is_searched(params: &Params, task: Task) -> bool {
    params.search_iterations.of(task).get() < params.iterations.of(task).get()
}

/// The runs of a panel of Fig. 4 that the chosen rates call for: the curves, where there was a search before them, and the
/// two initialisations that are compared with a choice of ours made differently.
pub fn at_chosen_rates(
    params: &Params,
    panel: (Task, Optimiser),
    chosen: &[(Initialisation, f64)],
) -> Vec<Run> {
    let mut parts: Vec<Part> = Vec::new();
    parts.extend(is_searched(params, panel.0).then_some(Part::Curve));
    parts.extend(params.sensitivity.iter().map(|variation| variation.part()));
    let mut found = Vec::new();
    for part in parts {
        let compared = |initialisation| part == Part::Curve || initialisation != Initialisation::BatchNorm;
        for seed in params.seeds.of(panel.0) {
            let here = chosen.iter().filter(|(initialisation, _)| compared(*initialisation));
            found.extend(here.map(|chosen| run(params, part, panel, *chosen, *seed)));
        }
    }
    found
}

/// One run of a panel.
fn run(
    params: &Params,
    part: Part,
    (task, optimiser): (Task, Optimiser),
    (initialisation, rate): (Initialisation, f64),
    seed: u32,
) -> Run {
    let usual = params.batch.of(task).size();
    let of_part = |iterations: &PerTask<Iterations>| iterations.of(task).get();
    let iterations = match part {
        Part::Start => 0,
        Part::Curve => of_part(&params.iterations),
        Part::Search => of_part(&params.search_iterations),
        Part::HalfBatch | Part::DoubleBatch => of_part(&params.sensitivity_iterations),
    };
    Run {
        part,
        task,
        initialisation,
        optimiser,
        rate,
        seed,
        iterations,
        batch: match part {
            Part::Start | Part::Search | Part::Curve => usual,
            Part::HalfBatch => Variation::HalfBatch.batch(usual),
            Part::DoubleBatch => Variation::DoubleBatch.batch(usual),
        },
        width_multiplier: params.width_multiplier.of(task).get(),
        image_size: params.image_size.of(task).size(),
        data: params.data,
        checkpoint_every: params.checkpoint_every.get(),
    }
}

/// Checks that the images fit the networks.
///
/// # Errors
/// Which run does not fit, and why.
pub fn check(params: &Params) -> Result<(), ExperimentError> {
    runs(params).iter().try_for_each(|run| {
        let sizes = run.task.blueprint(run.width_multiplier).and_then(|network| network.sizes(run.image()));
        sizes.map(drop).map_err(RunRefused::named(run.name()))
    })
}

/// Threads that a run can keep busy with one step at a time. Sharing out the work of a layer pays where the layer is large.
const THREADS: usize = 1;

/// How many runs go side by side on the processor.
pub fn side_by_side(threads: usize) -> usize {
    threads.div_ceil(THREADS)
}

/// The content of the data sets that are read, by name.
///
/// # Errors
/// Files that are there but cannot be read.
pub fn inputs(
    params: &Params,
    folder: Option<&Path>,
) -> Result<Vec<(&'static str, String)>, ExperimentError> {
    let folder = folder.filter(|_| params.data == Data::Found);
    let fingerprint = |task: &Task| match task {
        Task::Cifar => Ok((Cifar10::NAME, Cifar10::fingerprint(folder)?)),
        Task::Isbi => Ok((Isbi2012::NAME, Isbi2012::fingerprint(folder)?)),
    };
    params.tasks.iter().map(fingerprint).collect()
}

/// Trains the network of a run, from its last checkpoint on if it has one.
///
/// # Errors
/// Files that cannot be read, an error of the device, or the word to stop. A run that diverges has not failed.
pub fn execute(run: &Run, context: &Context, progress: Progress) -> Result<Outcome, ExperimentError> {
    let set = opened(run, context)?;
    let minibatches = Minibatches::of(run, set, &context.seeds)?;
    match context.device {
        Device::Cpu => train(&Cpu::default(), run, &minibatches, context, progress),
        Device::Cuda => on_card(run, &minibatches, context, progress),
    }
}

/// Trains on the first NVIDIA card.
#[cfg(feature = "cuda")]
fn on_card(
    run: &Run,
    minibatches: &Minibatches,
    context: &Context,
    progress: Progress,
) -> Result<Outcome, ExperimentError> {
    train(&networks::cuda::set_up(0, context.seeds.of("device"))?, run, minibatches, context, progress)
}

/// Says that there is none.
#[cfg(not(feature = "cuda"))]
fn on_card(_: &Run, _: &Minibatches, _: &Context, _: Progress) -> Result<Outcome, ExperimentError> {
    Err("built without CUDA: `cargo build --workspace --features training/cuda` builds with it".into())
}

/// A run's data set. The one opened last is kept: runs on the same set follow each other.
fn opened(run: &Run, context: &Context) -> Result<Set, ExperimentError> {
    type Source = (Task, Data, Option<PathBuf>, u64, usize, usize);
    static LAST: Mutex<Option<(Source, Set)>> = Mutex::new(None);
    let stand_in = context.seeds.of("stand-in");
    let source = (run.task, run.data, context.data.clone(), stand_in, run.batch, run.image_size);
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    match &*last {
        Some((known, set)) if *known == source => Ok(set.clone()),
        _ => {
            let set = Set::open(run, context.data.as_deref(), stand_in)?;
            *last = Some((source, set.clone()));
            Ok(set)
        }
    }
}
