//! Whole blocks between maps and points. Numbers at points are laid out as channels × points × tiles (kernels: outputs ×
//! points × inputs), so that each channel writes its own part. A tile's own numbers stand where its points will.

use super::lines::Lines;
use super::rows::Tiling;
use super::tile::{
    Input, InputAdjoint, Kernel, KernelAdjoint, LANES, Output, OutputAdjoint, Pass, STEP, Scheme, TAPS, both,
};
use crate::cpu::product::Shared;
use crate::cpu::vector::Vector;
use crate::operation::Real;
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;
use std::marker::PhantomData;
use std::ops::Range;

/// A transformation of tiles in place: M × M numbers become N × N, those of one place `stride` from those of the next.
struct Transform<'a, E, P, const M: usize, const N: usize> {
    places: &'a mut [E],
    stride: usize,
    tiles: usize,
    /// Added to every number.
    plus: E,
    pass: PhantomData<P>,
}

/// Transforms tiles in place, and adds a number to what comes out.
fn transform<E: Real, P: Pass<M, N>, const M: usize, const N: usize>(
    places: &mut [E],
    stride: usize,
    tiles: usize,
    plus: E,
) {
    let pass = PhantomData::<P>;
    Arch::new().dispatch(Transform::<E, P, M, N> { places, stride, tiles, plus, pass });
}

impl<E: Real, P: Pass<M, N>, const M: usize, const N: usize> WithSimd for Transform<'_, E, P, M, N> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { places, stride, tiles, plus, .. } = self;
        let plus = E::Vector::<S>::splat(simd, plus);
        for first in (0..tiles).step_by(E::Vector::<S>::LANES) {
            let mut tile = [[plus; M]; M];
            for place in 0..M * M {
                tile[place / M][place % M] = E::Vector::<S>::load(simd, &places[place * stride + first..]);
            }
            let tile = both::<_, P, M, N>(&tile);
            for place in 0..N * N {
                (tile[place / N][place % N] + plus).store(&mut places[place * stride + first..]);
            }
        }
    }
}

/// U = G g Gᵀ. The rows of points are as long as there are inputs, rounded up to what is transformed together.
pub(super) fn kernel<E: Real, S: Scheme<N>, const N: usize>(kernel: &[E], inputs: usize, u: &mut [E]) {
    let stride = inputs.next_multiple_of(LANES);
    let outputs = u.par_chunks_exact_mut(N * N * stride).zip(kernel.par_chunks_exact(TAPS * TAPS * inputs));
    outputs.for_each(|(u, kernel)| {
        for (input, taps) in kernel.as_chunks::<{ TAPS * TAPS }>().0.iter().enumerate() {
            taps.iter().enumerate().for_each(|(place, tap)| u[place * stride + input] = *tap);
        }
        transform::<E, Kernel<S>, TAPS, N>(u, stride, stride, E::zero());
    });
}

/// Adds Gᵀ dU G to the gradient of the kernel; dU is overwritten.
pub(super) fn add_kernel<E: Real, S: Scheme<N>, const N: usize>(
    du: &mut [E],
    inputs: usize,
    dkernel: &mut [E],
) {
    let stride = inputs.next_multiple_of(LANES);
    let outputs =
        dkernel.par_chunks_exact_mut(TAPS * TAPS * inputs).zip(du.par_chunks_exact_mut(N * N * stride));
    outputs.for_each(|(dkernel, du)| {
        transform::<E, KernelAdjoint<S>, N, TAPS>(du, stride, stride, E::zero());
        for (input, taps) in dkernel.as_chunks_mut::<{ TAPS * TAPS }>().0.iter_mut().enumerate() {
            taps.iter_mut().enumerate().for_each(|(place, tap)| *tap += du[place * stride + input]);
        }
    });
}

/// V = Bᵀ d B.
pub(super) fn input<E: Real, S: Scheme<N>, const N: usize>(
    x: &[E],
    tiling: &Tiling,
    rows: &Range<usize>,
    v: &mut [E],
) {
    let (stride, shape) = (tiling.stride(), tiling.inputs(rows));
    let channels = v.par_chunks_exact_mut(N * N * stride).enumerate();
    channels.for_each_init(
        || Lines::new(shape),
        |lines, (channel, v)| {
            tiling.read(x, channel, rows, lines);
            lines.split(v, stride);
            transform::<E, Input<S>, N, N>(v, stride, shape.tiles(), E::zero());
        },
    );
}

/// Adds B dV Bᵀ to the gradient of the input; dV is overwritten.
pub(super) fn add_input<E: Real, S: Scheme<N>, const N: usize>(
    dv: &mut [E],
    tiling: &Tiling,
    rows: &Range<usize>,
    dx: &Shared<'_, E>,
) {
    let (stride, shape) = (tiling.stride(), tiling.inputs(rows));
    let channels = dv.par_chunks_exact_mut(N * N * stride).enumerate();
    channels.for_each_init(
        || (Lines::new(shape), vec![E::zero(); shape.width()]),
        |(lines, padded), (channel, dv)| {
            transform::<E, InputAdjoint<S>, N, N>(dv, stride, shape.tiles(), E::zero());
            lines.join(dv, stride);
            for (index, row) in rows.clone().enumerate() {
                let size = tiling.shape.height * tiling.shape.width;
                let first = (tiling.output(row).0 * tiling.shape.inputs + channel) * size;
                // SAFETY: maps of different channels, which are side by side, are different parts of the gradient.
                let mut map = unsafe { dx.block(first, [1, size], size) };
                tiling.add(map.row(0), row, (lines, index), padded);
            }
        },
    );
}

/// Writes Aᵀ M A and the bias to the output; M is overwritten.
pub(super) fn output<E: Real, S: Scheme<N>, const N: usize>(
    m: &mut [E],
    tiling: &Tiling,
    rows: &Range<usize>,
    bias: Option<&[E]>,
    y: &Shared<'_, E>,
) {
    let (stride, shape, maps) = (tiling.stride(), tiling.outputs(rows), &tiling.shape);
    let channels = m.par_chunks_exact_mut(N * N * stride).enumerate();
    channels.for_each_init(
        || (Lines::new(shape), vec![E::zero(); shape.width()]),
        |(lines, padded), (channel, m)| {
            let bias = bias.map_or(E::zero(), |bias| bias[channel]);
            transform::<E, Output<S>, N, STEP>(m, stride, shape.tiles(), bias);
            lines.join(m, stride);
            for (index, row) in rows.clone().enumerate() {
                let (image, start, count) = tiling.output(row);
                let first = (image * maps.outputs + channel) * maps.positions() + start;
                // SAFETY: channels, which are side by side, are different parts of the output.
                let mut out = unsafe { y.block(first, [count, maps.out_width], maps.out_width) };
                for line in 0..count {
                    lines.take(line, index, padded);
                    out.row(line).copy_from_slice(&padded[..maps.out_width]);
                }
            }
        },
    );
}

/// Z = A dY Aᵀ.
pub(super) fn output_adjoint<E: Real, S: Scheme<N>, const N: usize>(
    dy: &[E],
    tiling: &Tiling,
    rows: &Range<usize>,
    z: &mut [E],
) {
    let (stride, shape) = (tiling.stride(), tiling.outputs(rows));
    let channels = z.par_chunks_exact_mut(N * N * stride).enumerate();
    channels.for_each_init(
        || Lines::new(shape),
        |lines, (channel, z)| {
            tiling.read_output(dy, channel, rows, lines);
            lines.split(z, stride);
            transform::<E, OutputAdjoint<S>, STEP, N>(z, stride, shape.tiles(), E::zero());
        },
    );
}
