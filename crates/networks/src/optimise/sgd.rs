//! Stochastic gradient descent with momentum.

use super::buffers::Buffers;
use super::{Optimiser, State, check_rate};
use crate::models::{Network, Visit};
use crate::{Kernels, NetworkError};
use dfdx::dtypes::Dtype;
use dfdx::optim::{Momentum, SgdConfig};
use dfdx::shapes::Shape;
use dfdx::tensor::{Gradients, Storage, Tensor};

/// SGD with momentum μ and learning rate η, without dampening: v ← μ v + g, p ← p - η v. This is PyTorch's rule and
/// dfdx's classic momentum; the rule of some texts, v ← μ v - η g, differs from it when η changes.
#[derive(Debug)]
pub struct Sgd<E: Dtype, D: Kernels<E>> {
    rule: SgdConfig,
    steps: u64,
    velocity: Buffers<E, D>,
}

impl<E: Dtype, D: Kernels<E>> Sgd<E, D> {
    /// μ of the paper.
    pub const MOMENTUM: f64 = 0.9;

    /// An optimiser for the parameters that `network` has now, at rest.
    ///
    /// # Errors
    /// A learning rate that is not a positive number, or an error of the device.
    pub fn new(network: &Network<E, D>, rate: f64) -> Result<Self, NetworkError> {
        check_rate(rate)?;
        let rule =
            SgdConfig { lr: rate, momentum: Some(Momentum::Classic(Self::MOMENTUM)), weight_decay: None };
        Ok(Self { rule, steps: 0, velocity: Buffers::zeros(network)? })
    }
}

impl<E: Dtype, D: Kernels<E>> Optimiser<E, D> for Sgd<E, D> {
    fn update(
        &mut self,
        network: &mut Network<E, D>,
        gradients: Gradients<E, D>,
    ) -> Result<(), NetworkError> {
        self.velocity.check(network)?;
        self.steps += 1;
        network.visit(&mut Step { rule: &self.rule, gradients, velocity: self.velocity.buffers.iter_mut() })
    }

    fn state(&self) -> Result<State<E>, NetworkError> {
        Ok(State { steps: self.steps, lists: self.velocity.lists()? })
    }

    fn set_state(&mut self, state: &State<E>) -> Result<(), NetworkError> {
        self.velocity = self.velocity.with_lists(&state.lists)?;
        self.steps = state.steps;
        Ok(())
    }
}

/// One step for one parameter tensor after the other.
struct Step<'a, E: Dtype, D: Kernels<E>> {
    rule: &'a SgdConfig,
    gradients: Gradients<E, D>,
    velocity: std::slice::IterMut<'a, <D as Storage<E>>::Vec>,
}

impl<E: Dtype, D: Kernels<E>> Visit<E, D> for Step<'_, E, D> {
    fn visit<S: Shape>(&mut self, parameter: &mut Tensor<S, E, D>) -> Result<(), NetworkError> {
        let velocity = self.velocity.next().expect("there is a velocity for each parameter");
        let gradient = self.gradients.get_or_alloc_mut(&*parameter).map_err(NetworkError::device)?;
        self.rule.try_update(parameter, velocity, gradient).map_err(NetworkError::device)
    }
}
