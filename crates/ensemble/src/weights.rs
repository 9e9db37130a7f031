//! Weights drawn one by one and multiplied: what the direct engine does everywhere, and the exact engine in layers so
//! narrow that nothing is gained by avoiding it. A weight is looked up by its address, so that the backward pass draws
//! the weights of the forward pass again in place of storing them.

use crate::EnsembleError;
use crate::layout::from_blocks;
use crate::linear;
use crate::plan::{BLOCK_ROWS, parts};
use crate::random::Stream;
use std::ops::Range;

/// Some rows of a weight matrix: the weights into units `rows` from all `fan_in` inputs. They start at a block.
#[derive(Clone, Debug)]
pub(crate) struct WeightRows {
    pub(crate) stream: Stream,
    pub(crate) rows: Range<usize>,
    pub(crate) fan_in: usize,
    /// The standard deviation of a weight.
    pub(crate) deviation: f32,
}

impl WeightRows {
    /// The number of weights.
    pub(crate) fn len(&self) -> usize {
        self.rows.len() * self.fan_in
    }

    /// The position of the first weight in its stream, where weights stand row by row.
    pub(crate) fn first(&self) -> usize {
        self.rows.start * self.fan_in
    }

    /// Draws the weights, row by row.
    pub(crate) fn draw(&self) -> Vec<f32> {
        let mut drawn = vec![0.0; self.len()];
        self.stream.normals(self.first(), self.deviation, &mut drawn);
        drawn
    }

    /// The same in parts of `size` rows.
    pub(crate) fn parts(&self, size: usize) -> impl Iterator<Item = Self> {
        parts(self.rows.clone(), size).map(|rows| Self { rows, ..self.clone() })
    }
}

/// Something that draws weights and multiplies them.
pub(crate) trait Multiply: Sync {
    /// A matrix where the multiplication takes place.
    type Operand: Send + Sync;

    /// Brings a matrix of `units` rows, in blocks, to where it is multiplied.
    fn operand(&self, matrix: &[f32], units: usize) -> Result<Self::Operand, EnsembleError>;

    /// `out` becomes W X for the rows of W given, in blocks.
    fn forward(&self, weights: &WeightRows, x: &Self::Operand, out: &mut [f32]) -> Result<(), EnsembleError>;

    /// `out` (fan-in × T, by columns) gains Wᵀδ over the rows of W given, `delta` being their rows of δ, in blocks.
    fn backward(&self, weights: &WeightRows, delta: &[f32], out: &mut [f32]) -> Result<(), EnsembleError>;
}

/// Multiplication on the calling thread.
pub(crate) struct OneThread;

impl Multiply for OneThread {
    type Operand = Vec<f32>;

    fn operand(&self, matrix: &[f32], units: usize) -> Result<Self::Operand, EnsembleError> {
        Ok(from_blocks(matrix, units))
    }

    fn forward(&self, weights: &WeightRows, x: &Self::Operand, out: &mut [f32]) -> Result<(), EnsembleError> {
        let columns = x.len() / weights.fan_in;
        for (block, out) in weights.parts(BLOCK_ROWS).zip(out.chunks_mut(BLOCK_ROWS * columns)) {
            linear::weights_times(out, &block.draw(), x, block.fan_in);
        }
        Ok(())
    }

    fn backward(&self, weights: &WeightRows, delta: &[f32], out: &mut [f32]) -> Result<(), EnsembleError> {
        let columns = delta.len() / weights.rows.len();
        for (block, delta) in weights.parts(BLOCK_ROWS).zip(delta.chunks(BLOCK_ROWS * columns)) {
            linear::add_weights_transposed(out, &block.draw(), delta, block.fan_in);
        }
        Ok(())
    }
}
