//! The minibatches of a run: images in the order of its seed, augmented as in §5.2, and the images on which r is
//! observed.
//!
//! Order and augmentation depend on the run's seed and the iteration alone. Runs that differ in initialisation, optimiser
//! or learning rate see the same minibatches.

use std::path::Path;
use std::sync::Arc;

use datasets::augment::{Deformation, PadAndCrop};
use datasets::{Batches, Cifar10, Isbi2012, Place, Source, stand_in};

use crate::experiment::choices::{Data, Task};
use crate::experiment::runs::Run;
use experiment::{ExperimentError, Seeds};

/// Images of a stand-in for CIFAR-10, at least; pages of one for ISBI 2012.
const STAND_IN_IMAGES: usize = 2000;
const STAND_IN_PAGES: usize = 30;
/// Images on which r is observed, at least as many as there are of them: those of §3.2 by number.
const OBSERVED: usize = 100;

/// A minibatch on its way to a network.
#[derive(Debug, Clone, PartialEq)]
pub struct Minibatch {
    /// Images × channels × height × width, standardised.
    pub pixels: Vec<f32>,
    /// The class of each image, or of each pixel of each image.
    pub labels: Vec<usize>,
    /// Extents of `pixels`.
    pub shape: (usize, usize, usize, usize),
}

/// A data set, opened.
#[derive(Debug, Clone)]
pub enum Set {
    /// For ALL-CNN-C.
    Cifar(Arc<Cifar10>),
    /// For U-Net.
    Isbi(Arc<Isbi2012>),
}

impl Set {
    /// The data set of a run, or its stand-in.
    ///
    /// # Errors
    /// Files that are there but cannot be read.
    pub fn open(run: &Run, folder: Option<&Path>, seed: u64) -> Result<Self, ExperimentError> {
        let folder = folder.filter(|_| run.data == Data::Found);
        Ok(match run.task {
            Task::Cifar => Self::Cifar(Arc::new(match Cifar10::find(folder)? {
                Some(real) => real,
                None => stand_in::cifar10(seed, STAND_IN_IMAGES.max(2 * run.batch))?,
            })),
            Task::Isbi => Self::Isbi(Arc::new(match Isbi2012::find(folder)? {
                Some(real) => real,
                None => stand_in::isbi(seed, STAND_IN_PAGES, (2 * run.image_size).min(512))?,
            })),
        })
    }

    /// Real or a stand-in.
    pub fn source(&self) -> Source {
        match self {
            Self::Cifar(set) => set.source(),
            Self::Isbi(set) => set.source(),
        }
    }

    /// Images or pages.
    pub fn images(&self) -> usize {
        match self {
            Self::Cifar(set) => set.images(),
            Self::Isbi(set) => set.pages(),
        }
    }
}

/// The minibatches of a run.
#[derive(Debug, Clone)]
pub struct Minibatches {
    set: Set,
    order: Batches,
    crop: PadAndCrop,
    deformation: Deformation,
    side: usize,
}

impl Minibatches {
    /// Those of a run, from its first iteration on.
    ///
    /// # Errors
    /// A minibatch larger than the data set.
    pub fn of(run: &Run, set: Set, seeds: &Seeds) -> Result<Self, ExperimentError> {
        // Of the seed alone: runs that differ in the initialisation, the optimiser or the rate see the same minibatches.
        let seed_for = |purpose: &str| seeds.of(&format!("{purpose} {}", run.seed));
        let start = Place { seed: seed_for("order"), iteration: 0 };
        let order = Batches::from(start, set.images(), run.batch)?;
        let augmentation = seed_for("augmentation");
        Ok(Self {
            set,
            order,
            crop: PadAndCrop { seed: augmentation },
            deformation: Deformation::of_the_paper(augmentation, run.image_size),
            side: run.image_size,
        })
    }

    /// Real images, or a stand-in.
    pub fn source(&self) -> Source {
        self.set.source()
    }

    /// The minibatch of an iteration, counted from 0.
    ///
    /// # Errors
    /// Never for images that are there.
    pub fn at(&self, iteration: u64) -> Result<Minibatch, ExperimentError> {
        let indices = self.order.at(iteration);
        match &self.set {
            Set::Cifar(set) => {
                let mut pixels = vec![0.0; indices.len() * Cifar10::PIXELS];
                set.fill_augmented(&self.crop, iteration, &indices, &mut pixels)?;
                Ok(self.recognition(indices.len(), pixels, set.labels(&indices)?))
            }
            Set::Isbi(set) => self.segmentation(set, &self.deformation, iteration, &indices),
        }
    }

