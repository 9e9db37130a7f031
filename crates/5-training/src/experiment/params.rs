//! Parameters of Section 5.
//!
//! The paper states optimisers, learning rates and seeds. It states neither the images in a minibatch nor the number of
//! iterations; what stands here in their place is listed, with every other such choice, in the table `choices`.

use experiment::{Count, ExperimentError, List};

use crate::experiment::choices::{Data, Initialisation, Optimiser, Task, Variation};
use crate::experiment::settings::{Iterations, PerOptimiser, PerTask, Positive};

experiment::parameters! {
    /// What is computed, and how far. The default is a first look: narrow networks, small images, few images in a minibatch,
    /// the two higher rates of each optimiser, two seeds and a few hundred iterations.
    pub struct Params {
        /// The tasks.
        tasks: List<Task> = { List::of(Task::ALL) };
        /// The initialisations that are compared.
        initialisations: List<Initialisation> = { List::of(Initialisation::ALL) };
        /// The optimisers.
        optimisers: List<Optimiser> = { List::of(Optimiser::ALL) };
        /// Learning rates, of which the fastest is chosen.
        learning_rates: PerOptimiser<List<Positive>> = { higher_rates() }, { higher_rates() }, { paper_rates() };
        /// Seeds: each stands for one network, one order of the images and one augmentation.
        seeds: PerTask<List<u32>> = { seeds(2) }, { seeds(2) }, { seeds(3) };
        /// Iterations of a curve of Fig. 4.
        iterations: PerTask<Iterations> = { each(16, 8) }, { each(360, 120) }, { each(20_000, 20_000) };
        /// Iterations on which learning rates are compared; where they are fewer than a curve's, only the fastest rate of
        /// each initialisation goes on to a curve, else every rate does, and the curves are compared.
        search_iterations: PerTask<Iterations> = { each(6, 4) }, { each(60, 30) }, { each(20_000, 20_000) };
        /// Choices of ours to make differently, at the rates that were chosen.
        sensitivity: List<Variation, 0> =
            { List::of([Variation::HalfBatch]) }, { List::of([Variation::HalfBatch]) }, { List::of(Variation::ALL) };
        /// Iterations of such a run, at most as many as a curve's.
        sensitivity_iterations: PerTask<Iterations> = { each(6, 4) }, { each(60, 30) }, { each(2000, 2000) };
        /// Images in a minibatch, at most those of the data set (50000 and 30).
        batch: PerTask<Count<1, 50_000>> = { each(8, 2) }, { each(16, 4) }, { each(128, 1) };
        /// Channels of every layer, in units of the paper's.
        width_multiplier: PerTask<Positive> = { wide(0.0625, 0.03125) }, { wide(0.25, 0.0625) }, { wide(1.0, 1.0) };
        /// Pixels along each side of an image: CIFAR-10's are averaged down to 8, 16 or 32, ISBI's are crops, a multiple of 16
        /// from 32 on.
        image_size: PerTask<Count<1, 512>> = { each(8, 32) }, { each(16, 64) }, { each(32, 512) };
        /// Iterations from one checkpoint to the next.
        checkpoint_every: Iterations = 5, 50, 500;
        /// Which images to take.
        data: Data = { Data::StandIn }, { Data::Found }, { Data::Found };
    }
}

/// A number for each task.
fn each<const MIN: u64, const MAX: u64>(cifar: u64, isbi: u64) -> PerTask<Count<MIN, MAX>> {
    PerTask { cifar: Count::of(cifar), isbi: Count::of(isbi) }
}

/// A factor for each task.
fn wide(cifar: f64, isbi: f64) -> PerTask<Positive> {
    PerTask { cifar: Positive::of(cifar), isbi: Positive::of(isbi) }
}

/// The first seeds, for both tasks.
fn seeds(count: u32) -> PerTask<List<u32>> {
    let seeds = || List::of((0..count).collect::<Vec<_>>());
    PerTask { cifar: seeds(), isbi: seeds() }
}

/// The rates of §5.2.
fn paper_rates() -> PerOptimiser<List<Positive>> {
    PerOptimiser {
        sgd: List::of([0.0003, 0.001, 0.003, 0.01].map(Positive::of)),
        adam: List::of([0.00003, 0.0001, 0.0003, 0.001].map(Positive::of)),
    }
}

/// Those of them at which something happens within a hundred iterations.
fn higher_rates() -> PerOptimiser<List<Positive>> {
    let PerOptimiser { sgd, adam } = paper_rates();
    PerOptimiser { sgd: List::of(&sgd[2..]), adam: List::of(&adam[2..]) }
}

impl Params {
    /// What no single parameter can check.
    ///
    /// # Errors
    /// What does not fit together, naming the parameter and its limit.
    pub fn check(&self) -> Result<(), ExperimentError> {
        self.tasks.iter().try_for_each(|task| self.check_task(*task))
    }

    fn check_task(&self, task: Task) -> Result<(), ExperimentError> {
        let (batch, side) = (self.batch.of(task).get(), self.image_size.of(task).get());
        if batch > task.images() {
            return Err(format!(
                "batch of {task} is {batch}, but the data set has {} images: at most as many",
                task.images()
            )
            .into());
        }
        if let Some(more) =
            self.sensitivity.iter().find(|more| more.batch(batch as usize) as u64 > task.images())
        {
            return Err(format!(
                "batch of {task} is {batch}, and sensitivity asks for {more}, but the data set has {} images",
                task.images()
            )
            .into());
        }
        let fits = match task {
            Task::Cifar => [8, 16, 32].contains(&side),
            Task::Isbi => side % 16 == 0 && (32..=task.side()).contains(&side),
        };
        let sizes = match task {
            Task::Cifar => "8, 16 or 32",
            Task::Isbi => "a multiple of 16 from 32 to 512",
        };
        if fits { Ok(()) } else { Err(format!("image_size of {task} is {side}: it must be {sizes}").into()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::choices::Part;
    use experiment::{Parameters, Profile};

    #[test]
    fn the_paper_has_144_curves() {
        let runs = crate::experiment::runs::runs(&Params::of(Profile::Paper));
        let of = |part| runs.iter().filter(|run| run.part == part).count();
        assert_eq!((of(Part::Curve), of(Part::Start), runs.len()), (144, 6, 150));
    }
}
