//! Memory to work in that is kept from one operation to the next: fresh memory costs more than what is written there.

use super::real::Real;
use std::ops::{Deref, DerefMut};
use std::sync::PoisonError;

/// Numbers that are worth keeping, at most; larger memory is given back.
const KEPT: usize = 1 << 22;

/// Numbers without meaning, to be overwritten.
pub(crate) struct Scratch<E: Real> {
    numbers: Vec<E>,
    length: usize,
}

impl<E: Real> Scratch<E> {
    pub(crate) fn new(length: usize) -> Self {
        let mut spare = E::spare().lock().unwrap_or_else(PoisonError::into_inner);
        let fit = spare.iter().position(|numbers| (length..=2 * length).contains(&numbers.capacity()));
        let mut numbers = fit.map_or_else(Vec::new, |fit| spare.swap_remove(fit));
        drop(spare);
        // Longer ones keep their length: what is there need not be cleared for the next.
        if numbers.len() < length {
            numbers.resize(length, E::zero());
        }
        Self { numbers, length }
    }
}

impl<E: Real> Deref for Scratch<E> {
    type Target = [E];

    fn deref(&self) -> &[E] {
        &self.numbers[..self.length]
    }
}

impl<E: Real> DerefMut for Scratch<E> {
    fn deref_mut(&mut self) -> &mut [E] {
        &mut self.numbers[..self.length]
    }
}

impl<E: Real> Drop for Scratch<E> {
    fn drop(&mut self) {
        let mut spare = E::spare().lock().unwrap_or_else(PoisonError::into_inner);
        let kept = spare.iter().map(Vec::capacity).sum::<usize>();
        if kept + self.numbers.capacity() <= KEPT {
            spare.push(std::mem::take(&mut self.numbers));
        }
    }
}
