//! The two steps of the exact engine, block by block. The derivation is on the front page of this crate; the symbols
//! here are those used there.

use crate::buffer::sized;
use crate::linear::{self, Factor, RightFactor, Square};
use crate::random::Stream;
use std::ops::Range;

/// A layer of weights that is never formed, as far as its inputs X tell: their Gram matrix XᵀX = SᵀS, factored.
#[derive(Debug)]
pub(crate) struct Projection {
    factor: Factor,
    /// S in single precision.
    upper: RightFactor,
    columns: usize,
    /// The standard deviation of a weight.
    deviation: f32,
}

impl Projection {
    /// The layer whose inputs have the Gram matrix `gram` and whose weights have the standard deviation `deviation`.
    pub(crate) fn new(gram: &Square, deviation: f64) -> Self {
        let factor = Factor::of(gram);
        Self { upper: factor.single(), factor, columns: gram.side, deviation: deviation as f32 }
    }

    /// The same layer with orthogonal weights of gain `gain`, where `gram` is NᵀN of the normals that
    /// [`forward`](Self::forward) will draw: S becomes `gain` R⁻¹ S.
    pub(crate) fn through_frame(self, gram: &Square, gain: f64) -> Self {
        let mut upper = self.factor.entries().iter().map(|entry| gain * entry).collect::<Vec<_>>();
        Factor::of(gram).solve_upper(&mut upper);
        Self { upper: RightFactor::full(&upper, self.columns), deviation: 1.0, ..self }
    }

    // region: exact forward step
    /// The pre-activations of the units `rows`: U = N S, where the rows of N = W Q are independent normals.
    pub(crate) fn forward(
        &self,
        stream: Stream,
        rows: &Range<usize>,
        normals: &mut Vec<f32>,
        out: &mut [f32],
    ) {
        let normals = sized(normals, rows.len() * self.columns);
        stream.normals(rows.start * self.columns, self.deviation, normals);
        self.upper.times(out, normals);
    }
    // endregion: exact forward step

    /// The matrix M with which the conditional gradient is E + X M: (XᵀX)⁺ applied to what Wᵀδ is known to give on the
    /// inputs, Uᵀδ, less what E gives on them, XᵀE. Both are `columns` × T.
    pub(crate) fn correction(&self, known: &[f64], drawn: &[f64]) -> RightFactor {
        let mut difference = known.iter().zip(drawn).map(|(known, drawn)| known - drawn).collect::<Vec<_>>();
        self.solve(&mut difference);
        RightFactor::full(&difference, self.columns)
    }

    /// Applies (XᵀX)⁺ to a matrix of `columns` rows.
    pub(crate) fn solve(&self, right: &mut [f64]) {
        self.factor.solve(right);
    }
}

/// What the backward pass of a layer draws from the gradients alone: E = Z R, RᵀR = γ(2/n)·δᵀδ, has the law that Wᵀδ
/// would have if W were independent of the forward pass.
#[derive(Debug)]
pub(crate) struct Unconditional {
    upper: RightFactor,
    samples: usize,
    deviation: f32,
}

impl Unconditional {
    /// From δᵀδ, summed in single precision within blocks, and the standard deviation of a weight.
    pub(crate) fn new(gram: &Square, deviation: f64) -> Self {
        Self { upper: Factor::of_single(gram).single(), samples: gram.side, deviation: deviation as f32 }
    }

    /// The rows `rows` of E.
    pub(crate) fn draw(&self, stream: Stream, rows: &Range<usize>, normals: &mut Vec<f32>, out: &mut [f32]) {
        let normals = sized(normals, rows.len() * self.samples);
        stream.normals(rows.start * self.samples, self.deviation, normals);
        self.upper.times(out, normals);
    }
}

/// A sum of products of blocks, leftᵀ·right: within a block in single precision, between blocks in double.
#[derive(Debug)]
pub(crate) struct CrossProduct {
    columns: [usize; 2],
    entries: Vec<f64>,
}

impl CrossProduct {
    /// No rows yet, of matrices with `left` and `right` columns.
    pub(crate) fn zero(left: usize, right: usize) -> Self {
        Self { columns: [left, right], entries: vec![0.0; left * right] }
    }

    /// Adds the product of two blocks of the same rows.
    pub(crate) fn add(&mut self, left: &[f32], right: &[f32]) {
        linear::add_transposed_times(&mut self.entries, left, right, self.columns, false);
    }

    /// Adds this sum to a total.
    pub(crate) fn add_to(&self, total: &mut [f64]) {
        for (total, entry) in total.iter_mut().zip(&self.entries) {
            *total += entry;
        }
    }
}
