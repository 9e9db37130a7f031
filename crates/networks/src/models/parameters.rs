//! A network's parameters in their fixed order: layer after layer, of each layer the weights W (out × in × side × side of
//! a convolution, in × out × 2 × 2 of an up-convolution, out × in of a fully connected layer, each row by row), the
//! biases b, and the gains γ where it normalises. Checkpoints and the states of optimisers keep this order.

use super::{Layer, Network, Weights};
use crate::{Kernels, NetworkError};
use dfdx::dtypes::Dtype;
use dfdx::shapes::Shape;
use dfdx::tensor::Tensor;

/// Something done to every parameter tensor of a network, whatever its shape.
pub trait Visit<E: Dtype, D: Kernels<E>> {
    /// Does it to the next tensor.
    ///
    /// # Errors
    /// Stops the visit.
    fn visit<S: Shape>(&mut self, parameter: &mut Tensor<S, E, D>) -> Result<(), NetworkError>;
}

impl<E: Dtype, D: Kernels<E>> Network<E, D> {
    /// Visits every parameter tensor, in order.
    ///
    /// # Errors
    /// Those of the visitor.
    pub fn visit(&mut self, visitor: &mut impl Visit<E, D>) -> Result<(), NetworkError> {
        for Layer { weights, bias, gain, .. } in &mut self.layers {
            match weights {
                Weights::Kernel(kernel) => visitor.visit(kernel)?,
                Weights::Matrix(matrix) => visitor.visit(matrix)?,
            }
            visitor.visit(bias)?;
            if let Some(gain) = gain {
                visitor.visit(gain)?;
            }
        }
        Ok(())
    }

    /// All parameters, one list per tensor, in order.
    pub fn parameters(&self) -> Vec<Vec<E>> {
        let tensors = self.layers.iter().flat_map(|layer| {
            let weights = match &layer.weights {
                Weights::Kernel(kernel) => kernel.as_vec(),
                Weights::Matrix(matrix) => matrix.as_vec(),
            };
            [Some(weights), Some(layer.bias.as_vec()), layer.gain.as_ref().map(|gain| gain.as_vec())]
        });
        tensors.flatten().collect()
    }

    /// Replaces all parameters by lists as [`Network::parameters`] gives them.
    ///
    /// # Errors
    /// Another number of lists, or a list of another length; the network is then unchanged.
    pub fn set_parameters(&mut self, lists: &[Vec<E>]) -> Result<(), NetworkError> {
        let lengths = self.parameter_lengths();
        check_lists("parameters", &lengths, lists)?;
        self.visit(&mut Replace { lists: lists.iter() })
    }

    /// The number of parameters, gains included.
    pub fn parameter_count(&self) -> usize {
        self.parameter_lengths().iter().sum()
    }

    /// The number of elements of each parameter tensor, in order.
    pub fn parameter_lengths(&self) -> Vec<usize> {
        let tensors = self.layers.iter().flat_map(|layer| {
            let features = layer.kind.features();
            [Some(layer.kind.weights()), Some(features), layer.gain.as_ref().map(|_| features)]
        });
        tensors.flatten().collect()
    }
}

/// Refuses lists that do not have the given lengths.
pub(crate) fn check_lists<E>(
    what: &'static str,
    lengths: &[usize],
    lists: &[Vec<E>],
) -> Result<(), NetworkError> {
    if lists.len() != lengths.len() {
        return Err(NetworkError::Lists { what, expected: lengths.len(), found: lists.len() });
    }
    for (index, (length, list)) in lengths.iter().zip(lists).enumerate() {
        if list.len() != *length {
            return Err(NetworkError::ListLength { what, index, expected: *length, found: list.len() });
        }
    }
    Ok(())
}

/// Writes lists into tensors. A tensor keeps its identity, by which gradients and optimisers know it.
struct Replace<'a, E> {
    lists: std::slice::Iter<'a, Vec<E>>,
}

impl<E: Dtype, D: Kernels<E>> Visit<E, D> for Replace<'_, E> {
    fn visit<S: Shape>(&mut self, parameter: &mut Tensor<S, E, D>) -> Result<(), NetworkError> {
        parameter.copy_from(self.lists.next().expect("there is a list of the right length for each tensor"));
        Ok(())
    }
}
