//! A blueprint with parameters on a device.

mod rewire;

use super::{Activations, Blueprint, Layer, ShapeError, Size, Step, Walk};
use crate::{Kernels, NetworkError};
use dfdx::dtypes::Dtype;
use dfdx::tensor::Tape;

/// A network on a device.
#[derive(Clone, Debug)]
pub struct Network<E: Dtype, D: Kernels<E>> {
    pub(crate) layers: Vec<Layer<E, D>>,
    blueprint: Blueprint,
    device: D,
}

impl<E: Dtype, D: Kernels<E>> Network<E, D> {
    /// A network whose parameters are all zero: [`initialise`](crate::initialise::initialise) it next.
    ///
    /// # Errors
    /// Those of the device.
    pub fn new(blueprint: Blueprint, device: &D) -> Result<Self, NetworkError> {
        let layers = blueprint.layers().iter().map(|kind| Layer::new(*kind, device));
        Ok(Self { layers: layers.collect::<Result<_, _>>()?, blueprint, device: device.clone() })
    }

    /// The layers, layer 1 first.
    pub fn layers(&self) -> &[Layer<E, D>] {
        &self.layers
    }

    /// The steps of a forward pass.
    pub fn steps(&self) -> &[Step] {
        self.blueprint.steps()
    }

    /// What the network was built from.
    pub fn blueprint(&self) -> &Blueprint {
        &self.blueprint
    }

    /// Where the parameters are.
    pub fn device(&self) -> &D {
        &self.device
    }

    /// What the network makes of images: maps or rows of scores. With a tape, the pass can be differentiated; without
    /// one, activations are freed as soon as nothing needs them.
    ///
    /// # Errors
    /// Images that do not fit, or an error of the device.
    pub fn forward<T: Tape<E, D>>(
        &self,
        input: impl Into<Activations<E, D, T>>,
    ) -> Result<Activations<E, D, T>, NetworkError> {
        self.forward_with(input, |_, _| Ok(()))
    }

    /// [`Network::forward`], showing `observe` every layer's number, from 1, and its pre-activations: u of Eq. 1, as the
    /// ReLU sees them, so after normalisation where the layer normalises. They are not kept afterwards.
    ///
    /// # Errors
    /// Those of [`Network::forward`] and of the observer.
    pub fn forward_with<T: Tape<E, D>>(
        &self,
        input: impl Into<Activations<E, D, T>>,
        observe: impl FnMut(usize, &Activations<E, D>) -> Result<(), NetworkError>,
    ) -> Result<Activations<E, D, T>, NetworkError> {
        let input = input.into();
        self.fits(input.size())?;
        self.take(Walk::new(input), self.steps(), observe)
    }

    /// The size of every layer for an image of this size.
    ///
    /// # Errors
    /// The image does not fit.
    pub fn fits(&self, image: Size) -> Result<Vec<Size>, ShapeError> {
        self.blueprint.sizes(image)
    }

    /// Takes some of the steps.
    fn take<T: Tape<E, D>>(
        &self,
        mut walk: Walk<E, D, T>,
        steps: &[Step],
        mut observe: impl FnMut(usize, &Activations<E, D>) -> Result<(), NetworkError>,
    ) -> Result<Activations<E, D, T>, NetworkError> {
        for step in steps {
            walk = walk.step(*step, &self.layers)?;
            if let Step::Layer(layer) = step {
                let (current, tape) = walk.current.split_tape();
                observe(*layer, &current)?;
                walk.current = current.put_tape(tape);
            }
        }
        Ok(walk.current)
    }
}
