//! Numbers that an optimiser keeps beside every parameter, where the parameter is.

use crate::models::{Network, check_lists};
use crate::{Kernels, NetworkError};
use dfdx::dtypes::Dtype;
use dfdx::tensor::{Gradients, Storage, Tensor, Trace};
use dfdx::tensor_ops::{Backward, SumTo, TryMul};

/// One buffer for each parameter tensor.
#[derive(Clone, Debug)]
pub(super) struct Buffers<E: Dtype, D: Kernels<E>> {
    device: D,
    lengths: Vec<usize>,
    /// In the order of the parameters.
    pub(super) buffers: Vec<<D as Storage<E>>::Vec>,
}

impl<E: Dtype, D: Kernels<E>> Buffers<E, D> {
    /// Zeros for every parameter of `network`.
    pub(super) fn zeros(network: &Network<E, D>) -> Result<Self, NetworkError> {
        let device = network.device().clone();
        let lengths = network.parameter_lengths();
        let zeros =
            |length: &usize| Storage::<E>::try_alloc_len(&device, *length).map_err(NetworkError::device);
        let buffers = lengths.iter().map(zeros).collect::<Result<_, _>>()?;
        Ok(Self { device, lengths, buffers })
    }

    /// Refuses a network with other parameters.
    pub(super) fn check(&self, network: &Network<E, D>) -> Result<(), NetworkError> {
        if self.lengths == network.parameter_lengths() { Ok(()) } else { Err(NetworkError::OtherNetwork) }
    }

    /// The numbers, one list for each buffer.
    pub(super) fn lists(&self) -> Result<Vec<Vec<E>>, NetworkError> {
        let read = |(length, buffer): (&usize, &<D as Storage<E>>::Vec)| {
            // Outside of dfdx, a buffer can be read where it is the gradient of a tensor.
            let tensor = self.tensor(vec![E::default(); *length])?;
            let mut gradients = Gradients::leaky();
            *gradients.get_or_alloc_mut(&tensor).map_err(NetworkError::device)? = buffer.clone();
            Ok(gradients.get(&tensor).as_vec())
        };
        self.lengths.iter().zip(&self.buffers).map(read).collect()
    }

    /// The number of lists.
    pub(super) fn len(&self) -> usize {
        self.lengths.len()
    }

    /// Buffers of the same lengths with the numbers of `lists`.
    pub(super) fn with_lists(&self, lists: &[Vec<E>]) -> Result<Self, NetworkError> {
        check_lists("the optimiser's state", &self.lengths, lists)?;
        let write = |list: &Vec<E>| {
            // And it can be written as one: the gradient of Σ p v with respect to p is v.
            let zeros = self.tensor(vec![E::default(); list.len()])?;
            let product =
                zeros.leaky_trace().try_mul(self.tensor(list.clone())?).map_err(NetworkError::device)?;
            let sum = product.try_sum::<(), _>().map_err(NetworkError::device)?;
            let mut gradients = sum.try_backward().map_err(NetworkError::device)?;
            Ok(gradients.get_or_alloc_mut(&zeros).map_err(NetworkError::device)?.clone())
        };
        let buffers = lists.iter().map(write).collect::<Result<_, NetworkError>>()?;
        Ok(Self { device: self.device.clone(), lengths: self.lengths.clone(), buffers })
    }

    /// A tensor on the device.
    fn tensor(&self, values: Vec<E>) -> Result<Tensor<(usize,), E, D>, NetworkError> {
        let shape = (values.len(),);
        self.device.try_tensor_from_vec(values, shape).map_err(NetworkError::device)
    }
}
