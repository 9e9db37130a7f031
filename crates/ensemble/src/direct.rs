//! The direct engine: every weight is drawn and multiplied, on the tensors of dfdx, as the paper did. It is generic over
//! dfdx's devices; a device adds only how weights are drawn on it.

mod cpu;
#[cfg(feature = "cuda")]
mod cuda;
#[cfg(any(test, feature = "cuda"))]
mod kernel;

use crate::Failure;
use crate::layout::{from_blocks, into_blocks};
use crate::plan::BLOCK_ROWS;
use crate::weights::{Multiply, WeightRows};
use dfdx::shapes::Axes2;
use dfdx::tensor::{NoneTape, Tensor};
use dfdx::tensor_ops::{Device, PermuteTo, TryMatMul};

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

    /// Whether several threads may use the device at once, a network each.
    #[doc(hidden)]
    const SIDE_BY_SIDE: bool;

    /// Draws weights.
    #[doc(hidden)]
    fn draw(&self, order: &Order) -> Result<Matrix<Self>, Failure>;
}

/// Weights to be drawn.
#[derive(Debug)]
pub struct Order {
    pub(crate) weights: WeightRows,
    /// Whether to use every thread, or the calling one.
    pub(crate) all_threads: bool,
}

/// Multiplication on a device.
pub(crate) struct OnDevice<'a, D> {
    pub(crate) device: &'a D,
    pub(crate) all_threads: bool,
}

/// An error of a device.
fn failure(error: impl std::fmt::Display) -> Failure {
    Failure::Device(error.to_string())
}

impl<D: DrawWeights> OnDevice<'_, D> {
    /// Draws weights, and lets `each` multiply them, as many rows at a time as the device takes. `each` is also given
    /// the place of the rows among those asked for.
    fn draw(
        &self,
        weights: &WeightRows,
        mut each: impl FnMut(Matrix<D>, std::ops::Range<usize>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        for start in weights.rows.clone().step_by(D::BLOCKS * BLOCK_ROWS) {
            let rows = start..weights.rows.end.min(start + D::BLOCKS * BLOCK_ROWS);
            let place = rows.start - weights.rows.start..rows.end - weights.rows.start;
            let weights = WeightRows { rows, ..weights.clone() };
            each(self.device.draw(&Order { weights, all_threads: self.all_threads })?, place)?;
        }
        Ok(())
    }

    /// A matrix of `columns` rows: the columns of ours are the rows of a tensor.
    fn tensor(&self, values: Vec<f32>, columns: usize) -> Result<Matrix<D>, Failure>
    where
        D: WeightDevice,
    {
        let shape = (columns, values.len() / columns);
        self.device.try_tensor_from_vec(values, shape).map_err(failure)
    }
}

impl<D: WeightDevice + Sync> Multiply for OnDevice<'_, D>
where
    Matrix<D>: Send + Sync,
{
    /// Xᵀ, T × n.
    type Operand = Matrix<D>;

    fn operand(&self, matrix: &[f32], units: usize) -> Result<Self::Operand, Failure> {
        self.tensor(from_blocks(matrix, units), matrix.len() / units)
    }

    /// Uᵀ = Xᵀ Wᵀ.
    fn forward(&self, weights: &WeightRows, x: &Self::Operand, out: &mut [f32]) -> Result<(), Failure> {
        let columns = out.len() / weights.rows.len();
        self.draw(weights, |drawn, place| {
            let transposed = drawn.try_permute::<_, Axes2<1, 0>>().map_err(failure)?;
            let product = x.clone().try_matmul(transposed).map_err(failure)?;
            let out = &mut out[place.start * columns..place.end * columns];
            match D::BLOCKS {
                1 => product.copy_into(out),
                _ => {
                    let mut whole = vec![0.0; out.len()];
                    product.copy_into(&mut whole);
                    into_blocks(&whole, place.len(), out);
                }
            }
            Ok(())
        })
    }

    /// (Wᵀδ)ᵀ = δᵀ W.
    fn backward(&self, weights: &WeightRows, delta: &[f32], out: &mut [f32]) -> Result<(), Failure> {
        let columns = delta.len() / weights.rows.len();
        let mut terms = vec![0.0; out.len()];
        self.draw(weights, |drawn, place| {
            let delta = from_blocks(&delta[place.start * columns..place.end * columns], place.len());
            let product = self.tensor(delta, columns)?.try_matmul(drawn).map_err(failure)?;
            product.copy_into(&mut terms);
            out.iter_mut().zip(&terms).for_each(|(sum, term)| *sum += term);
            Ok(())
        })
    }
}
