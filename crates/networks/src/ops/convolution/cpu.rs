//! Convolution on the processor. Most 3×3 convolutions go the way of `winograd`; for the others, blocks of positions are
//! unfolded into columns and multiplied by the kernel, side by side. Blocks are cut by shape alone and each writes its own
//! part of the output, so that threads change nothing.

mod blocks;
mod gradients;
mod padded;
mod unfold;
mod winograd;

pub(in crate::ops) use gradients::add_in_order;

use super::Convolution;
use crate::cpu::allocator::keep_freed;
use crate::cpu::product::{Matrix, MatrixMut, Shared};
use crate::cpu::sums::add_channel_sums;
use crate::operation::{Backward, CpuKernel, CpuPass, Real};
use blocks::{image, is_pointwise, unfold_block};
use rayon::prelude::*;
use unfold::{Block, blocks};
use winograd::Winograd;

impl CpuKernel<3> for Convolution {
    fn forward<E: Real>(&self, [x, kernel, bias]: [&[E]; 3]) -> Vec<E> {
        keep_freed();
        let bias = Some(bias).filter(|bias| !bias.is_empty());
        match Winograd::serves(self) {
            Some(fast) => fast.convolve(x, kernel, bias),
            None => convolve(x, kernel, bias, self),
        }
    }

    fn backward<E: Real>(&self, pass: CpuPass<'_, 3, E>) {
        let Backward { inputs: [x, kernel, _], dy, gradients: [dx, dkernel, dbias], .. } = pass;
        add_channel_sums(dy, [self.images, self.outputs, self.positions()], dbias);
        let dx = Some(dx).filter(|dx| !dx.is_empty());
        if let Some(fast) = Winograd::serves(self) {
            return fast.backward(x, kernel, dy, dx, dkernel);
        }
        gradients::weights(x, self, dy, dkernel);
        if let Some(dx) = dx {
            gradients::input(kernel, self, dy, dx);
        }
    }
}

/// What one thread works in.
#[derive(Default)]
struct Scratch<E> {
    columns: Vec<E>,
    product: Vec<E>,
}

/// `x`, `kernel` and the result in the order of their shapes.
fn convolve<E: Real>(x: &[E], kernel: &[E], bias: Option<&[E]>, shape: &Convolution) -> Vec<E> {
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
    let mut product = MatrixMut::new(&mut scratch.product, [shape.outputs, positions], positions);
    product.fill_rows(bias);
    product.multiply(kernel, Matrix::new(&scratch.columns, [shape.fan_in(), positions], positions), true);
    for (place, index) in block.images.clone().enumerate() {
        // SAFETY: no two blocks contain the same image.
        let mut out = unsafe { out.block(index * shape.outputs * each, [shape.outputs, each], each) };
        out.copy_from(&scratch.product[place * each..], positions);
    }
}
