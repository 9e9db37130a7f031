//! The direct engine: every weight is drawn and multiplied, on the tensors of dfdx, as the paper did. It is generic over
//! dfdx's devices; a device adds how weights are drawn on it, and whether threads share it. The weights are the same on every
//! device, bit by bit.

#[cfg(feature = "cuda")]
mod cuda;
#[cfg(any(test, feature = "cuda"))]
mod kernel;

use crate::EnsembleError;
use crate::layout::into_blocks;
use crate::parallel::Threads;
use crate::weights::{Multiply, WeightRows};
#[cfg(feature = "cuda")]
pub(crate) use cuda::card;
use dfdx::shapes::{Axes2, HasShape};
use dfdx::tensor::{Cpu, NoneTape, Tensor};
use dfdx::tensor_ops::{Device, PermuteTo, TryMatMul};

/// A matrix on a device, row by row.
type Matrix<D> = Tensor<(usize, usize), f32, D, NoneTape>;

/// A dfdx device on which weights can be drawn: [`dfdx::tensor::Cpu`], and with the feature `cuda` an NVIDIA card.
pub(crate) trait WeightDevice: Device<f32> {
    /// Blocks of rows that are drawn and multiplied at a time.
    const BLOCKS: usize;

    /// Draws weights, row by row.
    fn draw(&self, weights: &WeightRows) -> Result<Matrix<Self>, EnsembleError>;

    /// [`Multiply::fold`].
    fn fold<W: Send, T: Send>(
        on: &OnDevice<Self>,
        threads: Threads,
        work: impl Iterator<Item = W>,
        map: impl Fn(&OnDevice<Self>, W) -> Result<T, EnsembleError> + Sync,
        fold: impl FnMut(T),
    ) -> Result<(), EnsembleError>;
}

impl WeightDevice for Cpu {
    const BLOCKS: usize = 1;

    /// Into the buffer that becomes the tensor.
    fn draw(&self, weights: &WeightRows) -> Result<Matrix<Self>, EnsembleError> {
        matrix(self, weights.draw(), weights.rows.len())
    }

    fn fold<W: Send, T: Send>(
        on: &OnDevice<Self>,
        threads: Threads,
        work: impl Iterator<Item = W>,
        map: impl Fn(&OnDevice<Self>, W) -> Result<T, EnsembleError> + Sync,
        fold: impl FnMut(T),
    ) -> Result<(), EnsembleError> {
        threads.fold(work, |piece| map(on, piece), fold)
    }
}

/// Says that there is none.
#[cfg(not(feature = "cuda"))]
pub(crate) fn card() -> Result<Cpu, EnsembleError> {
    let how = "built without CUDA: `cargo build --workspace --features ensemble/cuda` builds with it";
    Err(EnsembleError::Device(how.to_owned()))
}

/// Multiplication on a device.
pub(crate) struct OnDevice<D: WeightDevice> {
    device: D,
    /// The transpose of the matrix that is held; of no use before one is.
    held: Matrix<D>,
}

/// An error of a device.
fn device_error(error: impl std::fmt::Display) -> EnsembleError {
    EnsembleError::Device(error.to_string())
}

/// A matrix of so many rows.
fn matrix<D: WeightDevice>(device: &D, values: Vec<f32>, rows: usize) -> Result<Matrix<D>, EnsembleError> {
    let shape = (rows, values.len() / rows);
    device.try_tensor_from_vec(values, shape).map_err(device_error)
}

/// The numbers of a matrix, row by row.
fn read<D: WeightDevice>(matrix: &Matrix<D>) -> Vec<f32> {
    let mut numbers = vec![0.0; matrix.shape().0 * matrix.shape().1];
    matrix.copy_into(&mut numbers);
    numbers
}

impl<D: WeightDevice> OnDevice<D> {
    /// Multiplication on this device.
    pub(crate) fn new(device: D) -> Result<Self, EnsembleError> {
        Ok(Self { held: matrix(&device, vec![0.0], 1)?, device })
    }
}

impl<D: WeightDevice> Multiply for OnDevice<D> {
    const BLOCKS: usize = D::BLOCKS;

    fn fold<W: Send, T: Send>(
        &self,
        threads: Threads,
        work: impl Iterator<Item = W>,
        map: impl Fn(&Self, W) -> Result<T, EnsembleError> + Sync,
        fold: impl FnMut(T),
    ) -> Result<(), EnsembleError> {
        D::fold(self, threads, work, map, fold)
    }

    fn holding(&self, values: Vec<f32>, columns: usize) -> Result<Self, EnsembleError> {
        Ok(Self { held: matrix(&self.device, values, columns)?, device: self.device.clone() })
    }

    /// As the transpose of Xᵀ Wᵀ.
    fn times_held(&self, weights: WeightRows, out: &mut [f32]) -> Result<(), EnsembleError> {
        let drawn = self.device.draw(&weights)?.try_permute::<_, Axes2<1, 0>>().map_err(device_error)?;
        let product = self.held.clone().try_matmul(drawn).map_err(device_error)?;
        if D::BLOCKS == 1 {
            product.copy_into(out);
        } else {
            into_blocks(&read(&product), weights.rows.len(), out);
        }
        Ok(())
    }

    /// As the transpose of δᵀ W.
    fn transposed_times(&self, weights: WeightRows, delta: Vec<f32>) -> Result<Vec<f32>, EnsembleError> {
        let columns = delta.len() / weights.rows.len();
        let delta = matrix(&self.device, delta, columns)?;
        let product = delta.try_matmul(self.device.draw(&weights)?).map_err(device_error)?;
        Ok(read(&product))
    }
}
