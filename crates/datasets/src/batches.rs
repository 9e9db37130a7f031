//! The order in which minibatches visit a data set. In every epoch the images are shuffled anew and cut into minibatches
//! of equal size; images that are left over, fewer than one minibatch, wait for another epoch. Iterations are counted
//! through from 0. The indices of an iteration are a function of the seed and its number, so that a resumed run
//! continues in the same order.

use std::sync::{Arc, Mutex, PoisonError};

use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};

use crate::draw::{Purpose, generator};
use crate::error::RequestError;

/// Minibatches of indices without end: an iterator over iterations.
#[derive(Debug, Clone)]
pub struct Batches {
    images: usize,
    size: usize,
    next: Place,
    /// The epoch that was asked for last: most iterations are of the same epoch as the one before.
    last: Arc<Mutex<Option<Epoch>>>,
}

/// All images in the order of an epoch.
#[derive(Debug)]
struct Epoch {
    number: u64,
    order: Vec<usize>,
}

/// Where in the order a run stands: all that has to be kept to continue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Seed of the order.
    pub seed: u64,
    /// Iterations done.
    pub iteration: u64,
}

impl Batches {
    /// Minibatches of `size` of a data set of `images`, from the place on: iteration 0 for a new run.
    ///
    /// # Errors
    /// When a minibatch would be empty or larger than the data set.
    pub fn from(place: Place, images: usize, size: usize) -> Result<Self, RequestError> {
        RequestError::unless_within("the number of images", images, 1, usize::MAX)?;
        RequestError::unless_within("the images in a minibatch", size, 1, images)?;
        Ok(Self { images, size, next: place, last: Arc::default() })
    }

    /// The place of the next iteration.
    pub fn place(&self) -> Place {
        self.next
    }

    /// Iterations in an epoch.
    pub fn per_epoch(&self) -> u64 {
        (self.images / self.size) as u64
    }

    /// The indices of any iteration.
    pub fn at(&self, iteration: u64) -> Vec<usize> {
        let number = iteration / self.per_epoch();
        let first = (iteration % self.per_epoch()) as usize * self.size;
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let epoch = match last.take() {
            Some(known) if known.number == number => known,
            _ => Epoch { number, order: self.order(number) },
        };
        let indices = epoch.order[first..first + self.size].to_vec();
        *last = Some(epoch);
        indices
    }

    /// All images in the order of an epoch.
    fn order(&self, epoch: u64) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.images).collect();
        order.shuffle(&mut generator(self.next.seed, Purpose::Order, [epoch, 0]));
        order
    }
}

impl Iterator for Batches {
    type Item = Vec<usize>;

    fn next(&mut self) -> Option<Vec<usize>> {
        let iteration = self.next.iteration;
        let indices = self.at(iteration);
        self.next.iteration = iteration.checked_add(1)?;
        Some(indices)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batches(seed: u64, images: usize, size: usize) -> Batches {
        Batches::from(Place { seed, iteration: 0 }, images, size).unwrap()
    }

    #[test]
    fn an_epoch_visits_images_at_most_once_and_all_where_they_divide() {
        for (images, size, visited) in [(12, 4, 12), (13, 4, 12), (5, 5, 5), (7, 1, 7), (1, 1, 1)] {
            let mut batches = batches(3, images, size);
            for _ in 0..3 {
                let per_epoch = batches.per_epoch() as usize;
                let mut seen: Vec<usize> = batches.by_ref().take(per_epoch).flatten().collect();
                seen.sort_unstable();
                seen.dedup();
                assert_eq!(seen.len(), visited, "{images} images by {size}");
                assert!(seen.iter().all(|index| *index < images));
            }
        }
    }

    #[test]
    fn a_resumed_order_is_the_same_from_any_place() {
        let whole: Vec<Vec<usize>> = batches(7, 23, 5).take(20).collect();
        for stop in 0..20 {
            let mut first = batches(7, 23, 5);
            let mut seen: Vec<Vec<usize>> = first.by_ref().take(stop).collect();
            let kept = serde_json::to_string(&first.place()).unwrap();
            let place: Place = serde_json::from_str(&kept).unwrap();
            assert_eq!(place, Place { seed: 7, iteration: stop as u64 });
            seen.extend(Batches::from(place, 23, 5).unwrap().take(20 - stop));
            assert_eq!(seen, whole, "stopped after {stop}");
            assert_eq!(first.at(stop as u64), whole[stop]);
        }
    }

    #[test]
    fn epochs_and_seeds_have_orders_of_their_own() {
        let order = |seed, epoch| batches(seed, 100, 100).at(epoch);
        assert_ne!(order(1, 0), order(1, 1));
        assert_ne!(order(1, 0), order(2, 0));
        assert_ne!(order(1, 0), (0..100).collect::<Vec<_>>());
    }

    /// Over 3000 epochs each of 10 images comes first 300 times; six standard deviations are 99.
    #[test]
    fn every_image_is_as_likely_to_come_first() {
        let batches = batches(5, 10, 2);
        let mut first = [0i32; 10];
        (0..3000).for_each(|epoch| first[batches.at(epoch * 5)[0]] += 1);
        assert!(first.iter().all(|count| (count - 300).abs() < 99), "{first:?}");
    }

    #[test]
    fn empty_and_too_large_minibatches_are_refused() {
        let said = |images, size| {
            Batches::from(Place { seed: 0, iteration: 0 }, images, size).unwrap_err().to_string()
        };
        assert_eq!(said(30, 31), "the images in a minibatch must be from 1 to 30, not 31");
        assert_eq!(said(30, 0), "the images in a minibatch must be from 1 to 30, not 0");
        assert!(said(0, 1).starts_with("the number of images must be from 1 to "));
    }
}
