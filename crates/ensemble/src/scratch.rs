//! Memory that is used again: asking the system for it anew in every layer would cost as much as a tenth of the work.

use crate::plan::Plan;
use crate::tape::Tape;
use crate::units::{Affine, UnitMoments};
use std::sync::{Mutex, PoisonError};

/// What a thread needs while it works on a chunk of units. Contents are left over from the last use.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    /// Pre-activations of a block.
    pub(crate) raw: Vec<f32>,
    /// Activations of a block.
    pub(crate) block: Vec<f32>,
    /// Normals to be multiplied.
    pub(crate) normals: Vec<f32>,
    /// A block in double precision.
    pub(crate) wide: Vec<f64>,
    /// Of each unit of a block.
    pub(crate) moments: UnitMoments,
    /// For each unit of a block.
    pub(crate) affine: Affine,
}

/// What one network needs from its first layer forwards to its first layer backwards.
#[derive(Debug, Default)]
pub(crate) struct Workspace {
    /// What the forward pass leaves for the backward pass.
    pub(crate) tape: Tape,
    /// The gradients of the layer at hand.
    pub(crate) gradient: Vec<f32>,
    /// The gradients of the layer below.
    pub(crate) below: Vec<f32>,
}

/// Things that are handed out, given back, and handed out again.
#[derive(Debug, Default)]
pub(crate) struct Pool<T>(Mutex<Vec<T>>);

impl<T: Default> Pool<T> {
    /// Lends one to `work`, a new one if none is free.
    pub(crate) fn lend<R>(&self, work: impl FnOnce(&mut T) -> R) -> R {
        let free = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = free().pop();
        let mut item = taken.unwrap_or_default();
        let result = work(&mut item);
        free().push(item);
        result
    }
}

impl Workspace {
    /// Lengths for a plan: nothing is kept of forward passes alone.
    pub(crate) fn prepare(&mut self, plan: &Plan) {
        let layers = if plan.observables.gradient.is_some() { plan.config.depth } else { 0 };
        self.tape.resize_with(layers, Default::default);
    }
}

/// The first `length` elements of a buffer, which grows if it must; what they hold is left over.
pub(crate) fn sized<T: Clone + Default>(buffer: &mut Vec<T>, length: usize) -> &mut [T] {
    if buffer.len() < length {
        buffer.resize(length, T::default());
    }
    &mut buffer[..length]
}
