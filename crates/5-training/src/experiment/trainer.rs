//! Training one network: initialise it, then take step after step, with checkpoints on the way.
//!
//! A run that was interrupted continues from its last checkpoint with the same parameters, the same state of the
//! optimiser and the same minibatches, and ends with the same curve, bit for bit. So does a run on any number of threads.

use std::time::Instant;

use dfdx::tensor::Trace;
use dfdx::tensor_ops::Backward;
use networks::initialise::{MINIBATCHES, initialise};
use networks::models::{Activations, Network};
use networks::observe::observe;
use networks::optimise::{Adam, Optimiser as Rule, Sgd, State};
use networks::{Kernels, Maps, NetworkError, ops};

use crate::experiment::checkpoint::{Checkpoint, Generations};
use crate::experiment::choices::{Initialisation, Optimiser};
use crate::experiment::minibatches::{Minibatch, Minibatches};
use crate::experiment::runs::{Failure, Observation, Outcome, Run, Start};
use crate::experiment::seeds::{Purpose, seed_of};

/// A loss so many times that of the first iteration has exploded.
pub const EXPLODED: f32 = 100.0;

/// Parts of the way after which r is observed, in quarters: before, on the way, and at the end.
const OBSERVED_AT: [u64; 4] = [0, 1, 2, 4];

/// What surrounds a run.
pub struct Surroundings<'a> {
    /// The reproduction's seed.
    pub seed: u64,
    /// Where checkpoints go, if anywhere.
    pub checkpoints: Option<Generations>,
    /// Says something that the user should know.
    pub warn: fn(&str),
    /// Told the loss, in words.
    pub say: &'a (dyn Fn(String) + Sync),
    /// Told iterations done, and all.
    pub progress: &'a (dyn Fn(u64, u64) + Sync),
}

/// A network in training.
pub struct Training<'a, D: Kernels<f32>> {
    device: &'a D,
    run: &'a Run,
    minibatches: &'a Minibatches,
    network: Network<f32, D>,
    rule: Box<dyn Rule<f32, D>>,
    outcome: Outcome,
}

/// Trains the network of a run on a device.
///
/// # Errors
/// An error of the device.
pub fn train<D: Kernels<f32>>(
    device: &D,
    run: &Run,
    minibatches: &Minibatches,
    surroundings: &Surroundings,
) -> Result<Outcome, Failure> {
    let mut training = Training::begin(device, run, minibatches, surroundings.seed)?;
    let kept = surroundings.checkpoints.as_ref().and_then(|kept| kept.newest(surroundings.warn));
    match kept {
        Some(checkpoint) => training.take_up(checkpoint)?,
        None => training.initialise(surroundings.seed)?,
    }
    let total = run.iterations;
    while !training.is_over() {
        let started = Instant::now();
        training.step()?;
        training.outcome.seconds += started.elapsed().as_secs_f64();
        let done = training.done();
        training.observe_if_due()?;
        if let Some(checkpoints) = &surroundings.checkpoints
            && done % run.checkpoint_every == 0
            && !training.is_over()
        {
            checkpoints.keep(&training.checkpoint()?, surroundings.warn);
        }
        if let Some(loss) = training.outcome.losses.last() {
            (surroundings.say)(format!("loss {loss:.3}"));
        }
        (surroundings.progress)(done, total);
    }
    Ok(training.outcome)
}

impl<'a, D: Kernels<f32>> Training<'a, D> {
    /// A network without parameters yet.
    ///
    /// # Errors
    /// An error of the device.
    pub fn begin(
        device: &'a D,
        run: &'a Run,
        minibatches: &'a Minibatches,
        seed: u64,
    ) -> Result<Self, Failure> {
        let blueprint = run.task.blueprint(run.width_multiplier)?;
        let mut network = Network::new(blueprint, device)?;
        if run.initialisation == Initialisation::BatchNorm {
            // Which parameters there are depends on the initialisation.
            let weights = seed_of(Purpose::Weights, seed, run.seed);
            initialise(&mut network, run.initialisation.of_network(), weights, &[])?;
        }
        let rule: Box<dyn Rule<f32, D>> = match run.optimiser {
            Optimiser::Sgd => Box::new(Sgd::new(&network, run.rate)?),
            Optimiser::Adam => Box::new(Adam::new(&network, run.rate)?),
        };
        let outcome = Outcome {
            source: minibatches.source(),
            parameters: network.parameter_count() as u64,
            losses: Vec::new(),
            diverged: None,
            start: Vec::new(),
            observations: Vec::new(),
            seconds: 0.0,
        };
        Ok(Self { device, run, minibatches, network, rule, outcome })
    }

