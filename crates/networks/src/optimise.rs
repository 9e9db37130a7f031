//! The paper's optimisers, SGD with momentum and Adam (§5.2), with PyTorch's update rules, on dfdx's kernels. Their state
//! can be read and written, so that training can be taken up again where it stopped, bit by bit.

mod adam;
mod buffers;
mod sgd;

use crate::models::Network;
use crate::{Kernels, NetworkError};
use dfdx::dtypes::Dtype;
use dfdx::tensor::Gradients;

pub use adam::Adam;
pub use sgd::Sgd;

/// What an optimiser remembers from one step to the next.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State<E> {
    /// Steps taken.
    pub steps: u64,
    /// One list for each parameter tensor, in the order of [`Network::parameters`]: the velocities of SGD; the first
    /// moments of Adam and, behind all of them, the second moments.
    pub lists: Vec<Vec<E>>,
}

/// Changes the parameters of a network step by step.
pub trait Optimiser<E: Dtype, D: Kernels<E>>: std::fmt::Debug {
    /// Takes one step. A parameter without a gradient counts as having gradient zero.
    ///
    /// # Errors
    /// Those of the device.
    fn update(&mut self, network: &mut Network<E, D>, gradients: Gradients<E, D>)
    -> Result<(), NetworkError>;

    /// What is remembered.
    ///
    /// # Errors
    /// Those of the device.
    fn state(&self) -> Result<State<E>, NetworkError>;

    /// Takes up a state that [`Optimiser::state`] gave for the same network.
    ///
    /// # Errors
    /// Lists that do not fit the network, and then nothing has changed; or those of the device.
    fn set_state(&mut self, state: &State<E>) -> Result<(), NetworkError>;
}

/// Refuses a learning rate that is not a positive number.
fn check_rate(rate: f64) -> Result<(), NetworkError> {
    if rate.is_finite() && rate > 0.0 { Ok(()) } else { Err(NetworkError::Rate { rate }) }
}
