//! 3×3 convolutions in a quarter (stride 1) or nine sixteenths (stride 2) of the multiplications. Tiles of 4×4 outputs are
//! taken in blocks; for each of the 36 or 81 points of a tile, the transformed inputs V, kernels U and outputs M of a block are matrices with M = U V.
//! The gradients use the same matrices: with Z the transformed gradient of the outputs, dV = Uᵀ Z and dU = Z Vᵀ.
//! Blocks follow each other; within one, channels and then points are side by side.

mod lines;
mod rows;
mod tile;
mod transform;

use crate::cpu::product::{Matrix, Shared};
use crate::cpu::scratch::Scratch;
use crate::operation::Real;
use crate::ops::Convolution;
use rayon::prelude::*;
use rows::Tiling;
use tile::{LANES, One, Scheme, TAPS, Two};

/// Fewer channels than this are faster without.
const CHANNELS: usize = 16;

/// A convolution done this way.
#[derive(Clone, Copy)]
pub(super) struct Winograd(Tiling);

impl Winograd {
    /// Where it is faster.
    pub(super) fn serves(shape: &Convolution) -> Option<Self> {
        let edge = match shape.window.stride {
            1 => 6,
            2 => 9,
            _ => return None,
        };
        let tiling = Tiling::new(shape, edge);
        let products = edge * edge * tiling.outputs(&(0..shape.images * tiling.rows)).tiles();
        // With few channels, the 81 points of stride 2 cost more than they spare.
        let fits = (shape.window.stride == 1 || !tiling.has_few_channels())
            && shape.kernel_height == TAPS
            && shape.kernel_width == TAPS
            && shape.inputs.min(shape.outputs) >= CHANNELS
            && 5 * products <= 4 * TAPS * TAPS * shape.images * shape.positions();
        fits.then_some(Self(tiling))
    }

    /// `x`, `kernel` and the result in the order of their shapes.
    pub(super) fn convolve<E: Real>(self, x: &[E], kernel: &[E], bias: Option<&[E]>) -> Vec<E> {
        match self.0.shape.window.stride {
            1 => convolve::<E, One, 6>(x, kernel, bias, &self.0),
            _ => convolve::<E, Two, 9>(x, kernel, bias, &self.0),
        }
    }

    /// Adds the gradients by the kernel and, where it is asked for, by the input.
    pub(super) fn backward<E: Real>(
        self,
        x: &[E],
        kernel: &[E],
        dy: &[E],
        dx: Option<&mut [E]>,
        dkernel: &mut [E],
    ) {
        match self.0.shape.window.stride {
            1 => backward::<E, One, 6>(x, kernel, &self.0, dy, dx, dkernel),
            _ => backward::<E, Two, 9>(x, kernel, &self.0, dy, dx, dkernel),
        }
    }
}

/// Of numbers of channels × points × `stride`, those at one point.
fn at<E: Real>(
    numbers: &[E],
    point: usize,
    points: usize,
    [channels, count]: [usize; 2],
    stride: usize,
) -> Matrix<'_, E> {
    Matrix::new(&numbers[point * stride..], [channels, count], points * stride)
}

fn convolve<E: Real, S: Scheme<N>, const N: usize>(
    x: &[E],
    kernel: &[E],
    bias: Option<&[E]>,
    tiling: &Tiling,
) -> Vec<E> {
    let (Convolution { images, inputs, outputs, .. }, stride) = (tiling.shape, tiling.stride());
    let mut y = vec![E::zero(); images * outputs * tiling.shape.positions()];
    let long = inputs.next_multiple_of(LANES);
    let mut u = Scratch::new(outputs * N * N * long);
    transform::kernel::<E, S, N>(kernel, inputs, &mut u);
    let (mut v, mut m) = (Scratch::new(inputs * N * N * stride), Scratch::new(outputs * N * N * stride));
    for rows in tiling.blocks() {
        let tiles = tiling.outputs(&rows).tiles();
        transform::input::<E, S, N>(x, tiling, &rows, &mut v);
        let out = Shared::new(&mut m);
        (0..N * N).into_par_iter().for_each(|point| {
            // SAFETY: points, which are side by side, are different columns.
            let mut m = unsafe { out.block(point * stride, [outputs, tiles], N * N * stride) };
            let (u, v) = (
                at(&u, point, N * N, [outputs, inputs], long),
                at(&v, point, N * N, [inputs, tiles], stride),
            );
            tiling.multiply(u, v, &mut m);
        });
        transform::output::<E, S, N>(&m, tiling, &rows, bias, &Shared::new(&mut y));
    }
    y
}

fn backward<E: Real, S: Scheme<N>, const N: usize>(
    x: &[E],
    kernel: &[E],
    tiling: &Tiling,
    dy: &[E],
    dx: Option<&mut [E]>,
    dkernel: &mut [E],
) {
    let (Convolution { inputs, outputs, .. }, stride) = (tiling.shape, tiling.stride());
    let long = inputs.next_multiple_of(LANES);
    let input = dx.map(|dx| {
        let mut u = Scratch::new(outputs * N * N * long);
        transform::kernel::<E, S, N>(kernel, inputs, &mut u);
        (Shared::new(dx), u)
    });
    let (mut v, mut z) = (Scratch::new(inputs * N * N * stride), Scratch::new(outputs * N * N * stride));
    let mut dv = Scratch::new(if input.is_some() { v.len() } else { 0 });
    let mut du = Scratch::new(outputs * N * N * long);
    for rows in tiling.blocks() {
        let tiles = tiling.outputs(&rows).tiles();
        transform::input::<E, S, N>(x, tiling, &rows, &mut v);
        transform::output_adjoint::<E, S, N>(dy, tiling, &rows, &mut z);
        let (out, out_input) = (Shared::new(&mut du), Shared::new(&mut dv));
        (0..N * N).into_par_iter().for_each(|point| {
            let z = at(&z, point, N * N, [outputs, tiles], stride);
            // SAFETY: points, which are side by side, are different columns.
            let mut du = unsafe { out.block(point * long, [outputs, inputs], N * N * long) };
            du.multiply(z, at(&v, point, N * N, [inputs, tiles], stride).transposed(), rows.start > 0);
            if let Some((_, u)) = &input {
                // SAFETY: as above.
                let mut dv = unsafe { out_input.block(point * stride, [inputs, tiles], N * N * stride) };
                tiling.multiply(at(u, point, N * N, [outputs, inputs], long).transposed(), z, &mut dv);
            }
        });
        if let Some((dx, _)) = &input {
            transform::add_input::<E, S, N>(&dv, tiling, &rows, dx);
        }
    }
    transform::add_kernel::<E, S, N>(&mut du, inputs, dkernel);
}