    // region: initialise
    /// Initialises the network from the run's first minibatches, and looks at what became of it.
    ///
    /// # Errors
    /// An error of the device.
    pub fn initialise(&mut self, seed: u64) -> Result<(), Failure> {
        let first = (0..MINIBATCHES as u64).map(|iteration| self.minibatches.at(iteration));
        let first = first
            .map(|minibatch| Ok(self.images(minibatch?)?.0.into()))
            .collect::<Result<Vec<_>, Failure>>()?;
        let weights = seed_of(Purpose::Weights, seed, self.run.seed);
        initialise(&mut self.network, self.run.initialisation.of_network(), weights, &first)?;
        if self.run.initialisation != Initialisation::BatchNorm {
            let layers = observe(&self.network, &first)?.into_iter().map(|layer| Start {
                mean_square: layer.channels.mean_square,
                variance: layer.channels.variance,
                largest_mean: layer.channels.largest_mean,
            });
            self.outcome.start = layers.collect();
        }
        self.observe_if_due()
    }
    // endregion: initialise

    /// Iterations done.
    fn done(&self) -> u64 {
        self.outcome.losses.len() as u64
    }

    /// Whether there is nothing left to do.
    fn is_over(&self) -> bool {
        self.outcome.diverged.is_some() || self.done() >= self.run.iterations
    }

    // region: step
    /// One iteration: a minibatch forwards, its loss backwards, and a step of the optimiser.
    ///
    /// # Errors
    /// An error of the device.
    pub fn step(&mut self) -> Result<(), Failure> {
        let (images, labels) = self.images(self.minibatches.at(self.done())?)?;
        let loss = match self.network.forward(images.leaky_trace())? {
            Activations::Rows(scores) => ops::cross_entropy(scores, &labels)?,
            Activations::Maps(scores) => ops::cross_entropy_per_pixel(scores, &labels)?,
        };
        let value = loss.as_vec()[0];
        let first = *self.outcome.losses.first().unwrap_or(&value);
        if !value.is_finite() || value > EXPLODED * first {
            self.outcome.diverged = Some(self.done());
            return Ok(());
        }
        self.outcome.losses.push(value);
        let gradients = loss.try_backward().map_err(NetworkError::device)?;
        Ok(self.rule.update(&mut self.network, gradients)?)
    }
    // endregion: step

    /// A minibatch on the device, and its labels.
    fn images(&self, minibatch: Minibatch) -> Result<(Maps<f32, D>, Vec<usize>), Failure> {
        let images = self.device.try_tensor_from_vec(minibatch.pixels, minibatch.shape);
        Ok((images.map_err(NetworkError::device)?, minibatch.labels))
    }

    /// Observes r if it is time to.
    fn observe_if_due(&mut self) -> Result<(), Failure> {
        let (done, total) = (self.done(), self.run.iterations);
        let last = self.outcome.observations.last().map(|observation| observation.iteration);
        if !OBSERVED_AT.iter().any(|quarters| total * quarters / 4 == done) || last == Some(done) {
            return Ok(());
        }
        let minibatches = self.minibatches.observed(self.run.batch)?.into_iter();
        let images = minibatches.map(|minibatch| Ok(self.images(minibatch)?.0.into()));
        let ratios = match observe(&self.network, &images.collect::<Result<Vec<_>, Failure>>()?) {
            Ok(layers) => layers.iter().map(|layer| [layer.units.ratio(), layer.channels.ratio()]).collect(),
            Err(NetworkError::Overflow { .. }) => {
                self.outcome.diverged = Some(done);
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        self.outcome.observations.push(Observation { iteration: done, ratios });
        Ok(())
    }

    /// All that the rest of the run depends on.
    fn checkpoint(&self) -> Result<Checkpoint, Failure> {
        let State { steps, lists } = self.rule.state()?;
        Ok(Checkpoint {
            parameters: self.network.parameters(),
            steps,
            memory: lists,
            outcome: self.outcome.clone(),
        })
    }

    /// Goes back to where a checkpoint was made.
    fn take_up(&mut self, checkpoint: Checkpoint) -> Result<(), Failure> {
        let Checkpoint { parameters, steps, memory, outcome } = checkpoint;
        self.network.set_parameters(&parameters)?;
        self.rule.set_state(&State { steps, lists: memory })?;
        self.outcome = outcome;
        Ok(())
    }
}
