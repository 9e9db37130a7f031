//! Convolutions as products of matrices: kernel by rows of padded maps, one row for each weight of an output channel. The
//! gradients are products with the same rows. Blocks are cut by shape alone; sums over blocks run within fixed groups and
//! then over groups, in order, so that threads change nothing.

use super::flat::{Block, blocks};
use crate::cpu::product::{Matrix, MatrixMut, Shared};
use crate::cpu::rows::{Rows, Weights, combine, inner_products};
use crate::operation::Real;
use crate::ops::Convolution;
use rayon::prelude::*;

/// Into how many parts the work is cut at most or at least, whatever the number of threads.
const PARTS: usize = 16;
/// Channels of a part, at least.
const CHANNELS: usize = 8;

/// `x`, `kernel` and the result in the order of their shapes.
pub(super) fn convolve<E: Real>(x: &[E], kernel: &[E], bias: Option<&[E]>, shape: &Convolution) -> Vec<E> {
    let mut y = vec![E::zero(); shape.images * shape.outputs * shape.positions()];
    let out = Shared::new(&mut y);
    let kernel = Matrix::new(kernel, [shape.outputs, shape.fan_in()], shape.fan_in());
    blocks(shape).into_par_iter().for_each_init(<(Vec<_>, Vec<_>)>::default, |(padded, product), block| {
        let length = block.length();
        block.pad(x, padded);
        product.resize(shape.outputs * length, E::zero());
        let rows = Rows { numbers: padded, starts: block.starts() };
        combine(kernel.weights(), rows, &mut MatrixMut::new(product, [shape.outputs, length], length));
        let places = block.outputs();
        for (output, product) in product.chunks_exact(length).enumerate() {
            let bias = bias.map_or(E::zero(), |bias| bias[output]);
            for (to, from) in &places {
                let (first, count) = (output * shape.positions() + to.start, to.len());
                // SAFETY: blocks are disjoint sets of positions.
                let mut to = unsafe { out.block(first, [1, count], count) };
                to.row(0).iter_mut().zip(&product[*from..]).for_each(|(to, from)| *to = *from + bias);
            }
        }
    });
    y
}

/// Adds the gradient by the weights.
pub(super) fn weights<E: Real>(x: &[E], shape: &Convolution, dy: &[E], dweights: &mut [E]) {
    let blocks = blocks(shape);
    let sum_of = |blocks: &[Block]| {
        let mut sum = vec![E::zero(); dweights.len()];
        let (mut padded, mut spread) = (Vec::new(), Vec::new());
        for block in blocks {
            block.pad(x, &mut padded);
            block.spread(dy, &mut spread);
            let (length, margin) = (block.length(), block.margin());
            let outputs = (0..shape.outputs).map(|output| output * (margin + length) + margin);
            let left = Rows { numbers: &spread, starts: outputs.collect() };
            let right = Rows { numbers: &padded, starts: block.starts() };
            let sizes = [shape.outputs, shape.fan_in()];
            inner_products(left, right, length, &mut MatrixMut::new(&mut sum, sizes, sizes[1]), true);
        }
        sum
    };
    let groups = blocks.par_chunks(blocks.len().div_ceil(PARTS));
    add_in_order(&groups.map(sum_of).collect::<Vec<_>>(), dweights);
}

/// Adds sums, in order, to what is there.
pub(in crate::ops) fn add_in_order<E: Real>(sums: &[Vec<E>], out: &mut [E]) {
    const CHUNK: usize = 1 << 14;
    out.par_chunks_mut(CHUNK).enumerate().for_each(|(index, out)| {
        for sum in sums {
            out.iter_mut().zip(&sum[index * CHUNK..]).for_each(|(out, term)| *out += *term);
        }
    });
}

/// Adds the gradient by the input: images side by side, and where they are few, groups of channels.
pub(super) fn input<E: Real>(kernel: &[E], shape: &Convolution, dy: &[E], dx: &mut [E]) {
    let blocks = blocks(shape);
    let images = blocks[0].images.len();
    let parts = PARTS.div_ceil(shape.images.div_ceil(images)).min(shape.inputs);
    let channels =
        if images > 1 { shape.inputs } else { shape.inputs.div_ceil(parts).next_multiple_of(CHANNELS) };
    let map = shape.height * shape.width;
    dx.par_chunks_mut(images * shape.inputs * map).enumerate().for_each(|(index, dx)| {
        let own = blocks.iter().filter(|block| block.images.start == index * images).collect::<Vec<_>>();
        let part = if images > 1 { dx.len() } else { channels * map };
        dx.par_chunks_mut(part)
            .enumerate()
            .for_each(|(part, dx)| input_of_channels(kernel, shape, dy, &own, part * channels, dx));
    });
}

/// Adds to the maps of some channels from `first` on what all blocks of their images say.
fn input_of_channels<E: Real>(
    kernel: &[E],
    shape: &Convolution,
    dy: &[E],
    blocks: &[&Block],
    first: usize,
    dx: &mut [E],
) {
    let (taps, remainders) = (shape.kernel_height * shape.kernel_width, shape.window.stride.pow(2));
    let channels = dx.len() / (shape.height * shape.width * blocks[0].images.len());
    let (mut spread, mut padded) = (Vec::new(), Vec::new());
    for block in blocks {
        block.spread(dy, &mut spread);
        let (length, margin) = (block.length(), block.margin());
        padded.resize(remainders * channels * length, E::zero());
        for (remainder, padded) in padded.chunks_exact_mut(channels * length).enumerate() {
            let (mut starts, mut places) = (Vec::new(), Vec::new());
            for (output, tap) in (0..shape.outputs).flat_map(|output| (0..taps).map(move |tap| (output, tap)))
            {
                let (seen, on) = block.tap(tap);
                if seen == remainder {
                    starts.push(output * (margin + length) + margin - on);
                    places.push(output * shape.fan_in() + tap);
                }
            }
            let weights = Weights { numbers: &kernel[first * taps..], pitch: taps, places };
            let rows = Rows { numbers: &spread, starts };
            combine(weights, rows, &mut MatrixMut::new(padded, [channels, length], length));
        }
        block.unpad(&padded, channels * length, dx);
    }
}
