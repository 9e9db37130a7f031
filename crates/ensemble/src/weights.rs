//! Weights drawn one by one and multiplied: what the direct engine does everywhere, and the exact engine in layers so
//! narrow that nothing is gained by avoiding it. A weight is looked up by its address, so that the backward pass draws
//! the weights of the forward pass again in place of storing them.

use crate::EnsembleError;
use crate::layout::{from_blocks, into_blocks};
use crate::linear;
use crate::parallel::Threads;
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

/// Something that draws weights and multiplies them. Matrices that it is handed whole have contiguous columns.
pub(crate) trait Multiply: Sized {
    /// Blocks of rows that are drawn and multiplied at a time.
    const BLOCKS: usize;

    /// Applies `map` to each piece of work and `fold` to the results, in order: on so many threads as may share this.
    fn fold<W: Send, T: Send>(
        &self,
        threads: Threads,
        work: impl Iterator<Item = W>,
        map: impl Fn(&Self, W) -> Result<T, EnsembleError> + Sync,
        fold: impl FnMut(T),
    ) -> Result<(), EnsembleError>;

    /// The same, holding a matrix of so many columns to be multiplied.
    fn holding(&self, matrix: Vec<f32>, columns: usize) -> Result<Self, EnsembleError>;

    /// `out` becomes, in blocks, some rows of W times the matrix that is held.
    fn times_held(&self, weights: WeightRows, out: &mut [f32]) -> Result<(), EnsembleError>;

    /// The share of some rows of W in Wᵀδ, `delta` being their rows of δ.
    fn transposed_times(&self, weights: WeightRows, delta: Vec<f32>) -> Result<Vec<f32>, EnsembleError>;

    /// W X for a whole layer of weights; both X and the result in blocks.
    fn forward(&self, threads: Threads, weights: &WeightRows, x: &[f32]) -> Result<Vec<f32>, EnsembleError> {
        let (rows, columns) = (Self::BLOCKS * BLOCK_ROWS, x.len() / weights.fan_in);
        let holding = self.holding(from_blocks(x, weights.fan_in), columns)?;
        let mut out = vec![0.0; weights.rows.len() * columns];
        let work = weights.parts(rows).zip(out.chunks_mut(rows * columns));
        holding.fold(threads, work, |of, (weights, out)| of.times_held(weights, out), |()| {})?;
        Ok(out)
    }

    /// `below` becomes Wᵀδ for a whole layer of weights; both in blocks.
    fn backward(
        &self,
        threads: Threads,
        weights: &WeightRows,
        delta: &[f32],
        below: &mut [f32],
    ) -> Result<(), EnsembleError> {
        let (rows, columns) = (Self::BLOCKS * BLOCK_ROWS, delta.len() / weights.rows.len());
        let work = weights.parts(rows).zip(delta.chunks(rows * columns));
        let part = |of: &Self, (weights, delta): (WeightRows, &[f32])| {
            let delta = from_blocks(delta, weights.rows.len());
            of.transposed_times(weights, delta)
        };
        let mut total = vec![0.0; below.len()];
        self.fold(threads, work, part, |sum| {
            total.iter_mut().zip(&sum).for_each(|(total, term)| *total += term);
        })?;
        into_blocks(&total, weights.fan_in, below);
        Ok(())
    }
}

/// Multiplication by the library of the exact engine, with the matrix that is held.
#[derive(Debug, Default)]
pub(crate) struct ByLibrary(Vec<f32>);

impl Multiply for ByLibrary {
    const BLOCKS: usize = 1;

    fn fold<W: Send, T: Send>(
        &self,
        threads: Threads,
        work: impl Iterator<Item = W>,
        map: impl Fn(&Self, W) -> Result<T, EnsembleError> + Sync,
        fold: impl FnMut(T),
    ) -> Result<(), EnsembleError> {
        threads.fold(work, |piece| map(self, piece), fold)
    }

    fn holding(&self, matrix: Vec<f32>, _: usize) -> Result<Self, EnsembleError> {
        Ok(Self(matrix))
    }

    fn times_held(&self, weights: WeightRows, out: &mut [f32]) -> Result<(), EnsembleError> {
        linear::weights_times(out, &weights.draw(), &self.0, weights.fan_in);
        Ok(())
    }

    fn transposed_times(&self, weights: WeightRows, delta: Vec<f32>) -> Result<Vec<f32>, EnsembleError> {
        Ok(linear::weights_transposed_times(&weights.draw(), &delta, weights.fan_in))
    }
}
