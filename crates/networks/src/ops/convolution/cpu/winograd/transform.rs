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
    pass: PhantomData<P>,
}

/// Transforms tiles in place.
fn transform<E: Real, P: Pass<M, N>, const M: usize, const N: usize>(
    places: &mut [E],
    stride: usize,
    tiles: usize,
) {
    let pass = PhantomData::<P>;
    Arch::new().dispatch(Transform::<E, P, M, N> { places, stride, tiles, pass });
}

impl<E: Real, P: Pass<M, N>, const M: usize, const N: usize> WithSimd for Transform<'_, E, P, M, N> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { places, stride, tiles, .. } = self;
        for first in (0..tiles).step_by(E::Vector::<S>::LANES) {
            let mut tile = [[E::Vector::<S>::splat(simd, E::zero()); M]; M];
            for place in 0..M * M {
                tile[place / M][place % M] = E::Vector::<S>::load(simd, &places[place * stride + first..]);
            }
            let tile = both::<_, P, M, N>(&tile);
            for place in 0..N * N {
                tile[place / N][place % N].store(&mut places[place * stride + first..]);
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
        transform::<E, Kernel<S>, TAPS, N>(u, stride, stride);
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
        transform::<E, KernelAdjoint<S>, N, TAPS>(du, stride, stride);
        for (input, taps) in dkernel.as_chunks_mut::<{ TAPS * TAPS }>().0.iter_mut().enumerate() {
            taps.iter_mut().enumerate().for_each(|(place, tap)| *tap += du[place * stride + input]);
        }
    });
}

/// From lines to points.
struct Split<'a, E: Real, P, const M: usize, const N: usize> {
    lines: &'a Lines<'a, E>,
    points: &'a mut [E],
    stride: usize,
    pass: PhantomData<P>,
}

fn split<E: Real, P: Pass<M, N>, const M: usize, const N: usize>(
    lines: &Lines<'_, E>,
    points: &mut [E],
    stride: usize,
) {
    Arch::new().dispatch(Split::<E, P, M, N> { lines, points, stride, pass: PhantomData });
}

impl<E: Real, P: Pass<M, N>, const M: usize, const N: usize> WithSimd for Split<'_, E, P, M, N> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { lines, points, stride, .. } = self;
        for first in (0..lines.tiles()).step_by(E::Vector::<S>::LANES) {
            let mut tile = [[E::Vector::<S>::splat(simd, E::zero()); M]; M];
            for (line, row) in tile.iter_mut().enumerate() {
                *row = lines.load(simd, first, line);
            }
            let tile = both::<_, P, M, N>(&tile);
            for place in 0..N * N {
                tile[place / N][place % N].store(&mut points[place * stride + first..]);
            }
        }
    }
}

/// From points to lines; a number is added to what comes out.
struct Join<'a, 'b, E: Real, P, const M: usize, const N: usize> {
    points: &'a [E],
    stride: usize,
    plus: E,
    lines: &'a mut Lines<'b, E>,
    pass: PhantomData<P>,
}

fn join<E: Real, P: Pass<M, N>, const M: usize, const N: usize>(
    points: &[E],
    stride: usize,
    plus: E,
    lines: &mut Lines<'_, E>,
) {
    Arch::new().dispatch(Join::<E, P, M, N> { points, stride, plus, lines, pass: PhantomData });
}

impl<E: Real, P: Pass<M, N>, const M: usize, const N: usize> WithSimd for Join<'_, '_, E, P, M, N> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { points, stride, plus, lines, .. } = self;
        let plus = E::Vector::<S>::splat(simd, plus);
        for first in (0..lines.tiles()).step_by(E::Vector::<S>::LANES) {
            let mut tile = [[plus; M]; M];
            for place in 0..M * M {
                tile[place / M][place % M] = E::Vector::<S>::load(simd, &points[place * stride + first..]);
            }
            for (line, row) in both::<_, P, M, N>(&tile).into_iter().enumerate() {
                lines.store(simd, first, line, row.map(|number| number + plus));
            }
        }
    }
}

/// V = Bᵀ d B.
pub(super) fn input<E: Real, S: Scheme<N>, const N: usize>(
    x: &[E],
    tiling: &Tiling,
    rows: &Range<usize>,
    v: &mut [E],
) {
    let (stride, shape) = (tiling.stride(), tiling.inputs(rows));
    let (origins, padded, sources) = (shape.origins(), tiling.padded(), tiling.sources(rows));
    let channels = v.par_chunks_exact_mut(N * N * stride).enumerate();
    channels.for_each_init(
        || Lines::new(shape, &origins),
        |lines, (channel, points)| {
            tiling.read(x, channel, (&padded, &sources), lines);
            split::<E, Input<S>, N, N>(lines, points, stride);
        },
    );
}

/// Adds B dV Bᵀ to the gradient of the input.
pub(super) fn add_input<E: Real, S: Scheme<N>, const N: usize>(
    dv: &[E],
    tiling: &Tiling,
    rows: &Range<usize>,
    dx: &Shared<'_, E>,
) {
    let (stride, shape) = (tiling.stride(), tiling.inputs(rows));
    let (origins, padded, sources) = (shape.origins(), tiling.padded(), tiling.sources(rows));
    let channels = dv.par_chunks_exact(N * N * stride).enumerate();
    channels.for_each_init(
        || Lines::new(shape, &origins),
        |lines, (channel, points)| {
            join::<E, InputAdjoint<S>, N, N>(points, stride, E::zero(), lines);
            tiling.add(dx, channel, (&padded, &sources), lines);
        },
    );
}

/// Writes Aᵀ M A and the bias to the output.
pub(super) fn output<E: Real, S: Scheme<N>, const N: usize>(
    m: &[E],
    tiling: &Tiling,
    rows: &Range<usize>,
    bias: Option<&[E]>,
    y: &Shared<'_, E>,
) {
    let (stride, shape, maps) = (tiling.stride(), tiling.outputs(rows), &tiling.shape);
    let origins = shape.origins();
    let channels = m.par_chunks_exact(N * N * stride).enumerate();
    channels.for_each_init(
        || Lines::new(shape, &origins),
        |lines, (channel, points)| {
            let plus = bias.map_or(E::zero(), |bias| bias[channel]);
            join::<E, Output<S>, N, STEP>(points, stride, plus, lines);
            for (index, row) in rows.clone().enumerate() {
                let (image, start, count) = tiling.output(row);
                let first = (image * maps.outputs + channel) * maps.positions() + start;
                // SAFETY: channels, which are side by side, are different parts of the output.
                let mut out = unsafe { y.block(first, [count, maps.out_width], maps.out_width) };
                for line in 0..count {
                    out.row(line).copy_from_slice(&lines.line(index * STEP + line)[..maps.out_width]);
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
    let origins = shape.origins();
    let channels = z.par_chunks_exact_mut(N * N * stride).enumerate();
    channels.for_each_init(
        || Lines::new(shape, &origins),
        |lines, (channel, points)| {
            tiling.read_output(dy, channel, rows, lines);
            split::<E, OutputAdjoint<S>, STEP, N>(lines, points, stride);
        },
    );
}
