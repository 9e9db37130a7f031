//! The two steps of the exact engine, block by block. The derivation is on the front page of this crate; the symbols
//! here are those used there.

use crate::linear::{Factor, RightFactor, Square};
use crate::random::Stream;
use crate::scratch::sized;
use std::ops::Range;

/// Rows that are independent normals times the factor S of a Gram matrix, G = SᵀS: each has the covariance G.
#[derive(Debug)]
pub(crate) struct Draws {
    /// S in single precision.
    upper: RightFactor,
    /// Columns of S.
    columns: usize,
    /// The standard deviation of a normal, which is that of a weight.
    deviation: f32,
}

impl Draws {
    /// What the backward pass of a layer draws from the gradients alone: E = Z R, RᵀR = γ(2/n)·δᵀδ, has the law that Wᵀδ
    /// would have if W were independent of the forward pass. δᵀδ is summed in single precision within blocks.
    pub(crate) fn unconditional(gram: &Square, deviation: f64) -> Self {
        Self::of(&Factor::of(gram, Factor::ZERO_PIVOT_IN_SINGLE), gram.side, deviation)
    }

    fn of(factor: &Factor, columns: usize, deviation: f64) -> Self {
        Self { upper: factor.single(), columns, deviation: deviation as f32 }
    }

    // region: exact forward step
    /// The rows `rows`. In the forward pass they are the pre-activations of these units: U = N S, where the rows of N = W Q
    /// are independent normals.
    pub(crate) fn draw(&self, stream: Stream, rows: &Range<usize>, normals: &mut Vec<f32>, out: &mut [f32]) {
        let normals = sized(normals, rows.len() * self.columns);
        stream.normals(rows.start * self.columns, self.deviation, normals);
        self.upper.times::<false>(out, normals);
    }
    // endregion: exact forward step
}

/// A layer of weights that is never formed, as far as its inputs X tell: their Gram matrix XᵀX = SᵀS, factored.
#[derive(Debug)]
pub(crate) struct Projection {
    factor: Factor,
    /// The pre-activations.
    pub(crate) forward: Draws,
}

impl Projection {
    /// The layer whose inputs have the Gram matrix `gram` and whose weights have the standard deviation `deviation`.
    pub(crate) fn new(gram: &Square, deviation: f64) -> Self {
        let factor = Factor::of(gram, Factor::ZERO_PIVOT);
        Self { forward: Draws::of(&factor, gram.side, deviation), factor }
    }

    /// The same layer with orthogonal weights of gain `gain`, where `gram` is NᵀN of the normals that
    /// [`forward`](Self::forward) will draw: S becomes `gain` R⁻¹ S.
    pub(crate) fn through_frame(self, gram: &Square, gain: f64) -> Self {
        let mut upper = self.factor.entries().iter().map(|entry| gain * entry).collect::<Vec<_>>();
        Factor::of(gram, Factor::ZERO_PIVOT).solve_upper(&mut upper);
        let upper = RightFactor::full(&upper, self.forward.columns);
        Self { forward: Draws { upper, deviation: 1.0, ..self.forward }, ..self }
    }

    /// The matrix M with which the conditional gradient is E + X M: (XᵀX)⁺ applied to what Wᵀδ is known to give on the
    /// inputs, Uᵀδ, less what E gives on them, XᵀE. Both are `columns` × T.
    pub(crate) fn correction(&self, known: &[f64], drawn: &[f64]) -> RightFactor {
        let mut difference = known.iter().zip(drawn).map(|(known, drawn)| known - drawn).collect::<Vec<_>>();
        self.solve(&mut difference);
        RightFactor::full(&difference, self.forward.columns)
    }

    /// Applies (XᵀX)⁺ to a matrix of `columns` rows.
    pub(crate) fn solve(&self, right: &mut [f64]) {
        self.factor.solve(right);
    }
}
