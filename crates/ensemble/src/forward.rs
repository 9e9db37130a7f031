//! The forward pass of one network: layer by layer, and within a layer block by block of units. A block's
//! pre-activations are made, observed, rectified and reduced into what the next layer needs: the Gram matrix of the
//! activations for the exact engine, so that no activation outlives its block, or the activations themselves where the
//! next layer's weights are drawn one by one.

use crate::exact::Projection;
use crate::linear::{Gram, Square};
use crate::parallel::{Threads, pieces};
use crate::plan::{Plan, blocks, chunks};
use crate::random::Purpose;
use crate::scratch::{Pool, Scratch, sized};
use crate::sums::LayerSums;
use crate::tape::{Tape, TapeLayer, input_block};
use crate::units::{self, Affine};
use crate::weights::{Multiply, WeightRows};
use crate::{EnsembleError, Layer, Normalisation, WeightLaw, normalisation, observation, weight_law};
use std::ops::Range;

/// One network on its way.
pub(crate) struct Pass<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) network: usize,
    pub(crate) threads: Threads,
    pub(crate) scratch: &'a Pool<Scratch>,
}

/// What a layer's pre-activations are made from.
enum Source {
    Projection(Projection),
    /// The product of weights and inputs, in blocks.
    Product(Vec<f32>),
}

/// A chunk of a layer's units and where its results go; a slice that nobody needs is empty.
struct Chunk<'a> {
    rows: Range<usize>,
    raw: &'a mut [f32],
    mean: &'a mut [f32],
    scale: &'a mut [f32],
    activations: &'a mut [f32],
}

/// What a layer hands to the next.
#[derive(Default)]
struct Carry {
    gram: Option<Square>,
    activations: Vec<f32>,
}

