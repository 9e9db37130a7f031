//! Parameters of Section 5.
//!
//! The paper states optimisers, learning rates and seeds. It states neither the images in a minibatch nor the number of
//! iterations; what stands here in their place is listed, with every other such choice, in the table `choices`.

use std::fmt::Display;

use experiment::Count;
use serde::{Deserialize, Serialize};

use crate::experiment::choices::{Data, Initialisation, Optimiser, Task, Variation};
use crate::experiment::settings::{Iterations, PerOptimiser, PerTask, Positive};

/// What is computed, and how far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// The tasks.
    pub tasks: Vec<Task>,
    /// The initialisations that are compared.
    pub initialisations: Vec<Initialisation>,
    /// The optimisers.
    pub optimizers: Vec<Optimiser>,
    /// Learning rates, of which the fastest is chosen.
    pub learning_rates: PerOptimiser<Vec<Positive>>,
    /// Seeds: each stands for one network, one order of the images and one augmentation.
    pub seeds: Vec<u32>,
    /// Iterations of a curve of Fig. 4.
    pub iterations: PerTask<Iterations>,
    /// Iterations on which learning rates are compared. Where they are fewer than a curve's, only the fastest rate of each
    /// initialisation goes on to a curve; else every rate does, and the curves are compared.
    pub search_iterations: PerTask<Iterations>,
    /// Choices of ours to make differently, at the rates that were chosen.
    pub sensitivity: Vec<Variation>,
    /// Iterations of such a run, at most as many as a curve's.
    pub sensitivity_iterations: PerTask<Iterations>,
    /// Images in a minibatch.
    pub batch: PerTask<Count<1, 50_000>>,
    /// Channels of every layer, in units of the paper's.
    pub width_multiplier: PerTask<Positive>,
    /// Pixels along each side of an image: CIFAR-10's are averaged down, ISBI's are crops.
    pub image_size: PerTask<Count<1, 512>>,
    /// Iterations from one checkpoint to the next.
    pub checkpoint_every: Iterations,
    /// Which images to take.
    pub data: Data,
}

/// Name, meaning and range of every parameter.
pub const PARAMETERS: &[(&str, &str)] = &[
    ("tasks", "a list of cifar and isbi"),
    ("initialisations", "a list of scale, scale_bias and batch_norm"),
    ("optimizers", "a list of sgd and adam"),
    (
        "learning_rates",
        "a list of learning rates, above 0 and at most 16; or one for each optimiser: {\"sgd\": [0.01], \"adam\": [0.001]}",
    ),
    ("seeds", "a list of seeds, 0 to 4294967295"),
    (
        "iterations",
        "iterations of each curve, 1 to 10000000; or for each task: {\"cifar\": 200, \"isbi\": 100}",
    ),
    (
        "search_iterations",
        "iterations on which learning rates are compared; where fewer than iterations, only the fastest goes on; or for each task",
    ),
    ("sensitivity", "a list of half_batch and double_batch, or none of them: []"),
    ("sensitivity_iterations", "iterations of such a run, at most iterations are compared; or for each task"),
    ("batch", "images in a minibatch, 1 to the size of the data set (50000 and 30); or for each task"),
    (
        "width_multiplier",
        "channels of every layer in units of the paper's, above 0 and at most 16; or for each task",
    ),
    (
        "image_size",
        "pixels along each side: 8, 16 or 32 for cifar, a multiple of 16 from 32 to 512 for isbi; or for each task",
    ),
    ("checkpoint_every", "iterations from one checkpoint to the next, 1 to 10000000"),
    ("data", "found: real data where it is found; stand_in: never"),
];

impl Params {
    /// What no single parameter can check.
    ///
    /// # Errors
    /// What does not fit together, naming the parameter and its limit.
    pub fn check(&self) -> Result<(), String> {
        listed("tasks", &self.tasks)?;
        listed("initialisations", &self.initialisations)?;
        listed("optimizers", &self.optimizers)?;
        listed("seeds", &self.seeds)?;
        if !self.sensitivity.is_empty() {
            listed("sensitivity", &self.sensitivity)?;
        }
        for optimiser in &self.optimizers {
            let rates = self.learning_rates.of(*optimiser).iter().map(|rate| rate.get());
            listed(&format!("learning_rates of {optimiser}"), &rates.collect::<Vec<_>>())?;
        }
        self.tasks.iter().try_for_each(|task| self.check_task(*task))
    }

    fn check_task(&self, task: Task) -> Result<(), String> {
        let (batch, side) = (self.batch.of(task).get(), self.image_size.of(task).get());
        if batch > task.images() {
            return Err(format!(
                "batch of {task} is {batch}, but the data set has {} images: at most as many",
                task.images()
            ));
        }
        if let Some(more) =
            self.sensitivity.iter().find(|more| more.batch(batch as usize) as u64 > task.images())
        {
            return Err(format!(
                "batch of {task} is {batch}, and sensitivity asks for {more}, but the data set has {} images",
                task.images()
            ));
        }
        let fits = match task {
            Task::Cifar => [8, 16, 32].contains(&side),
            Task::Isbi => side % 16 == 0 && (32..=task.side()).contains(&side),
        };
        let sizes = match task {
            Task::Cifar => "8, 16 or 32",
            Task::Isbi => "a multiple of 16 from 32 to 512",
        };
        if fits { Ok(()) } else { Err(format!("image_size of {task} is {side}: it must be {sizes}")) }
    }
}

