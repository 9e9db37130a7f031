//! 3×3 convolutions with stride 1 in a quarter of the multiplications. Tiles of 4×4 outputs are taken in blocks; for each
//! of the 36 points of a tile, the transformed inputs V, kernels U and outputs M of a block are matrices with M = U V.
//! The gradients use the same matrices: with Z the transformed gradient of the outputs, dV = Uᵀ Z and dU = Z Vᵀ.
//! Blocks follow each other; within one, channels and then points are side by side.

mod rows;
mod tile;

use super::product::{Matrix, Shared};
use super::real::Real;
use crate::ops::Convolution;
use rayon::prelude::*;
use rows::{Tiling, gather};
use std::ops::Range;
use tile::{EDGE, LANES, Lanes, POINTS, STEP, TAPS};

/// Numbers in V and M of one block, at most, unless the block would be too small to multiply well.
const NUMBERS: usize = 3 << 19;
/// Tiles of a block, at least where there are as many.
const TILES: usize = 64;
/// Fewer channels than this are faster without.
const CHANNELS: usize = 16;

/// Whether a convolution is faster this way.
pub(super) fn serves(shape: &Convolution) -> bool {
    let tiling = Tiling::new(shape);
    [shape.kernel_height, shape.kernel_width, shape.window.stride] == [TAPS, TAPS, 1]
        && shape.inputs.min(shape.outputs) >= CHANNELS
        && 6 * tiling.rows * tiling.columns <= shape.positions()
}

/// Rows of tiles per block.
fn block_rows(tiling: &Tiling) -> usize {
    let shape = &tiling.shape;
    let tiles = (NUMBERS / (POINTS * (shape.inputs + shape.outputs))).max(TILES);
    (tiles / tiling.columns).max(1)
}

/// The blocks, as rows of tiles.
fn blocks(tiling: &Tiling) -> impl Iterator<Item = Range<usize>> + use<> {
    let (all, some) = (tiling.shape.images * tiling.rows, block_rows(tiling));
    (0..all).step_by(some).map(move |row| row..all.min(row + some))
}

/// What a channel of a block takes for one point: its tiles, rounded up to what is transformed together.
fn stride(tiling: &Tiling) -> usize {
    let rows = block_rows(tiling).min(tiling.shape.images * tiling.rows);
    (rows * tiling.columns).next_multiple_of(LANES)
}

/// Numbers of one channel at all points become those at one point of all channels.
fn at<E: Real>(numbers: &[E], point: usize, [channels, count]: [usize; 2], stride: usize) -> Matrix<'_, E> {
    Matrix::new(&numbers[point * stride..], [channels, count], POINTS * stride)
}

/// Runs with the widest vector instructions of the processor.
#[inline(always)]
fn vectorised<R>(work: impl FnOnce() -> R) -> R {
    pulp::Arch::new().dispatch(work)
}

/// U: outputs × points × inputs.
fn transform_kernel<E: Real>(kernel: &[E], inputs: usize) -> Vec<E> {
    let mut u = vec![E::zero(); kernel.len() / (TAPS * TAPS) * POINTS];
    u.par_chunks_exact_mut(POINTS * inputs).zip(kernel.par_chunks_exact(TAPS * TAPS * inputs)).for_each(
        |(u, kernel)| {
            vectorised(
                #[inline(always)]
                || {
                    for first in (0..inputs).step_by(LANES) {
                        let starts = std::array::from_fn(|lane| (first + lane).min(inputs - 1) * TAPS * TAPS);
                        let points = tile::kernel(&gather(kernel, &starts, TAPS));
                        let lanes = LANES.min(inputs - first);
                        for (point, values) in points.as_flattened().iter().enumerate() {
                            u[point * inputs + first..][..lanes].copy_from_slice(&values.0[..lanes]);
                        }
                    }
                },
            );
        },
    );
    u
}

/// Adds Gᵀ dU G to the gradient of the kernel.
fn add_kernel<E: Real>(du: &[E], inputs: usize, dkernel: &mut [E]) {
    let outputs = dkernel.par_chunks_exact_mut(TAPS * TAPS * inputs);
    outputs.zip(du.par_chunks_exact(POINTS * inputs)).for_each(|(dkernel, du)| {
        for first in (0..inputs).step_by(LANES) {
            let lanes = LANES.min(inputs - first);
            let mut points = [[Lanes::zero(); EDGE]; EDGE];
            for (point, values) in points.as_flattened_mut().iter_mut().enumerate() {
                values.0[..lanes].copy_from_slice(&du[point * inputs + first..][..lanes]);
            }
            let taps = tile::kernel_adjoint(&points);
            for (lane, dkernel) in
                dkernel[first * TAPS * TAPS..].chunks_exact_mut(TAPS * TAPS).take(lanes).enumerate()
            {
                dkernel
                    .iter_mut()
                    .zip(taps.as_flattened())
                    .for_each(|(dkernel, tap)| *dkernel += tap.0[lane]);
            }
        }
    });
}