impl Pass<'_> {
    /// Runs the network forwards: its observations, layer by layer, and on the tape, if it has layers, what the backward
    /// pass needs.
    pub(crate) fn forward(
        &self,
        multiply: &impl Multiply,
        tape: &mut Tape,
    ) -> Result<Vec<Layer>, EnsembleError> {
        let (first, mut carry) = self.inputs()?;
        let mut layers = vec![first];
        for layer in 1..=self.plan.config.depth {
            let (observed, next) = self.layer(multiply, layer, carry, tape.get_mut(layer - 1))?;
            layers.push(observed);
            carry = next;
        }
        Ok(layers)
    }

    /// Layer 0.
    fn inputs(&self) -> Result<(Layer, Carry), EnsembleError> {
        let width = self.plan.columns.total();
        let units = self.plan.units(0);
        let mut activations = vec![0.0; if self.plan.needs_activations(0) { units * width } else { 0 }];
        let work = chunks(units).zip(pieces(&mut activations, width, chunks(units)));
        let mut total = LayerSums::default();
        let each = |(chunk, kept): (Range<usize>, &mut [f32])| {
            self.scratch.lend(|scratch| {
                let mut sums = self.empty_sums(0);
                let mut buffer = std::mem::take(&mut scratch.block);
                for rows in blocks(chunk.clone()) {
                    let block = sized(&mut buffer, rows.len() * width);
                    input_block(self.plan, self.network, &rows, block);
                    let place = (rows.start - chunk.start) * width;
                    self.reduce(rows.len(), place, block, kept, &mut sums, scratch);
                }
                scratch.block = buffer;
                Ok(sums)
            })
        };
        self.threads.fold(work, each, |sums| total.merge(sums))?;
        let carry = self.carry(0, &mut total, 1.0, activations);
        Ok((observation::layer(self.plan, self.network, 0, &mut total, 1.0, carry.gram.as_ref())?, carry))
    }

    /// Layer `layer`, from 1 on.
    fn layer(
        &self,
        multiply: &impl Multiply,
        layer: usize,
        carry: Carry,
        tape: Option<&mut TapeLayer>,
    ) -> Result<(Layer, Carry), EnsembleError> {
        let Plan { config, columns, .. } = self.plan;
        let (units, width) = (self.plan.units(layer), columns.total());
        let source = match &carry.gram {
            Some(gram) if !self.plan.draws_weights(layer) => {
                let projection = Projection::new(gram, self.plan.weight_deviation(layer));
                Source::Projection(match config.weights {
                    WeightLaw::Gaussian => projection,
                    WeightLaw::Orthogonal => self.orthogonal(layer, projection)?,
                })
            }
            _ => {
                let weights = self.weights(layer);
                Source::Product(multiply.forward(self.threads, &weights, &carry.activations)?)
            }
        };
        drop(carry);
        let mut untaped = TapeLayer::default();
        let (taped, TapeLayer { raw, affine, projection: kept }) = match tape {
            Some(tape) => (1, tape),
            None => (0, &mut untaped),
        };
        let set = usize::from(config.normalisation != Normalisation::Kaiming);
        let Affine { mean, scale: scales } = affine;
        raw.resize(taped * units * width, 0.0);
        for of_units in [&mut *mean, &mut *scales] {
            of_units.resize(taped * set * units, 0.0);
        }
        let mut activations = vec![0.0; usize::from(self.plan.needs_activations(layer)) * units * width];
        let rows = || chunks(units);
        let work = (rows().zip(pieces(raw, width, rows())))
            .zip(pieces(mean, 1, rows()).zip(pieces(scales, 1, rows())))
            .zip(pieces(&mut activations, width, rows()))
            .map(|(((rows, raw), (mean, scale)), activations)| Chunk { rows, raw, mean, scale, activations });
        let mut total = LayerSums::default();
        let each = |chunk| self.scratch.lend(|scratch| Ok(self.chunk(layer, &source, chunk, scratch)));
        self.threads.fold(work, each, |sums| total.merge(sums))?;

        let scale = match config.normalisation {
            Normalisation::ScaleBias => normalisation::layer_scale(total.before.finish(1.0).variance),
            Normalisation::Kaiming | Normalisation::BatchNorm => 1.0,
        };
        if config.normalisation == Normalisation::ScaleBias {
            units::scale(&mut activations, scale as f32);
            scales.fill(scale as f32);
        }
        let carry = self.carry(layer, &mut total, scale, activations);
        let observed =
            observation::layer(self.plan, self.network, layer, &mut total, scale, carry.gram.as_ref())?;
        *kept = if let Source::Projection(projection) = source { Some(projection) } else { None };
        Ok((observed, carry))
    }

    /// One chunk of the units of a layer.
    fn chunk(&self, layer: usize, source: &Source, chunk: Chunk, scratch: &mut Scratch) -> LayerSums {
        let width = self.plan.columns.total();
        let mut sums = self.empty_sums(layer);
        let [mut made, mut active] = [&mut scratch.raw, &mut scratch.block].map(std::mem::take);
        for rows in blocks(chunk.rows.clone()) {
            let units = rows.start - chunk.rows.start..rows.end - chunk.rows.start;
            let place = units.start * width..units.end * width;
            let raw = match chunk.raw.get_mut(place.clone()) {
                Some(taped) => taped,
                None => sized(&mut made, place.len()),
            };
            match source {
                Source::Projection(projection) => {
                    let stream = self.plan.stream(self.network, layer, Purpose::Projection);
                    projection.forward.draw(stream, &rows, &mut scratch.normals, raw);
                }
                Source::Product(product) => {
                    raw.copy_from_slice(&product[rows.start * width..rows.end * width]);
                }
            }
            normalisation::measure(self.plan, raw, rows.len(), &mut sums, scratch);
            if !chunk.mean.is_empty() {
                chunk.mean[units.clone()].copy_from_slice(&scratch.affine.mean);
                chunk.scale[units].copy_from_slice(&scratch.affine.scale);
            }
            let block = sized(&mut active, place.len());
            let Scratch { affine: Affine { mean, scale }, moments, .. } = scratch;
            let see = |seen: &[f32]| observation::see(self.plan, layer, &rows, seen, &mut sums, moments);
            let see = self.plan.observables.sees().then_some(see);
            normalisation::activate(&self.plan.columns, raw, [mean, scale], block, see);
            self.reduce(rows.len(), place.start, block, chunk.activations, &mut sums, scratch);
        }
        (scratch.raw, scratch.block) = (made, active);
        sums
    }

    /// The weights of a layer.
    pub(crate) fn weights(&self, layer: usize) -> WeightRows {
        WeightRows {
            stream: self.plan.stream(self.network, layer, Purpose::Weights),
            rows: 0..self.plan.units(layer),
            fan_in: self.plan.config.fan_in(layer),
            deviation: self.plan.weight_deviation(layer) as f32,
        }
    }

    /// Reduces a block of activations into what is needed of them. `place` is where it stands within the chunk.
    fn reduce(
        &self,
        units: usize,
        place: usize,
        block: &[f32],
        kept: &mut [f32],
        sums: &mut LayerSums,
        scratch: &mut Scratch,
    ) {
        let columns = self.plan.columns;
        if columns.tangents > 0 {
            sums.tangent += units::sum_of_squares(&block[columns.vectors() * units..], units);
        }
        if self.plan.config.centring > 0.0 {
            weight_law::add_columns(block, units, &mut sums.columns);
        }
        if !kept.is_empty() {
            kept[place..place + block.len()].copy_from_slice(block);
        }
        if let Some(gram) = &mut sums.gram {
            gram.add(block, &mut scratch.wide);
        }
    }

    /// What layer `layer` hands to the next, as the next layer's weights see it.
    fn carry(&self, layer: usize, total: &mut LayerSums, scale: f64, mut activations: Vec<f32>) -> Carry {
        let mut gram = total.gram.take().map(|gram| gram.finish(scale * scale));
        let (centring, units) = (self.plan.config.centring, self.plan.units(layer));
        weight_law::centre(centring, units, &total.columns, gram.as_mut(), &mut activations);
        Carry { gram, activations }
    }

    /// Sums to start a chunk of `layer` with.
    fn empty_sums(&self, layer: usize) -> LayerSums {
        let gram = self.plan.needs_gram(layer).then(|| Gram::zero(self.plan.columns.total()));
        LayerSums { gram, ..LayerSums::default() }
    }
}
