//! Weights on the processor: drawn in parallel into the buffer that becomes the tensor.

use super::{DrawWeights, Matrix, Order, failure};
use crate::Failure;
use dfdx::tensor::{Cpu, TensorFromVec};
use rayon::prelude::*;

/// Weights that one thread draws at a time.
const PIECE: usize = 1 << 15;

impl DrawWeights for Cpu {
    const BLOCKS: usize = 1;

    const SIDE_BY_SIDE: bool = true;

    fn draw(&self, order: &Order) -> Result<Matrix<Self>, Failure> {
        let weights = &order.weights;
        let drawn = if order.all_threads {
            let mut drawn = vec![0.0; weights.len()];
            drawn.par_chunks_mut(PIECE).enumerate().for_each(|(index, piece)| {
                weights.stream.normals(weights.first() + index * PIECE, weights.deviation, piece);
            });
            drawn
        } else {
            weights.draw()
        };
        self.try_tensor_from_vec(drawn, (weights.rows.len(), weights.fan_in)).map_err(failure)
    }
}
