//! The backward pass of one network: gradients of L = Σ_t w·x^L_t with w ~ N(0, 1) (§4), layer by layer.

use crate::exact::Draws;
use crate::forward::Pass;
use crate::linear::{Gram, add_transposed_times};
use crate::parallel::pieces;
use crate::plan::{BLOCK_ROWS, Plan, blocks, chunks};
use crate::random::Purpose;
use crate::scratch::{Scratch, Workspace, sized};
use crate::tape::{Tape, TapeLayer, input_block};
use crate::units;
use crate::weights::Multiply;
use crate::{EnsembleError, Layer, Through, normalisation};
use std::ops::Range;

/// Gradients with respect to the activations of one layer: a matrix of units × samples, in blocks, and a power of two
/// beside it, which keeps the exponential growth of §4 out of the exponents of single precision, at any depth.
struct Gradient<'a> {
    values: &'a mut Vec<f32>,
    exponent: i32,
}

impl Gradient<'_> {
    /// The mean square, after moving a large or small power of two out of the values.
    fn mean_square(&mut self, samples: usize) -> f64 {
        let blocks = self.values.chunks(BLOCK_ROWS * samples);
        let squares = blocks.map(|block| units::sum_of_squares(block, block.len() / samples)).sum::<f64>();
        let mean_square = squares / self.values.len() as f64;
        let exponent = mean_square.log2() as i32 / 2;
        if mean_square > 0.0 && mean_square.is_finite() && exponent.abs() > 24 {
            units::scale(self.values, 2f32.powi(-exponent));
            self.exponent += exponent;
            return mean_square * 4f64.powi(self.exponent - exponent);
        }
        mean_square * 4f64.powi(self.exponent)
    }
}

/// Adds sums to a total.
fn add(total: &mut [f64], sums: &[f64]) {
    total.iter_mut().zip(sums).for_each(|(total, sum)| *total += sum);
}

