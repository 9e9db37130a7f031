//! Weights on the processor: drawn into the buffer that becomes the tensor.

use super::{DrawWeights, Matrix, Order, device_error};
use crate::EnsembleError;
use dfdx::tensor::{Cpu, TensorFromVec};

impl DrawWeights for Cpu {
    const BLOCKS: usize = 1;

    const SIDE_BY_SIDE: bool = true;

    fn draw(&self, Order(weights): &Order) -> Result<Matrix<Self>, EnsembleError> {
        self.try_tensor_from_vec(weights.draw(), (weights.rows.len(), weights.fan_in)).map_err(device_error)
    }
}
