//! Gradients of the convolution: by the weights, dW = Σ dY columnsᵀ; by the input, columns gain Wᵀ dY and are folded back.
//! Sums over blocks run within fixed groups and then over groups, in order.

use super::blocks::{image, is_pointwise, unfold_block};
use super::unfold::{Block, blocks, fold};
use crate::cpu::product::{Matrix, MatrixMut};
use crate::operation::Real;
use crate::ops::Convolution;
use rayon::prelude::*;

/// Into how many parts the work is cut at most or at least, whatever the number of threads.
const PARTS: usize = 16;

/// The gradient of a block's outputs, outputs × positions of the block. Those of several images are gathered first.
fn of_block<'a, E: Real>(
    dy: &'a [E],
    shape: &Convolution,
    block: &Block,
    gathered: &'a mut Vec<E>,
) -> Matrix<'a, E> {
    let (count, all) = (block.positions(shape), shape.positions());
    if block.images.len() == 1 {
        let first = block.images.start * shape.outputs * all + block.rows.start * shape.out_width;
        return Matrix::new(&dy[first..], [shape.outputs, count], all);
    }
    gathered.resize(shape.outputs * count, E::zero());
    for (place, index) in block.images.clone().enumerate() {
        let maps = image(dy, shape.outputs, all, index).chunks_exact(all);
        for (map, row) in maps.zip(gathered.chunks_exact_mut(count)) {
            row[place * all..(place + 1) * all].copy_from_slice(map);
        }
    }
    Matrix::new(gathered, [shape.outputs, count], count)
}

/// Adds the gradient by the weights.
pub(super) fn weights<E: Real>(x: &[E], shape: &Convolution, dy: &[E], dweights: &mut [E]) {
    let blocks = blocks(shape);
    let group = blocks.len().div_ceil(PARTS);
    let sums =
        blocks.par_chunks(group).map(|blocks| weights_of_blocks(x, shape, dy, blocks)).collect::<Vec<_>>();
    add_in_order(&sums, dweights);
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

fn weights_of_blocks<E: Real>(x: &[E], shape: &Convolution, dy: &[E], blocks: &[Block]) -> Vec<E> {
    let fan_in = shape.fan_in();
    let mut sum = vec![E::zero(); shape.outputs * fan_in];
    let (mut columns, mut gathered) = (Vec::new(), Vec::new());
    for block in blocks {
        let positions = block.positions(shape);
        unfold_block(x, shape, block, &mut columns);
        MatrixMut::new(&mut sum, [shape.outputs, fan_in], fan_in).multiply(
            of_block(dy, shape, block, &mut gathered),
            Matrix::new(&columns, [fan_in, positions], positions).transposed(),
            true,
        );
    }
    sum
}

/// Adds the gradient by the input: images side by side, and where they are few, groups of channels.
pub(super) fn input<E: Real>(kernel: &[E], shape: &Convolution, dy: &[E], dx: &mut [E]) {
    let blocks = blocks(shape);
    let images = blocks[0].images.len();
    let parts = PARTS.div_ceil(shape.images.div_ceil(images)).min(shape.inputs);
    let channels = if images > 1 { shape.inputs } else { shape.inputs.div_ceil(parts) };
    let map = shape.height * shape.width;
    let per_image = shape.inputs * map;
    dx.par_chunks_mut(images * per_image).enumerate().for_each(|(index, dx)| {
        let first = index * images;
        let own = blocks.iter().filter(|block| block.images.start == first).collect::<Vec<_>>();
        if images > 1 {
            return input_of_channels(kernel, shape, dy, &own, 0, dx);
        }
        dx.par_chunks_mut(channels * map)
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
    let taps = shape.kernel_height * shape.kernel_width;
    let map = shape.height * shape.width;
    let channels = dx.len() / (map * blocks[0].images.len());
    let kernel =
        Matrix::new(&kernel[first * taps..], [shape.outputs, channels * taps], shape.fan_in()).transposed();
    let (mut columns, mut gathered) = (Vec::new(), Vec::new());
    for block in blocks {
        let (positions, each) = (block.positions(shape), block.rows.len() * shape.out_width);
        let rows = of_block(dy, shape, block, &mut gathered);
        if is_pointwise(shape) && block.images.len() == 1 {
            let start = block.rows.start * shape.out_width;
            MatrixMut::new(&mut dx[start..], [channels, positions], map).multiply(kernel, rows, true);
            continue;
        }
        columns.resize(channels * taps * positions, E::zero());
        MatrixMut::new(&mut columns, [channels * taps, positions], positions).multiply(kernel, rows, false);
        for (place, dx) in dx.chunks_exact_mut(channels * map).enumerate() {
            fold(&columns, place * each, positions, shape, &block.rows, dx);
        }
    }
}
