//! The transformations of one tile: a 3×3 convolution of 6×6 inputs to 4×4 outputs by polynomials through the points
//! 0, ±√½, ±√2 and ∞ (Winograd 1980; Lavin and Gray 2016), which takes 36 products in place of 144. Whole numbers as
//! points would spare a few multiplications and cost three quarters of a digit. With Bᵀ for inputs, G
//! for kernels and Aᵀ for outputs, applied to rows and columns, y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A; the gradients are the
//! adjoint of it, through the transposes. Several tiles are transformed side by side.

use crate::cpu::real::Real;
use std::f64::consts::{FRAC_1_SQRT_2 as ROOT_HALF, SQRT_2 as ROOT_TWO};
use std::ops::{Add, Sub};

/// Tiles transformed side by side.
pub(super) const LANES: usize = 16;
/// Outputs of a tile along each axis.
pub(super) const STEP: usize = 4;
/// Inputs of a tile along each axis.
pub(super) const EDGE: usize = 6;
/// Taps of the kernel along each axis.
pub(super) const TAPS: usize = 3;
/// Products per tile.
pub(super) const POINTS: usize = EDGE * EDGE;

/// One number of each of several tiles.
#[derive(Clone, Copy)]
pub(super) struct Lanes<E>(pub(super) [E; LANES]);

/// Numbers of several tiles, rows and columns.
pub(super) type Tile<E, const N: usize> = [[Lanes<E>; N]; N];

impl<E: Real> Lanes<E> {
    #[inline(always)]
    pub(super) fn zero() -> Self {
        Self([E::zero(); LANES])
    }

    #[inline(always)]
    fn times(mut self, factor: f64) -> Self {
        for lane in &mut self.0 {
            *lane *= E::narrow(factor);
        }
        self
    }
}

impl<E: Real> Add for Lanes<E> {
    type Output = Self;

    #[inline(always)]
    fn add(mut self, other: Self) -> Self {
        for (lane, other) in self.0.iter_mut().zip(&other.0) {
            *lane += *other;
        }
        self
    }
}

impl<E: Real> Sub for Lanes<E> {
    type Output = Self;

    #[inline(always)]
    fn sub(mut self, other: Self) -> Self {
        for (lane, other) in self.0.iter_mut().zip(&other.0) {
            *lane -= *other;
        }
        self
    }
}

/// Applies a transformation to the columns, then to the rows.
#[inline(always)]
fn both<E: Real, const M: usize, const N: usize>(
    tile: &Tile<E, M>,
    one: impl Fn([Lanes<E>; M]) -> [Lanes<E>; N],
) -> Tile<E, N> {
    let mut half = [[Lanes::zero(); M]; N];
    for column in 0..M {
        let mut values = [Lanes::zero(); M];
        for row in 0..M {
            values[row] = tile[row][column];
        }
        let values = one(values);
        for row in 0..N {
            half[row][column] = values[row];
        }
    }
    let mut out = [[Lanes::zero(); N]; N];
    for row in 0..N {
        out[row] = one(half[row]);
    }
    out
}

/// Bᵀ d B.
#[inline(always)]
pub(super) fn input<E: Real>(d: &Tile<E, EDGE>) -> Tile<E, EDGE> {
    both(
        d,
        #[inline(always)]
        |[d0, d1, d2, d3, d4, d5]| {
            let (even, odd) = (d4 - d2.times(2.0), (d3 - d1.times(2.0)).times(ROOT_HALF));
            let (even2, odd2) = (d4 - d2.times(0.5), (d3 - d1.times(0.5)).times(ROOT_TWO));
            let (first, last) = (d0 + d4 - d2.times(2.5), d1 + d5 - d3.times(2.5));
            [first, even + odd, even - odd, even2 + odd2, even2 - odd2, last]
        },
    )
}

/// B v Bᵀ.
#[inline(always)]
pub(super) fn input_adjoint<E: Real>(v: &Tile<E, EDGE>) -> Tile<E, EDGE> {
    both(
        v,
        #[inline(always)]
        |[v0, v1, v2, v3, v4, v5]| {
            let (even, odd) = (v1 + v2, (v1 - v2).times(ROOT_HALF));
            let (even2, odd2) = (v3 + v4, (v3 - v4).times(ROOT_TWO));
            [
                v0,
                v5 - odd.times(2.0) - odd2.times(0.5),
                Lanes::zero() - v0.times(2.5) - even.times(2.0) - even2.times(0.5),
                odd + odd2 - v5.times(2.5),
                v0 + even + even2,
                v5,
            ]
        },
    )
}

/// Aᵀ m A.
#[inline(always)]
pub(super) fn output<E: Real>(m: &Tile<E, EDGE>) -> Tile<E, STEP> {
    both(
        m,
        #[inline(always)]
        |[m0, m1, m2, m3, m4, m5]| {
            let (even, odd) = (m1 + m2, (m1 - m2).times(ROOT_HALF));
            let (even2, odd2) = (m3 + m4, (m3 - m4).times(ROOT_TWO));
            [
                m0 + even + even2,
                odd + odd2,
                even.times(0.5) + even2.times(2.0),
                odd.times(0.5) + odd2.times(2.0) + m5,
            ]
        },
    )
}

/// A y Aᵀ.
#[inline(always)]
pub(super) fn output_adjoint<E: Real>(y: &Tile<E, STEP>) -> Tile<E, EDGE> {
    both(
        y,
        #[inline(always)]
        |[y0, y1, y2, y3]| {
            let (even, odd) = (y0 + y2.times(0.5), (y1 + y3.times(0.5)).times(ROOT_HALF));
            let (even2, odd2) = (y0 + y2.times(2.0), (y1 + y3.times(2.0)).times(ROOT_TWO));
            [y0, even + odd, even - odd, even2 + odd2, even2 - odd2, y3]
        },
    )
}

/// G g Gᵀ.
#[inline(always)]
pub(super) fn kernel<E: Real>(g: &Tile<E, TAPS>) -> Tile<E, EDGE> {
    both(
        g,
        #[inline(always)]
        |[g0, g1, g2]| {
            let (even, odd) = ((g0.times(2.0) + g2).times(-1.0 / 3.0), g1.times(-2.0 / 3.0 * ROOT_HALF));
            let (even2, odd2) = ((g0 + g2.times(2.0)).times(1.0 / 6.0), g1.times(ROOT_TWO / 6.0));
            [g0, even + odd, even - odd, even2 + odd2, even2 - odd2, g2]
        },
    )
}

/// Gᵀ u G.
#[inline(always)]
pub(super) fn kernel_adjoint<E: Real>(u: &Tile<E, EDGE>) -> Tile<E, TAPS> {
    both(
        u,
        #[inline(always)]
        |[u0, u1, u2, u3, u4, u5]| {
            let (even, odd) = ((u1 + u2).times(1.0 / 3.0), (u1 - u2).times(-2.0 / 3.0 * ROOT_HALF));
            let (even2, odd2) = ((u3 + u4).times(1.0 / 6.0), (u3 - u4).times(ROOT_TWO / 6.0));
            [u0 - even.times(2.0) + even2, odd + odd2, even2.times(2.0) - even + u5]
        },
    )
}
