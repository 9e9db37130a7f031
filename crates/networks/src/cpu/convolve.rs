//! Convolution on the processor: blocks of positions are unfolded into columns and multiplied by the kernel, side by side.
//! Blocks are cut by shape alone and each writes its own part of the output, so that threads change nothing.

use super::product::{Matrix, Shared};
use super::real::Real;
use super::unfold::{Block, blocks, unfold};
use crate::ops::Convolution;
use rayon::prelude::*;

/// What one thread works in.
#[derive(Default)]
struct Scratch<E> {
    columns: Vec<E>,
    product: Vec<E>,
}

/// `x`, `kernel` and the result in the order of their shapes.
pub(super) fn convolve<E: Real>(x: &[E], kernel: &[E], bias: Option<&[E]>, shape: &Convolution) -> Vec<E> {
    let mut y = vec![E::zero(); shape.images * shape.outputs * shape.positions()];
    let out = Shared::new(&mut y);
    let kernel = Matrix::new(kernel, [shape.outputs, shape.fan_in()], shape.fan_in());
    blocks(shape).into_par_iter().for_each_init(Scratch::default, |scratch, block| {
        if block.images.len() == 1 {
            one_image(x, kernel, bias, shape, &block, scratch, &out);
        } else {
            several_images(x, kernel, bias, shape, &block, scratch, &out);
        }
    });
    y
}

/// Whether the kernel sees exactly one position: unfolding would only copy.
pub(super) fn is_pointwise(shape: &Convolution) -> bool {
    shape.kernel_height * shape.kernel_width * shape.window.stride == 1 && shape.window.padding.size() == 0
}

/// The maps of one image.
pub(super) fn image<E>(maps: &[E], channels: usize, positions: usize, image: usize) -> &[E] {
    &maps[image * channels * positions..(image + 1) * channels * positions]
}

/// Unfolds a block; the result is fan-in × positions of the block.
pub(super) fn unfold_block<E: Real>(x: &[E], shape: &Convolution, block: &Block, columns: &mut Vec<E>) {
    let stride = block.positions(shape);
    columns.resize(shape.fan_in() * stride, E::zero());
    let each = stride / block.images.len();
    for (place, index) in block.images.clone().enumerate() {
        let maps = image(x, shape.inputs, shape.height * shape.width, index);
        unfold(maps, shape, &block.rows, columns, place * each, stride);
    }
}

/// A block within one image goes straight to its place in the output.
fn one_image<E: Real>(
    x: &[E],
    kernel: Matrix<'_, E>,
    bias: Option<&[E]>,
    shape: &Convolution,
    block: &Block,
    scratch: &mut Scratch<E>,
    out: &Shared<'_, E>,
) {
    let (positions, all) = (block.positions(shape), shape.positions());
    let start = block.rows.start * shape.out_width;
    let first = block.images.start * shape.outputs * all + start;
    // SAFETY: blocks are disjoint sets of positions, and so are the columns of the output that they are.
    let mut out = unsafe { out.block(first, [shape.outputs, positions], all) };
    out.fill_rows(bias);
    if is_pointwise(shape) {
        let maps = image(x, shape.inputs, all, block.images.start);
        out.multiply(kernel, Matrix::new(&maps[start..], [shape.inputs, positions], all), true);
    } else {
        unfold_block(x, shape, block, &mut scratch.columns);
        out.multiply(kernel, Matrix::new(&scratch.columns, [shape.fan_in(), positions], positions), true);
    }
}

/// A block of several images is multiplied as one matrix, whose columns then go to their images.
fn several_images<E: Real>(
    x: &[E],
    kernel: Matrix<'_, E>,
    bias: Option<&[E]>,
    shape: &Convolution,
    block: &Block,
    scratch: &mut Scratch<E>,
    out: &Shared<'_, E>,
) {
    let (positions, each) = (block.positions(shape), shape.positions());
    unfold_block(x, shape, block, &mut scratch.columns);
    scratch.product.resize(shape.outputs * positions, E::zero());
    let mut product =
        super::product::MatrixMut::new(&mut scratch.product, [shape.outputs, positions], positions);
    product.fill_rows(bias);
    product.multiply(kernel, Matrix::new(&scratch.columns, [shape.fan_in(), positions], positions), true);
    for (place, index) in block.images.clone().enumerate() {
        // SAFETY: no two blocks contain the same image.
        let mut out = unsafe { out.block(index * shape.outputs * each, [shape.outputs, each], each) };
        out.copy_from(&scratch.product[place * each..], positions);
    }
}
