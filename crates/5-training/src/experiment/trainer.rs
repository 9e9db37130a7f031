//! Training one network: initialise it, then take step after step, with checkpoints on the way.
//!
//! A run that was interrupted continues from its last checkpoint with the same parameters, the same state of the
//! optimiser and the same minibatches, and ends with the same curve, bit for bit. So does a run on any number of threads.

use std::time::Instant;

use dfdx::tensor::Trace;
use dfdx::tensor_ops::Backward;
use experiment::{Context, ExperimentError, Interrupted, Seeds};
use networks::initialise::{MINIBATCHES, initialise};
use networks::models::{Activations, Network};
use networks::observe::observe;
use networks::optimise::{Adam, Optimiser as Rule, Sgd, State};
use networks::{Kernels, Maps, NetworkError, ops};

use crate::experiment::checkpoint::Checkpoint;
use crate::experiment::choices::{Initialisation, Optimiser};
use crate::experiment::minibatches::{Minibatch, Minibatches};
use crate::experiment::runs::{Observation, Outcome, Progress, Run};

/// A loss so many times that of the first iteration has exploded.
pub const EXPLODED: f32 = 100.0;

/// Parts of the way after which r is observed, in quarters: before, on the way, and at the end.
const OBSERVED_AT: [u64; 4] = [0, 1, 2, 4];

/// Of the seed alone: runs that differ in the initialisation, the optimiser or the rate start from the same numbers.
fn weights_seed(seeds: &Seeds, run: &Run) -> u64 {
    seeds.of(&format!("weights {}", run.seed))
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
    context: &Context,
    progress: Progress,
) -> Result<Outcome, ExperimentError> {
    let mut training = Training::begin(device, run, minibatches, &context.seeds)?;
    let checkpoints = context.checkpoints.as_deref();
    let _stops = checkpoints.map(|_| context.interruption.stops_at_checkpoint());
    match checkpoints.and_then(Checkpoint::newest) {
        Some(checkpoint) => training.resume(checkpoint)?,
        None => training.initialise(&context.seeds)?,
    }
    while !training.is_over() {
        let started = Instant::now();
        training.step()?;
        training.outcome.seconds += started.elapsed().as_secs_f64();
        let done = training.done();
        training.observe_if_due()?;
        if let Some(checkpoints) = checkpoints.filter(|_| !training.is_over()) {
            let interrupted = context.interruption.is_requested();
            if interrupted || done % run.checkpoint_every == 0 {
                training.checkpoint()?.keep(checkpoints)?;
            }
            if interrupted {
                return Err(Interrupted.into());
            }
        }
        if let Some(loss) = training.outcome.losses.last() {
            context.status.say(format!("loss {loss:.3}"));
        }
        progress(done, run.iterations);
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
        seeds: &Seeds,
    ) -> Result<Self, ExperimentError> {
        let blueprint = run.task.blueprint(run.width_multiplier)?;
        let mut network = Network::new(blueprint, device)?;
        if run.initialisation == Initialisation::BatchNorm {
            // Which parameters there are depends on the initialisation.
            let weights = weights_seed(seeds, run);
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
    pub fn initialise(&mut self, seeds: &Seeds) -> Result<(), ExperimentError> {
        let first = (0..MINIBATCHES as u64).map(|iteration| self.minibatches.at(iteration));
        let first = first
            .map(|minibatch| Ok(self.images(minibatch?)?.0.into()))
            .collect::<Result<Vec<_>, ExperimentError>>()?;
        let weights = weights_seed(seeds, self.run);
        initialise(&mut self.network, self.run.initialisation.of_network(), weights, &first)?;
        if self.run.initialisation != Initialisation::BatchNorm {
            let layers = observe(&self.network, &first)?;
            self.outcome.start = layers.into_iter().map(|layer| layer.channels).collect();
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
    pub fn step(&mut self) -> Result<(), ExperimentError> {
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
    fn images(&self, minibatch: Minibatch) -> Result<(Maps<f32, D>, Vec<usize>), ExperimentError> {
        let images = self.device.try_tensor_from_vec(minibatch.pixels, minibatch.shape);
        Ok((images.map_err(NetworkError::device)?, minibatch.labels))
    }

    /// Observes r if it is time to.
    fn observe_if_due(&mut self) -> Result<(), ExperimentError> {
        let (done, total) = (self.done(), self.run.iterations);
        let last = self.outcome.observations.last().map(|observation| observation.iteration);
        if !OBSERVED_AT.iter().any(|quarters| total * quarters / 4 == done) || last == Some(done) {
            return Ok(());
        }
        let minibatches = self.minibatches.observed(self.run.batch)?.into_iter();
        let images = minibatches.map(|minibatch| Ok(self.images(minibatch)?.0.into()));
        let ratios = match observe(&self.network, &images.collect::<Result<Vec<_>, ExperimentError>>()?) {
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
    fn checkpoint(&self) -> Result<Checkpoint, ExperimentError> {
        let State { steps, lists } = self.rule.state()?;
        Ok(Checkpoint {
            parameters: self.network.parameters(),
            steps,
            memory: lists,
            outcome: self.outcome.clone(),
        })
    }

    /// Goes back to where a checkpoint was made.
    fn resume(&mut self, checkpoint: Checkpoint) -> Result<(), ExperimentError> {
        let Checkpoint { parameters, steps, memory, outcome } = checkpoint;
        self.network.set_parameters(&parameters)?;
        self.rule.set_state(&State { steps, lists: memory })?;
        self.outcome = outcome;
        Ok(())
    }
}
