//! Whole blocks between maps and points. Numbers at points are laid out as channels × points × tiles (kernels: outputs ×
//! points × inputs), so that each channel writes its own part.

use super::rows::{Tiling, gather};
use super::tile::{LANES, Lanes, STEP, Scheme, TAPS, Tile, both};
use super::{points, stride};
use crate::cpu::product::Shared;
use crate::cpu::real::Real;
use rayon::prelude::*;
use std::ops::Range;

/// Runs with the widest vector instructions of the processor.
#[inline(always)]
fn vectorised<R>(work: impl FnOnce() -> R) -> R {
    pulp::Arch::new().dispatch(work)
}

/// Several tiles at all points, from `first` on.
#[inline(always)]
fn read<E: Real, const N: usize>(numbers: &[E], first: usize, stride: usize) -> Tile<E, N> {
    let mut tile = [[Lanes::zero(); N]; N];
    for (point, values) in tile.as_flattened_mut().iter_mut().enumerate() {
        values.0.copy_from_slice(&numbers[point * stride + first..][..LANES]);
    }
    tile
}

/// The inverse of [`read`].
#[inline(always)]
fn write<E: Real, const N: usize>(tile: &Tile<E, N>, numbers: &mut [E], first: usize, stride: usize) {
    for (point, values) in tile.as_flattened().iter().enumerate() {
        numbers[point * stride + first..][..LANES].copy_from_slice(&values.0);
    }
}

/// Writes or adds several tiles to rows.
#[inline(always)]
fn scatter<E: Real, const N: usize>(
    tile: &Tile<E, N>,
    rows: &mut [E],
    starts: &[usize],
    width: usize,
    put: impl Fn(&mut E, E),
) {
    for (lane, start) in starts.iter().enumerate() {
        for (row, line) in tile.iter().enumerate() {
            let to = &mut rows[start + row * width..][..N];
            for column in 0..N {
                put(&mut to[column], line[column].0[lane]);
            }
        }
    }
}

/// U = G g Gᵀ. The rows of points are as long as there are inputs, rounded up to what is transformed together.
pub(super) fn kernel<E: Real, S: Scheme<N>, const N: usize>(kernel: &[E], inputs: usize, u: &mut [E]) {
    let stride = inputs.next_multiple_of(LANES);
    let outputs = u.par_chunks_exact_mut(N * N * stride).zip(kernel.par_chunks_exact(TAPS * TAPS * inputs));
    outputs.for_each(|(u, kernel)| {
        vectorised(
            #[inline(always)]
            || {
                for first in (0..inputs).step_by(LANES) {
                    let mut starts = [0; LANES];
                    for (lane, start) in starts.iter_mut().enumerate() {
                        *start = (first + lane).min(inputs - 1) * TAPS * TAPS;
                    }
                    let taps = gather::<E, TAPS>(kernel, &starts, TAPS);
                    write(
                        &both(
                            &taps,
                            #[inline(always)]
                            |g| S::kernel(g),
                        ),
                        u,
                        first,
                        stride,
                    );
                }
            },
        );
    });
}

/// Adds Gᵀ dU G to the gradient of the kernel.
pub(super) fn add_kernel<E: Real, S: Scheme<N>, const N: usize>(du: &[E], inputs: usize, dkernel: &mut [E]) {
    let stride = inputs.next_multiple_of(LANES);
    let outputs = dkernel.par_chunks_exact_mut(TAPS * TAPS * inputs).zip(du.par_chunks_exact(N * N * stride));
    outputs.for_each(|(dkernel, du)| {
        vectorised(
            #[inline(always)]
            || {
                for first in (0..inputs).step_by(LANES) {
                    let taps = both(
                        &read::<E, N>(du, first, stride),
                        #[inline(always)]
                        |u| S::kernel_adjoint(u),
                    );
                    let kernels = dkernel[first * TAPS * TAPS..].chunks_exact_mut(TAPS * TAPS).take(LANES);
                    for (lane, dkernel) in kernels.enumerate() {
                        for (dkernel, tap) in dkernel.iter_mut().zip(taps.as_flattened()) {
                            *dkernel += tap.0[lane];
                        }
                    }
                }
            },
        );
    });
}

/// V = Bᵀ d B.
pub(super) fn input<E: Real, S: Scheme<N>, const N: usize>(
    x: &[E],
    tiling: &Tiling,
    rows: &Range<usize>,
    v: &mut [E],
) {
    let (tiles, stride, width) = (rows.len() * tiling.columns, stride(tiling), tiling.width());
    v.par_chunks_exact_mut(N * N * stride).enumerate().for_each_init(Vec::new, |laid_out, (channel, v)| {
        tiling.read(x, channel, rows, laid_out);
        vectorised(
            #[inline(always)]
            || {
                for first in (0..tiles).step_by(LANES) {
                    let starts = tiling.starts(first, tiles, [N, width, STEP * S::STRIDE]);
                    let tile = gather::<E, N>(laid_out, &starts, width);
                    write(
                        &both(
                            &tile,
                            #[inline(always)]
                            |d| S::input(d),
                        ),
                        v,
                        first,
                        stride,
                    );
                }
            },
        );
    });
}