/// V: inputs × points × tiles of a block.
fn transform_input<E: Real>(x: &[E], tiling: &Tiling, rows: &Range<usize>, v: &mut [E]) {
    let (tiles, stride, width) = (rows.len() * tiling.columns, stride(tiling), tiling.width());
    v.par_chunks_exact_mut(POINTS * stride).enumerate().for_each_init(Vec::new, |laid_out, (channel, v)| {
        tiling.read(x, channel, rows, laid_out);
        vectorised(
            #[inline(always)]
            || {
                for first in (0..tiles).step_by(LANES) {
                    let starts = tiling.starts(first, tiles, [EDGE, width]);
                    let points = tile::input(&gather(laid_out, &starts, width));
                    for (point, values) in points.as_flattened().iter().enumerate() {
                        v[point * stride + first..][..LANES].copy_from_slice(&values.0);
                    }
                }
            },
        );
    });
}

/// Z: outputs × points × tiles of a block.
fn transform_output<E: Real>(dy: &[E], tiling: &Tiling, rows: &Range<usize>, z: &mut [E]) {
    let (tiles, stride, width) = (rows.len() * tiling.columns, stride(tiling), tiling.columns * STEP);
    z.par_chunks_exact_mut(POINTS * stride).enumerate().for_each_init(Vec::new, |laid_out, (channel, z)| {
        tiling.read_output(dy, channel, rows, laid_out);
        vectorised(
            #[inline(always)]
            || {
                for first in (0..tiles).step_by(LANES) {
                    let starts = tiling.starts(first, tiles, [STEP, width]);
                    let points = tile::output_adjoint(&gather(laid_out, &starts, width));
                    for (point, values) in points.as_flattened().iter().enumerate() {
                        z[point * stride + first..][..LANES].copy_from_slice(&values.0);
                    }
                }
            },
        );
    });
}

/// The tiles from `first` on at all points of one channel.
#[inline(always)]
fn points<E: Real>(numbers: &[E], stride: usize, first: usize) -> tile::Tile<E, EDGE> {
    let mut points = [[Lanes::zero(); EDGE]; EDGE];
    for (point, values) in points.as_flattened_mut().iter_mut().enumerate() {
        values.0.copy_from_slice(&numbers[point * stride + first..][..LANES]);
    }
    points
}

/// Writes Aᵀ M A and the bias to the output.
fn write_output<E: Real>(
    m: &[E],
    tiling: &Tiling,
    rows: &Range<usize>,
    bias: Option<&[E]>,
    y: &Shared<'_, E>,
) {
    let (shape, stride, width) = (&tiling.shape, stride(tiling), tiling.columns * STEP);
    let tiles = rows.len() * tiling.columns;
    m.par_chunks_exact(POINTS * stride).enumerate().for_each_init(Vec::new, |laid_out, (channel, m)| {
        laid_out.resize(rows.len() * STEP * width, E::zero());
        let bias = bias.map_or(E::zero(), |bias| bias[channel]);
        vectorised(
            #[inline(always)]
            || {
                for first in (0..tiles).step_by(LANES) {
                    let starts = tiling.starts(first, tiles, [STEP, width]);
                    let out = tile::output(&points(m, stride, first));
                    for (lane, start) in starts.iter().enumerate().take(tiles - first) {
                        for (row, line) in out.iter().enumerate() {
                            let to = &mut laid_out[start + row * width..][..STEP];
                            to.iter_mut().zip(line).for_each(|(to, value)| *to = value.0[lane] + bias);
                        }
                    }
                }
            },
        );
        for (row, laid_out) in rows.clone().zip(laid_out.chunks_exact(STEP * width)) {
            let (image, start, count) = tiling.output(row);
            let first = (image * shape.outputs + channel) * shape.positions() + start;
            // SAFETY: channels and rows of tiles, which are side by side, are different parts of the output.
            let mut out =
                unsafe { y.block(first, [count / shape.out_width, shape.out_width], shape.out_width) };
            out.copy_from(laid_out, width);
        }
    });
}

