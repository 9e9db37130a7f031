//! Variants of a network: the same layers between other steps, and a forward pass that begins where two variants part.

use super::super::{Activations, Blueprint, Network, ShapeError, Step, Walk};
use crate::{Kernels, NetworkError};
use dfdx::dtypes::Dtype;
use dfdx::tensor::Tape;

impl<E: Dtype, D: Kernels<E>> Network<E, D> {
    /// The same layers, with their parameters, between the steps of another blueprint. Nothing is copied.
    ///
    /// # Errors
    /// The blueprint has other layers: named is the first that differs.
    pub fn rewired(&self, blueprint: Blueprint) -> Result<Self, ShapeError> {
        let (ours, theirs) = (self.blueprint.layers(), blueprint.layers());
        let differ = |layer: &usize| ours.get(*layer) != theirs.get(*layer);
        match (0..ours.len().max(theirs.len())).find(differ) {
            Some(layer) => Err(ShapeError::OtherLayer { layer: layer + 1 }),
            None => Ok(Self { layers: self.layers.clone(), blueprint, device: self.device.clone() }),
        }
    }

    /// What is left of [`Network::forward_with`] behind a layer whose pre-activations `u` are known; `observe` sees the
    /// layers that follow.
    ///
    /// # Errors
    /// There is no such layer, `u` has other features, maps from before the layer are needed for a skip connection, or
    /// one of those of [`Network::forward_with`].
    pub fn forward_behind<T: Tape<E, D>>(
        &self,
        layer: usize,
        u: Activations<E, D, T>,
        observe: impl FnMut(usize, &Activations<E, D>) -> Result<(), NetworkError>,
    ) -> Result<Activations<E, D, T>, NetworkError> {
        let found = u.size();
        let place = self.steps().iter().position(|step| *step == Step::Layer(layer));
        let Some(place) = place else { return Err(ShapeError::NoLayer { layer }.into()) };
        let expected = self.blueprint.layers()[layer - 1].features();
        if found.channels() != expected {
            return Err(ShapeError::Channels { layer, expected, found }.into());
        }
        let (before, behind) = self.steps().split_at(place + 1);
        let taken = |step: Step| before.iter().filter(|other| **other == step).count();
        if taken(Step::Save) > taken(Step::Concatenate) {
            return Err(ShapeError::Skip { layer, found }.into());
        }
        self.take(Walk::new(u), behind, observe)
    }
}
