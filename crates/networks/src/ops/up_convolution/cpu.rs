//! The 2×2 up-convolution on the processor: a product of matrices whose four rows per channel are then interleaved.

use super::UpConvolution;
use crate::cpu::product::{Matrix, MatrixMut};
use crate::cpu::sums::add_channel_sums;
use crate::operation::{Backward, CpuKernel, CpuPass, Real};
use crate::ops::convolution::add_in_order;
use rayon::prelude::*;

/// About so many positions of the input are multiplied at a time.
const POSITIONS: usize = 512;

impl CpuKernel<3> for UpConvolution {
    fn forward<E: Real>(&self, [x, kernel, bias]: [&[E]; 3]) -> Vec<E> {
        up_convolve(x, kernel, bias, *self)
    }

    fn backward<E: Real>(&self, pass: CpuPass<'_, 3, E>) {
        let Backward { inputs: [x, kernel, _], dy, gradients: [dx, dkernel, dbias], .. } = pass;
        add_channel_sums(dy, [self.images, self.outputs, 4 * self.positions()], dbias);
        if !dx.is_empty() {
            add_to_input(kernel, *self, dy, dx);
        }
        add_to_weights(x, *self, dy, dkernel);
    }
}

impl UpConvolution {
    fn positions(&self) -> usize {
        self.height * self.width
    }

    /// First row and number of rows of each block of an image.
    fn blocks(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let (height, some) = (self.height, (POSITIONS / self.width).max(1));
        (0..height).step_by(some).map(move |row| (row, some.min(height - row)))
    }
}

/// `x`, `kernel` and the result in the order of their shapes.
fn up_convolve<E: Real>(x: &[E], kernel: &[E], bias: &[E], shape: UpConvolution) -> Vec<E> {
    let UpConvolution { images, inputs, outputs, width, .. } = shape;
    let positions = shape.positions();
    let mut y = vec![E::zero(); images * outputs * 4 * positions];
    // Groups of output channels are side by side: their maps are contiguous, whatever the number of images.
    let group = outputs.div_ceil(8);
    let tasks = y.par_chunks_mut(outputs * 4 * positions).enumerate().flat_map(|(image, y)| {
        y.par_chunks_mut(group * 4 * positions).enumerate().map(move |(part, y)| (image, part * group, y))
    });
    tasks.for_each_init(Vec::new, |product, (image, first, y)| {
        let channels = y.len() / (4 * positions);
        let kernel = Matrix::new(&kernel[first * 4..], [inputs, channels * 4], outputs * 4).transposed();
        for (row, rows) in shape.blocks() {
            let count = rows * width;
            let start = image * inputs * positions + row * width;
            product.resize(channels * 4 * count, E::zero());
            let mut columns = MatrixMut::new(product, [channels * 4, count], count);
            columns.multiply(kernel, Matrix::new(&x[start..], [inputs, count], positions), false);
            for (channel, (y, taps)) in
                y.chunks_exact_mut(4 * positions).zip(product.chunks_exact(4 * count)).enumerate()
            {
                let bias = bias.get(first + channel).copied().unwrap_or(E::zero());
                interleave(taps, bias, width, &mut y[4 * row * width..4 * (row + rows) * width]);
            }
        }
    });
    y
}

/// Writes four maps of `width` columns, top left, top right, bottom left and bottom right, into one of twice the size.
fn interleave<E: Real>(taps: &[E], bias: E, width: usize, y: &mut [E]) {
    let count = taps.len() / 4;
    for (row, out) in y.chunks_exact_mut(2 * width).enumerate() {
        let start = 2 * (row % 2) * count + row / 2 * width;
        let (left, right) = (&taps[start..start + width], &taps[start + count..start + count + width]);
        for (out, (left, right)) in out.chunks_exact_mut(2).zip(left.iter().zip(right)) {
            out[0] = *left + bias;
            out[1] = *right + bias;
        }
    }
}

/// The inverse of [`interleave`], without the bias.
fn separate<E: Real>(y: &[E], width: usize, taps: &mut [E]) {
    let count = taps.len() / 4;
    for (row, y) in y.chunks_exact(2 * width).enumerate() {
        let start = 2 * (row % 2) * count + row / 2 * width;
        for (column, y) in y.chunks_exact(2).enumerate() {
            taps[start + column] = y[0];
            taps[start + count + column] = y[1];
        }
    }
}

/// The gradient of a block's outputs, four rows per channel; returns the block's positions.
fn separated<E: Real>(
    dy: &[E],
    shape: UpConvolution,
    image: usize,
    (row, rows): (usize, usize),
    taps: &mut Vec<E>,
) -> usize {
    let UpConvolution { outputs, width, .. } = shape;
    let (positions, count) = (shape.positions(), rows * width);
    taps.resize(outputs * 4 * count, E::zero());
    let dy = &dy[image * outputs * 4 * positions..(image + 1) * outputs * 4 * positions];
    for (y, taps) in dy.chunks_exact(4 * positions).zip(taps.chunks_exact_mut(4 * count)) {
        separate(&y[4 * row * width..4 * (row + rows) * width], width, taps);
    }
    count
}

/// Adds the gradient by the input.
fn add_to_input<E: Real>(kernel: &[E], shape: UpConvolution, dy: &[E], dx: &mut [E]) {
    let UpConvolution { inputs, outputs, width, .. } = shape;
    let (positions, group) = (shape.positions(), inputs.div_ceil(8));
    let tasks = dx.par_chunks_mut(inputs * positions).enumerate().flat_map(|(image, dx)| {
        dx.par_chunks_mut(group * positions).enumerate().map(move |(part, dx)| (image, part * group, dx))
    });
    tasks.for_each_init(Vec::new, |taps, (image, first, dx)| {
        let channels = dx.len() / positions;
        let kernel = Matrix::new(&kernel[first * outputs * 4..], [channels, outputs * 4], outputs * 4);
        for block in shape.blocks() {
            let count = separated(dy, shape, image, block, taps);
            let taps = Matrix::new(taps, [outputs * 4, count], count);
            MatrixMut::new(&mut dx[block.0 * width..], [channels, count], positions)
                .multiply(kernel, taps, true);
        }
    });
}

/// Adds the gradient by the weights.
fn add_to_weights<E: Real>(x: &[E], shape: UpConvolution, dy: &[E], dweights: &mut [E]) {
    let UpConvolution { images, inputs, outputs, width, .. } = shape;
    let positions = shape.positions();
    let blocks = (0..images).flat_map(|image| shape.blocks().map(move |block| (image, block)));
    let blocks = blocks.collect::<Vec<_>>();
    let sum = |blocks: &[(usize, (usize, usize))]| {
        let (mut sum, mut taps) = (vec![E::zero(); inputs * outputs * 4], Vec::new());
        for (image, block) in blocks {
            let count = separated(dy, shape, *image, *block, &mut taps);
            let start = image * inputs * positions + block.0 * width;
            MatrixMut::new(&mut sum, [inputs, outputs * 4], outputs * 4).multiply(
                Matrix::new(&x[start..], [inputs, count], positions),
                Matrix::new(&taps, [outputs * 4, count], count).transposed(),
                true,
            );
        }
        sum
    };
    let sums = blocks.par_chunks(blocks.len().div_ceil(16)).map(sum).collect::<Vec<_>>();
    add_in_order(&sums, dweights);
}
