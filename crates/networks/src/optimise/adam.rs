//! Adam (Kingma and Ba 2015).

use super::buffers::Buffers;
use super::{Optimiser, State, check_rate};
use crate::models::{Network, Visit};
use crate::{Kernels, NetworkError};
use dfdx::dtypes::Dtype;
use dfdx::optim::AdamConfig;
use dfdx::shapes::Shape;
use dfdx::tensor::{Gradients, Storage, Tensor};

/// Adam: m ← β₁ m + (1 - β₁) g, v ← β₂ v + (1 - β₂) g², p ← p - η m̂ / (√v̂ + ε), with m̂ = m / (1 - β₁ᵗ) and
/// v̂ = v / (1 - β₂ᵗ) in step t.
#[derive(Debug)]
pub struct Adam<E: Dtype, D: Kernels<E>> {
    rate: f64,
    steps: u64,
    first: Buffers<E, D>,
    second: Buffers<E, D>,
}

impl<E: Dtype, D: Kernels<E>> Adam<E, D> {
    /// β₁ and β₂ of the paper.
    pub const BETAS: [f64; 2] = [0.9, 0.999];

    /// ε of the paper.
    pub const EPSILON: f64 = 1e-8;

    /// An optimiser for the parameters that `network` has now, before its first step.
    ///
    /// # Errors
    /// A learning rate that is not a positive number, or an error of the device.
    pub fn new(network: &Network<E, D>, rate: f64) -> Result<Self, NetworkError> {
        check_rate(rate)?;
        Ok(Self { rate, steps: 0, first: Buffers::zeros(network)?, second: Buffers::zeros(network)? })
    }

    /// dfdx's rule with the corrections 1 - βᵗ of this step folded into rate and ε. Its own are computed in the
    /// parameters' type: in single precision 1 - 0.999ᵗ cancels, and the first steps are off by 10⁻⁵ of themselves. β is what that
    /// type makes of it, so that the weights of the averages still sum to 1 - βᵗ.
    fn rule(&self) -> AdamConfig {
        let steps = self.steps as f64;
        let rounded = |beta: f64| E::from_f64(beta).and_then(|beta| beta.to_f64()).unwrap_or(beta);
        let [first, second] = Self::BETAS.map(|beta| 1.0 - rounded(beta).powf(steps));
        let root = second.sqrt();
        AdamConfig {
            lr: self.rate * root / first,
            betas: Self::BETAS,
            eps: Self::EPSILON * root,
            weight_decay: None,
        }
    }
}

/// A step so late that dfdx's own corrections are 1: βᵗ underflows.
const NO_CORRECTION: i32 = i32::MAX;

impl<E: Dtype, D: Kernels<E>> Optimiser<E, D> for Adam<E, D> {
    fn update(
        &mut self,
        network: &mut Network<E, D>,
        gradients: Gradients<E, D>,
    ) -> Result<(), NetworkError> {
        self.first.check(network)?;
        self.steps += 1;
        let rule = self.rule();
        let moments = self.first.buffers.iter_mut().zip(&mut self.second.buffers);
        network.visit(&mut Step { rule: &rule, gradients, moments })
    }

    fn state(&self) -> Result<State<E>, NetworkError> {
        let lists = self.first.lists()?.into_iter().chain(self.second.lists()?).collect();
        Ok(State { steps: self.steps, lists })
    }

    fn set_state(&mut self, state: &State<E>) -> Result<(), NetworkError> {
        let (first, second) = state.lists.split_at(self.first.len().min(state.lists.len()));
        let (first, second) = (self.first.with_lists(first)?, self.second.with_lists(second)?);
        (self.first, self.second, self.steps) = (first, second, state.steps);
        Ok(())
    }
}

/// One step for one parameter tensor after the other.
struct Step<'a, E: Dtype, D: Kernels<E>, M> {
    rule: &'a AdamConfig,
    gradients: Gradients<E, D>,
    moments: M,
}

impl<'a, E, D, M> Visit<E, D> for Step<'a, E, D, M>
where
    E: Dtype,
    D: Kernels<E>,
    M: Iterator<Item = (&'a mut <D as Storage<E>>::Vec, &'a mut <D as Storage<E>>::Vec)>,
{
    fn visit<S: Shape>(&mut self, parameter: &mut Tensor<S, E, D>) -> Result<(), NetworkError> {
        let (first, second) = self.moments.next().expect("there are two moments for each parameter");
        let gradient = self.gradients.get_or_alloc_mut(&*parameter).map_err(NetworkError::device)?;
        self.rule.try_update(NO_CORRECTION, parameter, first, second, gradient).map_err(NetworkError::device)
    }
}