/// Refuses an empty list, and one that names something twice.
fn listed<T: PartialEq + Display>(name: &str, values: &[T]) -> Result<(), String> {
    if values.is_empty() {
        return Err(format!("{name} must name at least one"));
    }
    let twice = values.iter().enumerate().find(|(index, value)| values[..*index].contains(value));
    match twice {
        Some((_, value)) => Err(format!("{name} names {value} twice")),
        None => Ok(()),
    }
}

/// The rates of §5.2.
fn paper_rates() -> PerOptimiser<Vec<Positive>> {
    PerOptimiser {
        sgd: [0.0003, 0.001, 0.003, 0.01].map(Positive::of).to_vec(),
        adam: [0.00003, 0.0001, 0.0003, 0.001].map(Positive::of).to_vec(),
    }
}

/// Those of them at which something happens within a hundred iterations.
fn higher_rates() -> PerOptimiser<Vec<Positive>> {
    let PerOptimiser { sgd, adam } = paper_rates();
    PerOptimiser { sgd: sgd[2..].to_vec(), adam: adam[2..].to_vec() }
}

/// The paper's 144 runs.
pub fn paper() -> Params {
    Params {
        tasks: Task::ALL.to_vec(),
        initialisations: Initialisation::ALL.to_vec(),
        optimizers: Optimiser::ALL.to_vec(),
        learning_rates: paper_rates(),
        seeds: vec![0, 1, 2],
        iterations: PerTask { cifar: Count::of(20_000), isbi: Count::of(20_000) },
        search_iterations: PerTask { cifar: Count::of(20_000), isbi: Count::of(20_000) },
        sensitivity: Variation::ALL.to_vec(),
        sensitivity_iterations: PerTask { cifar: Count::of(2000), isbi: Count::of(2000) },
        batch: PerTask { cifar: Count::of(128), isbi: Count::of(1) },
        width_multiplier: PerTask { cifar: Positive::of(1.0), isbi: Positive::of(1.0) },
        image_size: PerTask { cifar: Count::of(32), isbi: Count::of(512) },
        checkpoint_every: Count::of(500),
        data: Data::Found,
    }
}

/// A first look: narrow networks, small images, few images in a minibatch, the two higher rates of each optimiser, two
/// seeds and a few hundred iterations.
pub fn quick() -> Params {
    Params {
        learning_rates: higher_rates(),
        seeds: vec![0, 1],
        iterations: PerTask { cifar: Count::of(360), isbi: Count::of(120) },
        search_iterations: PerTask { cifar: Count::of(60), isbi: Count::of(30) },
        sensitivity: vec![Variation::HalfBatch],
        sensitivity_iterations: PerTask { cifar: Count::of(60), isbi: Count::of(30) },
        batch: PerTask { cifar: Count::of(16), isbi: Count::of(4) },
        width_multiplier: PerTask { cifar: Positive::of(0.25), isbi: Positive::of(0.0625) },
        image_size: PerTask { cifar: Count::of(16), isbi: Count::of(64) },
        checkpoint_every: Count::of(50),
        ..paper()
    }
}

/// For tests.
pub fn smoke() -> Params {
    Params {
        learning_rates: higher_rates(),
        seeds: vec![0, 1],
        iterations: PerTask { cifar: Count::of(16), isbi: Count::of(8) },
        search_iterations: PerTask { cifar: Count::of(6), isbi: Count::of(4) },
        sensitivity: vec![Variation::HalfBatch],
        sensitivity_iterations: PerTask { cifar: Count::of(6), isbi: Count::of(4) },
        batch: PerTask { cifar: Count::of(8), isbi: Count::of(2) },
        width_multiplier: PerTask { cifar: Positive::of(0.0625), isbi: Positive::of(0.03125) },
        image_size: PerTask { cifar: Count::of(8), isbi: Count::of(32) },
        checkpoint_every: Count::of(5),
        data: Data::StandIn,
        ..paper()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(change: impl FnOnce(&mut Params)) -> String {
        let mut params = smoke();
        change(&mut params);
        params.check().unwrap_err()
    }

    #[test]
    fn every_profile_fits_together() {
        for params in [smoke(), quick(), paper()] {
            assert_eq!(params.check(), Ok(()));
        }
    }

    #[test]
    fn the_paper_has_144_runs() {
        assert_eq!(crate::experiment::runs::runs(&paper()).len(), 144);
        assert!(
            crate::experiment::runs::runs(&paper())
                .iter()
                .all(|run| run.part == crate::experiment::choices::Part::Curve)
        );
    }

    #[test]
    fn what_does_not_fit_together_is_refused_by_name_and_limit() {
        assert_eq!(refused(|params| params.tasks.clear()), "tasks must name at least one");
        assert_eq!(refused(|params| params.seeds = vec![3, 3]), "seeds names 3 twice");
        let rates = |params: &mut Params| params.learning_rates.adam.clear();
        assert_eq!(refused(rates), "learning_rates of adam must name at least one");
        assert_eq!(
            refused(|params| params.batch.isbi = Count::of(31)),
            "batch of isbi is 31, but the data set has 30 images: at most as many"
        );
        assert_eq!(
            refused(|params| params.image_size.cifar = Count::of(24)),
            "image_size of cifar is 24: it must be 8, 16 or 32"
        );
        assert_eq!(
            refused(|params| params.image_size.isbi = Count::of(40)),
            "image_size of isbi is 40: it must be a multiple of 16 from 32 to 512"
        );
    }
}