/// Adds B dV Bᵀ to the gradient of the input.
fn add_input<E: Real>(dv: &[E], tiling: &Tiling, rows: &Range<usize>, dx: &Shared<'_, E>) {
    let (shape, stride, width) = (&tiling.shape, stride(tiling), tiling.width());
    let tiles = rows.len() * tiling.columns;
    dv.par_chunks_exact(POINTS * stride).enumerate().for_each_init(Vec::new, |laid_out, (channel, dv)| {
        laid_out.clear();
        laid_out.resize(rows.len() * EDGE * width, E::zero());
        vectorised(
            #[inline(always)]
            || {
                for first in (0..tiles).step_by(LANES) {
                    let starts = tiling.starts(first, tiles, [EDGE, width]);
                    let inputs = tile::input_adjoint(&points(dv, stride, first));
                    for (lane, start) in starts.iter().enumerate().take(tiles - first) {
                        for (row, line) in inputs.iter().enumerate() {
                            let to = &mut laid_out[start + row * width..][..EDGE];
                            to.iter_mut().zip(line).for_each(|(to, value)| *to += value.0[lane]);
                        }
                    }
                }
            },
        );
        for (row, laid_out) in rows.clone().zip(laid_out.chunks_exact(EDGE * width)) {
            let first = (tiling.output(row).0 * shape.inputs + channel) * shape.height * shape.width;
            let size = shape.height * shape.width;
            // SAFETY: maps of different channels, which are side by side, are different parts of the gradient.
            let mut map = unsafe { dx.block(first, [1, size], size) };
            tiling.add(map.row(0), row, laid_out);
        }
    });
}

/// `x`, `kernel` and the result in the order of their shapes.
pub(super) fn convolve<E: Real>(x: &[E], kernel: &[E], bias: Option<&[E]>, shape: &Convolution) -> Vec<E> {
    let (tiling, inputs, outputs) = (Tiling::new(shape), shape.inputs, shape.outputs);
    let stride = stride(&tiling);
    let mut y = vec![E::zero(); shape.images * outputs * shape.positions()];
    let u = transform_kernel(kernel, inputs);
    let mut v = vec![E::zero(); inputs * POINTS * stride];
    let mut m = vec![E::zero(); outputs * POINTS * stride];
    for rows in blocks(&tiling) {
        let tiles = rows.len() * tiling.columns;
        transform_input(x, &tiling, &rows, &mut v);
        let out = Shared::new(&mut m);
        (0..POINTS).into_par_iter().for_each(|point| {
            // SAFETY: points, which are side by side, are different columns.
            let mut m = unsafe { out.block(point * stride, [outputs, tiles], POINTS * stride) };
            m.multiply(
                at(&u, point, [outputs, inputs], inputs),
                at(&v, point, [inputs, tiles], stride),
                false,
            );
        });
        write_output(&m, &tiling, &rows, bias, &Shared::new(&mut y));
    }
    y
}

/// Adds the gradients by the kernel and, where it is asked for, by the input.
pub(super) fn backward<E: Real>(
    x: &[E],
    kernel: &[E],
    shape: &Convolution,
    dy: &[E],
    dx: Option<&mut [E]>,
    dkernel: &mut [E],
) {
    let (tiling, inputs, outputs) = (Tiling::new(shape), shape.inputs, shape.outputs);
    let stride = stride(&tiling);
    let dx = dx.map(|dx| (Shared::new(dx), transform_kernel(kernel, inputs)));
    let mut v = vec![E::zero(); inputs * POINTS * stride];
    let mut dv = if dx.is_some() { v.clone() } else { Vec::new() };
    let mut z = vec![E::zero(); outputs * POINTS * stride];
    let mut du = vec![E::zero(); outputs * POINTS * inputs];
    for rows in blocks(&tiling) {
        let tiles = rows.len() * tiling.columns;
        transform_input(x, &tiling, &rows, &mut v);
        transform_output(dy, &tiling, &rows, &mut z);
        let (out, out_input) = (Shared::new(&mut du), Shared::new(&mut dv));
        (0..POINTS).into_par_iter().for_each(|point| {
            let z = at(&z, point, [outputs, tiles], stride);
            // SAFETY: points, which are side by side, are different columns.
            let mut du = unsafe { out.block(point * inputs, [outputs, inputs], POINTS * inputs) };
            du.multiply(z, at(&v, point, [inputs, tiles], stride).transposed(), true);
            if let Some((_, u)) = &dx {
                // SAFETY: as above.
                let mut dv = unsafe { out_input.block(point * stride, [inputs, tiles], POINTS * stride) };
                dv.multiply(at(u, point, [outputs, inputs], inputs).transposed(), z, false);
            }
        });
        if let Some((dx, _)) = &dx {
            add_input(&dv, &tiling, &rows, dx);
        }
    }
    add_kernel(&du, inputs, dkernel);
}
