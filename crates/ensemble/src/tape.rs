//! What the forward pass leaves for the backward pass, and the inputs, which are drawn again whenever they are needed.

use crate::exact::Projection;
use crate::plan::{Columns, Plan};
use crate::random::{Purpose, fill_inputs};
use crate::units::Affine;
use std::ops::Range;

/// The layers of one network, from 1 on.
pub(crate) type Tape = Vec<TapeLayer>;

/// One layer.
#[derive(Debug, Default)]
pub(crate) struct TapeLayer {
    /// The pre-activations before normalisation, n × all columns, in blocks.
    pub(crate) raw: Vec<f32>,
    /// What normalisation does to each unit; empty where it does nothing.
    pub(crate) affine: Affine,
    /// The layer's weights as far as its inputs tell, where they were not drawn one by one.
    pub(crate) projection: Option<Projection>,
}

impl TapeLayer {
    /// The pre-activations of a block of units before normalisation.
    pub(crate) fn block(&self, columns: &Columns, rows: &Range<usize>) -> &[f32] {
        &self.raw[rows.start * columns.total()..rows.end * columns.total()]
    }
}

/// A block of the inputs' joint matrix: samples, fresh samples, perturbations.
pub(crate) fn input_block(plan: &Plan, network: usize, rows: &Range<usize>, out: &mut [f32]) {
    let Columns { samples, fresh, tangents } = plan.columns;
    let law = plan.config.inputs;
    let (batch, rest) = out.split_at_mut(samples * rows.len());
    let (further, directions) = rest.split_at_mut(fresh * rows.len());
    fill_inputs(law, plan.stream(network, 0, Purpose::Inputs), rows.start * samples, batch);
    fill_inputs(law, plan.stream(network, 0, Purpose::FreshInputs), rows.start * fresh, further);
    plan.stream(network, 0, Purpose::Tangents).normals(rows.start * tangents, 1.0, directions);
}
