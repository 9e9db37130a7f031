//! The direct engine: every weight is drawn and multiplied, on the tensors of dfdx, as the paper did. It is generic over
//! dfdx's devices; a device adds only how weights are drawn on it.

#[cfg(feature = "cuda")]
mod cuda;
#[cfg(any(test, feature = "cuda"))]
mod kernel;

use crate::EnsembleError;
use crate::layout::{from_blocks, into_blocks};
use crate::parallel::Threads;
use crate::plan::BLOCK_ROWS;
use crate::weights::{Multiply, WeightRows};
use dfdx::shapes::{Axes2, HasShape};
use dfdx::tensor::{Cpu, NoneTape, Tensor, TensorFromVec};
use dfdx::tensor_ops::{Device, PermuteTo, TryMatMul};

/// A matrix on a device, row by row.
type Matrix<D> = Tensor<(usize, usize), f32, D, NoneTape>;

/// A dfdx device on which weights can be drawn: [`dfdx::tensor::Cpu`], and with the feature `cuda` an NVIDIA card. The
/// numbers are the same on every device, bit by bit.
pub trait WeightDevice: Device<f32> {
    /// Blocks of rows drawn and multiplied at a time.
    #[doc(hidden)]
    const BLOCKS: usize;

    /// Whether several threads may use the device at once.
    #[doc(hidden)]
    const SIDE_BY_SIDE: bool;

    /// Draws weights, row by row.
    #[doc(hidden)]
    fn draw(&self, order: &Order) -> Result<Matrix<Self>, EnsembleError>;
}

impl WeightDevice for Cpu {
    const BLOCKS: usize = 1;

    const SIDE_BY_SIDE: bool = true;

    /// Into the buffer that becomes the tensor.
    fn draw(&self, Order(weights): &Order) -> Result<Matrix<Self>, EnsembleError> {
        self.try_tensor_from_vec(weights.draw(), (weights.rows.len(), weights.fan_in)).map_err(device_error)
    }
}

/// Weights to be drawn.
#[derive(Debug)]
pub struct Order(pub(crate) WeightRows);

/// Multiplication on a device.
pub(crate) struct OnDevice<'a, D> {
    pub(crate) device: &'a D,
    /// Where the parts of a layer go: to all threads as chunks do, or to the calling one.
    pub(crate) threads: Threads,
}

/// An error of a device.
fn device_error(error: impl std::fmt::Display) -> EnsembleError {
    EnsembleError::Device(error.to_string())
}

impl<D: WeightDevice> OnDevice<'_, D> {
    /// A matrix of `columns` rows: the columns of ours are the rows of a tensor.
    fn tensor(&self, values: Vec<f32>, columns: usize) -> Result<Matrix<D>, EnsembleError> {
        let shape = (columns, values.len() / columns);
        self.device.try_tensor_from_vec(values, shape).map_err(device_error)
    }

    /// Uᵀ = Xᵀ Wᵀ for some rows of W, in blocks.
    fn forward_part(&self, weights: WeightRows, x: &Matrix<D>, out: &mut [f32]) -> Result<(), EnsembleError> {
        let units = weights.rows.len();
        let drawn =
            self.device.draw(&Order(weights))?.try_permute::<_, Axes2<1, 0>>().map_err(device_error)?;
        let product = x.clone().try_matmul(drawn).map_err(device_error)?;
        if D::BLOCKS == 1 {
            product.copy_into(out);
        } else {
            let mut whole = vec![0.0; out.len()];
            product.copy_into(&mut whole);
            into_blocks(&whole, units, out);
        }
        Ok(())
    }

    /// (Wᵀδ)ᵀ = δᵀ W for some rows of W.
    fn backward_part(&self, weights: WeightRows, delta: &[f32]) -> Result<Vec<f32>, EnsembleError> {
        let units = weights.rows.len();
        let delta = self.tensor(from_blocks(delta, units), delta.len() / units)?;
        let product = delta.try_matmul(self.device.draw(&Order(weights))?).map_err(device_error)?;
        let mut sum = vec![0.0; product.shape().0 * product.shape().1];
        product.copy_into(&mut sum);
        Ok(sum)
    }
}

impl<D: WeightDevice + Sync> Multiply for OnDevice<'_, D>
where
    Matrix<D>: Send + Sync,
{
    /// Xᵀ, T × n.
    type Operand = Matrix<D>;

    fn operand(&self, matrix: &[f32], units: usize) -> Result<Self::Operand, EnsembleError> {
        self.tensor(from_blocks(matrix, units), matrix.len() / units)
    }

    fn forward(&self, weights: &WeightRows, x: &Self::Operand, out: &mut [f32]) -> Result<(), EnsembleError> {
        let (rows, columns) = (D::BLOCKS * BLOCK_ROWS, out.len() / weights.rows.len());
        let work = weights.parts(rows).zip(out.chunks_mut(rows * columns)).collect();
        self.threads.fold(work, |(weights, out)| self.forward_part(weights, x, out), |()| {})
    }

    fn backward(&self, weights: &WeightRows, delta: &[f32], out: &mut [f32]) -> Result<(), EnsembleError> {
        let (rows, columns) = (D::BLOCKS * BLOCK_ROWS, delta.len() / weights.rows.len());
        let work = weights.parts(rows).zip(delta.chunks(rows * columns)).collect();
        let each = |(weights, delta): (_, &[f32])| self.backward_part(weights, delta);
        self.threads.fold(work, each, |sum: Vec<f32>| {
            out.iter_mut().zip(&sum).for_each(|(total, term)| *total += term);
        })
    }
}