/// Adds B dV Bᵀ to the gradient of the input.
pub(super) fn add_input<E: Real, S: Scheme<N>, const N: usize>(
    dv: &[E],
    tiling: &Tiling,
    rows: &Range<usize>,
    dx: &Shared<'_, E>,
) {
    let (shape, stride, width) = (&tiling.shape, stride(tiling), tiling.width());
    let tiles = rows.len() * tiling.columns;
    dv.par_chunks_exact(N * N * stride).enumerate().for_each_init(Vec::new, |laid_out, (channel, dv)| {
        laid_out.clear();
        laid_out.resize(rows.len() * N * width, E::zero());
        vectorised(
            #[inline(always)]
            || {
                for first in (0..tiles).step_by(LANES) {
                    let starts = tiling.starts(first, tiles, [N, width, STEP * S::STRIDE]);
                    let tile = both(
                        &read::<E, N>(dv, first, stride),
                        #[inline(always)]
                        |v| S::input_adjoint(v),
                    );
                    let starts = &starts[..LANES.min(tiles - first)];
                    scatter(
                        &tile,
                        laid_out,
                        starts,
                        width,
                        #[inline(always)]
                        |to, value| *to += value,
                    );
                }
            },
        );
        for (row, laid_out) in rows.clone().zip(laid_out.chunks_exact(N * width)) {
            let size = shape.height * shape.width;
            let first = (tiling.output(row).0 * shape.inputs + channel) * size;
            // SAFETY: maps of different channels, which are side by side, are different parts of the gradient.
            let mut map = unsafe { dx.block(first, [1, size], size) };
            tiling.add(map.row(0), row, laid_out);
        }
    });
}

/// Writes Aᵀ M A and the bias to the output.
pub(super) fn output<E: Real, S: Scheme<N>, const N: usize>(
    m: &[E],
    tiling: &Tiling,
    rows: &Range<usize>,
    bias: Option<&[E]>,
    y: &Shared<'_, E>,
) {
    let (shape, stride, width) = (&tiling.shape, stride(tiling), tiling.columns * STEP);
    let tiles = rows.len() * tiling.columns;
    m.par_chunks_exact(points(tiling) * stride).enumerate().for_each_init(
        Vec::new,
        |laid_out, (channel, m)| {
            laid_out.resize(rows.len() * STEP * width, E::zero());
            let bias = bias.map_or(E::zero(), |bias| bias[channel]);
            vectorised(
                #[inline(always)]
                || {
                    for first in (0..tiles).step_by(LANES) {
                        let starts = tiling.starts(first, tiles, [STEP, width, STEP]);
                        let tile = both(
                            &read::<E, N>(m, first, stride),
                            #[inline(always)]
                            |m| S::output(m),
                        );
                        let starts = &starts[..LANES.min(tiles - first)];
                        scatter(
                            &tile,
                            laid_out,
                            starts,
                            width,
                            #[inline(always)]
                            |to, value| *to = value + bias,
                        );
                    }
                },
            );
            for (row, laid_out) in rows.clone().zip(laid_out.chunks_exact(STEP * width)) {
                let (image, start, lines) = tiling.output(row);
                let first = (image * shape.outputs + channel) * shape.positions() + start;
                // SAFETY: channels, which are side by side, are different parts of the output.
                let mut out = unsafe { y.block(first, [lines, shape.out_width], shape.out_width) };
                out.copy_from(laid_out, width);
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
    let (tiles, stride, width) = (rows.len() * tiling.columns, stride(tiling), tiling.columns * STEP);
    z.par_chunks_exact_mut(N * N * stride).enumerate().for_each_init(Vec::new, |laid_out, (channel, z)| {
        tiling.read_output(dy, channel, rows, laid_out);
        vectorised(
            #[inline(always)]
            || {
                for first in (0..tiles).step_by(LANES) {
                    let starts = tiling.starts(first, tiles, [STEP, width, STEP]);
                    let tile = gather::<E, STEP>(laid_out, &starts, width);
                    write(
                        &both(
                            &tile,
                            #[inline(always)]
                            |y| S::output_adjoint(y),
                        ),
                        z,
                        first,
                        stride,
                    );
                }
            },
        );
    });
}
