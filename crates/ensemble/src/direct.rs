//! The direct engine: every weight is drawn and multiplied, on the tensors of dfdx, as the paper did. It is generic over
//! dfdx's devices; a device adds only how weights are drawn on it.

mod cpu;
#[cfg(feature = "cuda")]
mod cuda;
#[cfg(any(test, feature = "cuda"))]
mod kernel;

use crate::EnsembleError;
use crate::layout::{from_blocks, into_blocks};
use crate::plan::BLOCK_ROWS;
use crate::weights::{Multiply, WeightRows};
use dfdx::shapes::{Axes2, HasShape};
use dfdx::tensor::{NoneTape, Tensor};
use dfdx::tensor_ops::{Device, PermuteTo, TryMatMul};
use rayon::prelude::*;

/// A matrix on a device, row by row.
type Matrix<D> = Tensor<(usize, usize), f32, D, NoneTape>;

/// A dfdx device on which weights can be drawn: [`dfdx::tensor::Cpu`], and with the feature `cuda` an NVIDIA card.
pub trait WeightDevice: Device<f32> + DrawWeights {}

impl<D: Device<f32> + DrawWeights> WeightDevice for D {}

/// How weights are drawn on a device. The numbers are the same on every device, bit by bit.
pub trait DrawWeights: Device<f32> {
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

/// Weights to be drawn.
#[derive(Debug)]
pub struct Order(pub(crate) WeightRows);

/// Multiplication on a device.
pub(crate) struct OnDevice<'a, D> {
    pub(crate) device: &'a D,
    /// Whether the parts of a layer go to all threads, or to the calling one.
    pub(crate) all_threads: bool,
}

/// An error of a device.
fn device_error(error: impl std::fmt::Display) -> EnsembleError {
    EnsembleError::Device(error.to_string())
}

impl<D: WeightDevice> OnDevice<'_, D> {
    /// Weights in parts of as many rows as the device takes at a time.
    fn parts(weights: &WeightRows) -> Vec<WeightRows> {
        let size = D::BLOCKS * BLOCK_ROWS;
        let starts = weights.rows.clone().step_by(size);
        starts
            .map(|start| WeightRows { rows: start..weights.rows.end.min(start + size), ..weights.clone() })
            .collect()
    }

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
        let size = D::BLOCKS * BLOCK_ROWS * (out.len() / weights.rows.len());
        let part = |(weights, out)| self.forward_part(weights, x, out);
        if self.all_threads {
            Self::parts(weights).into_par_iter().zip(out.par_chunks_mut(size)).try_for_each(part)
        } else {
            Self::parts(weights).into_iter().zip(out.chunks_mut(size)).try_for_each(part)
        }
    }

    fn backward(&self, weights: &WeightRows, delta: &[f32], out: &mut [f32]) -> Result<(), EnsembleError> {
        let size = D::BLOCKS * BLOCK_ROWS * (delta.len() / weights.rows.len());
        let part = |(weights, delta)| self.backward_part(weights, delta);
        let sums = if self.all_threads {
            Self::parts(weights)
                .into_par_iter()
                .zip(delta.par_chunks(size))
                .map(part)
                .collect::<Result<Vec<_>, _>>()?
        } else {
            Self::parts(weights).into_iter().zip(delta.chunks(size)).map(part).collect::<Result<_, _>>()?
        };
        for sum in sums {
            out.iter_mut().zip(&sum).for_each(|(total, term)| *total += term);
        }
        Ok(())
    }
}