impl Pass<'_> {
    /// Runs the network backwards and adds the mean squares of the gradients to `layers`.
    pub(crate) fn backward(
        &self,
        multiply: &impl Multiply,
        workspace: &mut Workspace,
        through: Through,
        layers: &mut [Layer],
    ) -> Result<(), EnsembleError> {
        let samples = self.plan.columns.samples;
        let Workspace { tape, gradient, below } = workspace;
        self.readout(gradient);
        let mut gradient = Gradient { values: gradient, exponent: 0 };
        for layer in (0..=self.plan.config.depth).rev() {
            let mean_square = gradient.mean_square(samples);
            if !mean_square.is_finite() {
                return Err(EnsembleError::Overflow { network: self.network, layer });
            }
            layers[layer].gradient = Some(mean_square);
            if layer > 0 {
                below.resize(self.plan.units(layer - 1) * samples, 0.0);
                match tape[layer - 1].projection {
                    Some(_) => self.exact(tape, layer, through, gradient.values, below)?,
                    None => self.literal(multiply, tape, layer, through, gradient.values, below)?,
                }
                std::mem::swap(gradient.values, below);
            }
        }
        Ok(())
    }

    /// ∂L/∂x^L = w for every sample.
    fn readout(&self, out: &mut Vec<f32>) {
        let Plan { config, columns, .. } = self.plan;
        let mut weights = vec![0.0; config.width];
        self.plan.stream(self.network, config.depth, Purpose::Readout).normals(0, 1.0, &mut weights);
        out.clear();
        for block in weights.chunks(BLOCK_ROWS) {
            (0..columns.samples).for_each(|_| out.extend_from_slice(block));
        }
    }

    /// Writes the activations of a block of units of layer `layer`, 0 for the inputs.
    pub(crate) fn activations(&self, tape: &Tape, layer: usize, rows: &Range<usize>, out: &mut [f32]) {
        let Some(index) = layer.checked_sub(1) else {
            return input_block(self.plan, self.network, rows, out);
        };
        let (taped, columns) = (&tape[index], &self.plan.columns);
        let affine = [&taped.affine.mean, &taped.affine.scale];
        let affine = affine.map(|of_units| of_units.get(rows.clone()).unwrap_or_default());
        normalisation::activate(columns, taped.block(columns, rows), affine, out, None::<fn(&[f32])>);
    }

    // region: exact backward step
    /// ∂L/∂x^{l-1} = Wᵀδ given what the forward pass knows of W: E = Z R drawn from δ alone, corrected so that it
    /// agrees with the forward pass on the inputs, XᵀWᵀδ = Uᵀδ.
    pub(crate) fn exact(
        &self,
        tape: &Tape,
        layer: usize,
        through: Through,
        gradient: &mut [f32],
        below: &mut [f32],
    ) -> Result<(), EnsembleError> {
        let taped = &tape[layer - 1];
        let Some(projection) = &taped.projection else { return Ok(()) };
        let (gram, known) = self.reduce_delta(taped, through, gradient)?;
        let unconditional = Draws::unconditional(&gram.finish(1.0), self.plan.weight_deviation(layer));
        let drawn = self.draw_unconditional(tape, layer, &unconditional, below)?;
        #[cfg(test)]
        let [known, drawn] = (self.plan.mistake)(known, drawn, below);
        let correction = projection.correction(&known, &drawn);
        let width = self.plan.columns.total();
        let correct = |rows: &Range<usize>, gradient: &mut [f32], (): &mut (), scratch: &mut Scratch| {
            let inputs = sized(&mut scratch.block, rows.len() * width);
            self.activations(tape, layer - 1, rows, inputs);
            correction.times::<true>(gradient, inputs);
        };
        self.over_blocks(below, self.plan.units(layer - 1), || (), correct, |(), ()| {})
    }
    // endregion: exact backward step

    /// δᵀδ and Uᵀδ of a layer.
    pub(crate) fn reduce_delta(
        &self,
        layer: &TapeLayer,
        through: Through,
        gradient: &mut [f32],
    ) -> Result<(Gram, Vec<f64>), EnsembleError> {
        let (samples, width) = (self.plan.columns.samples, self.plan.columns.total());
        let zero = || (Gram::zero(samples), vec![0.0; width * samples]);
        let each = |rows: &Range<usize>,
                    gradient: &mut [f32],
                    (gram, known): &mut (Gram, Vec<f64>),
                    scratch: &mut Scratch| {
            normalisation::back(self.plan, layer, through, rows, gradient, scratch);
            gram.add_in_single(gradient);
            let raw = layer.block(&self.plan.columns, rows);
            add_transposed_times(known, raw, gradient, [width, samples], false);
        };
        self.over_blocks(gradient, self.plan.config.width, zero, each, |(gram, known), (further, more)| {
            gram.merge(&further);
            add(known, &more);
        })
    }

    /// Writes E of a layer to `out` and returns XᵀE.
    fn draw_unconditional(
        &self,
        tape: &Tape,
        layer: usize,
        unconditional: &Draws,
        out: &mut [f32],
    ) -> Result<Vec<f64>, EnsembleError> {
        let (samples, width) = (self.plan.columns.samples, self.plan.columns.total());
        let stream = self.plan.stream(self.network, layer, Purpose::Complement);
        let zero = || vec![0.0; width * samples];
        let each = |rows: &Range<usize>, out: &mut [f32], products: &mut Vec<f64>, scratch: &mut Scratch| {
            let inputs = sized(&mut scratch.block, rows.len() * width);
            unconditional.draw(stream, rows, &mut scratch.normals, out);
            self.activations(tape, layer - 1, rows, inputs);
            add_transposed_times(products, inputs, out, [width, samples], false);
        };
        self.over_blocks(out, self.plan.units(layer - 1), zero, each, |total, chunk| add(total, &chunk))
    }

    /// Applies `each` to every block of a units × samples matrix and to the sums of its chunk, which start at `zero` and
    /// are merged in order.
    fn over_blocks<S: Send>(
        &self,
        matrix: &mut [f32],
        units: usize,
        zero: impl Fn() -> S + Sync,
        each: impl Fn(&Range<usize>, &mut [f32], &mut S, &mut Scratch) + Sync,
        merge: impl Fn(&mut S, S),
    ) -> Result<S, EnsembleError> {
        let samples = self.plan.columns.samples;
        let work = chunks(units).zip(pieces(matrix, samples, chunks(units)));
        let chunk = |(chunk, matrix): (Range<usize>, &mut [f32])| {
            let mut sums = zero();
            self.scratch.lend(|scratch| {
                let parts = matrix.chunks_mut(BLOCK_ROWS * samples);
                blocks(chunk).zip(parts).for_each(|(rows, part)| each(&rows, part, &mut sums, scratch));
            });
            Ok(sums)
        };
        let mut total = zero();
        self.threads.fold(work, chunk, |sums| merge(&mut total, sums))?;
        Ok(total)
    }

    /// ∂L/∂x^{l-1} = Wᵀδ with the weights of the forward pass, drawn again.
    fn literal(
        &self,
        multiply: &impl Multiply,
        tape: &Tape,
        layer: usize,
        through: Through,
        gradient: &mut [f32],
        below: &mut [f32],
    ) -> Result<(), EnsembleError> {
        let taped = &tape[layer - 1];
        let back = |rows: &Range<usize>, gradient: &mut [f32], (): &mut (), scratch: &mut Scratch| {
            normalisation::back(self.plan, taped, through, rows, gradient, scratch);
        };
        self.over_blocks(gradient, self.plan.units(layer), || (), back, |(), ()| {})?;
        multiply.backward(self.threads, &self.weights(layer), gradient, below)
    }
}