    /// The images on which r is observed: the same for every run of a task, in minibatches as large as a run's, without
    /// augmentation (crops of pages aside).
    ///
    /// # Errors
    /// Never for images that are there.
    pub fn observed(&self, batch: usize) -> Result<Vec<Minibatch>, ExperimentError> {
        let all: Vec<usize> = (0..OBSERVED.max(2).min(self.set.images())).collect();
        let whole = all.chunks(batch).filter(|chunk| chunk.len() == batch || all.len() < batch);
        let one = |indices: &[usize]| match &self.set {
            Set::Cifar(set) => {
                let mut pixels = vec![0.0; indices.len() * Cifar10::PIXELS];
                set.fill(indices, &mut pixels)?;
                Ok(self.recognition(indices.len(), pixels, set.labels(indices)?))
            }
            Set::Isbi(set) => self.segmentation(set, &Deformation::cropping(0, self.side), 0, indices),
        };
        whole.map(one).collect()
    }

    /// Images of 32 × 32 pixels with a label each, averaged down to the run's size.
    fn recognition(&self, images: usize, pixels: Vec<f32>, labels: Vec<usize>) -> Minibatch {
        let pixels = averaged(&pixels, Cifar10::SIDE, self.side);
        Minibatch { pixels, labels, shape: (images, Cifar10::CHANNELS, self.side, self.side) }
    }

    /// Crops of pages with a label for each pixel.
    fn segmentation(
        &self,
        set: &Isbi2012,
        deformation: &Deformation,
        iteration: u64,
        pages: &[usize],
    ) -> Result<Minibatch, ExperimentError> {
        let count = pages.len() * self.side * self.side;
        let (mut pixels, mut labels) = (vec![0.0; count], vec![0; count]);
        set.fill_augmented(deformation, iteration, pages, &mut pixels, &mut labels)?;
        Ok(Minibatch { pixels, labels, shape: (pages.len(), Isbi2012::CHANNELS, self.side, self.side) })
    }
}

/// Pixels by which images of CIFAR-10 are padded on each side, as their crops show: corners lie from 0 to twice as many.
pub fn crop_padding() -> usize {
    const DRAWS: u64 = 1000;
    let corners = (0..DRAWS).flat_map(|draw| PadAndCrop { seed: 0 }.corner(draw, 0));
    corners.max().unwrap_or(0) / 2
}

/// Square planes of `from` pixels along each side, averaged over square blocks to `to`, which divides it.
fn averaged(planes: &[f32], from: usize, to: usize) -> Vec<f32> {
    let block = from / to;
    if block == 1 {
        return planes.to_vec();
    }
    let share = 1.0 / (block * block) as f32;
    let mut small = vec![0.0; planes.len() / (block * block)];
    for (plane, small) in planes.chunks_exact(from * from).zip(small.chunks_exact_mut(to * to)) {
        for (row, levels) in plane.chunks_exact(from).enumerate() {
            let row = &mut small[row / block * to..][..to];
            for (mean, levels) in row.iter_mut().zip(levels.chunks_exact(block)) {
                *mean += share * levels.iter().sum::<f32>();
            }
        }
    }
    small
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::choices::Optimiser;
    use crate::experiment::params::Params;
    use crate::experiment::runs::runs;
    use experiment::{Parameters, Profile};

    fn minibatches(change: impl Fn(&mut Run)) -> Minibatches {
        let mut run = runs(&Params::of(Profile::Smoke)).remove(0);
        change(&mut run);
        let set = Set::open(&run, None, 7).unwrap();
        Minibatches::of(&run, set, &Seeds::new("test", 7)).unwrap()
    }

    #[test]
    fn blocks_are_averaged() {
        let planes: Vec<f32> = (0..32).map(|value| value as f32).collect();
        assert_eq!(averaged(&planes, 4, 2), [2.5, 4.5, 10.5, 12.5, 18.5, 20.5, 26.5, 28.5]);
        assert_eq!(averaged(&planes, 4, 4), planes);
    }

    #[test]
    fn runs_of_one_seed_see_the_same_images_and_others_do_not() {
        let first = minibatches(|_| {});
        let other_rule = minibatches(|run| (run.optimiser, run.rate) = (Optimiser::Adam, 0.1));
        let other_seed = minibatches(|run| run.seed = 1);
        for iteration in [0, 3, 1000] {
            assert_eq!(first.at(iteration).unwrap(), other_rule.at(iteration).unwrap());
            assert_ne!(first.at(iteration).unwrap(), other_seed.at(iteration).unwrap());
        }
        assert_eq!(first.observed(8).unwrap(), other_seed.observed(8).unwrap());
    }

    #[test]
    fn whole_minibatches_are_observed() {
        for task in Task::ALL {
            let run = |run: &mut Run| {
                let side = if task == Task::Cifar { 16 } else { 32 };
                (run.task, run.image_size, run.batch) = (task, side, 7);
            };
            let observed = minibatches(run).observed(7).unwrap();
            let images: usize = observed.iter().map(|minibatch| minibatch.shape.0).sum();
            assert_eq!(images, if task == Task::Cifar { 98 } else { 28 });
            for Minibatch { pixels, labels, shape } in observed {
                assert_eq!(pixels.len(), shape.0 * shape.1 * shape.2 * shape.3);
                let labelled = if task == Task::Cifar { shape.0 } else { shape.0 * shape.2 * shape.3 };
                assert_eq!(labels.len(), labelled);
            }
        }
    }
}
