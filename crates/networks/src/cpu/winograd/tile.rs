//! The transformations of one tile. A 3×3 convolution of 4×4 outputs by polynomials through N points (Winograd 1980; Lavin
//! and Gray 2016) takes N² products in place of 144. With Bᵀ for inputs, G for kernels and Aᵀ for outputs, applied to
//! columns and rows, y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A; the gradients are the adjoint of it, through the transposes. Points with
//! few digits would spare some multiplications; those chosen lose the least in f32.

use crate::cpu::real::Real;
use std::f64::consts::{FRAC_1_SQRT_2 as ROOT_HALF, SQRT_2 as ROOT_TWO};
use std::ops::{Add, Sub};

/// Tiles transformed side by side.
pub(super) const LANES: usize = 16;
/// Outputs of a tile along each axis.
pub(super) const STEP: usize = 4;
/// Taps of the kernel along each axis.
pub(super) const TAPS: usize = 3;

/// The transformations along one axis, for tiles that read N inputs: as many as there are points.
pub(super) trait Scheme<const N: usize> {
    /// Inputs from one output to the next.
    const STRIDE: usize;

    /// Bᵀ d.
    fn input<E: Real>(d: [Lanes<E>; N]) -> [Lanes<E>; N];

    /// B v.
    fn input_adjoint<E: Real>(v: [Lanes<E>; N]) -> [Lanes<E>; N];

    /// Aᵀ m.
    fn output<E: Real>(m: [Lanes<E>; N]) -> [Lanes<E>; STEP];

    /// A y.
    fn output_adjoint<E: Real>(y: [Lanes<E>; STEP]) -> [Lanes<E>; N];

    /// G g.
    fn kernel<E: Real>(g: [Lanes<E>; TAPS]) -> [Lanes<E>; N];

    /// Gᵀ u.
    fn kernel_adjoint<E: Real>(u: [Lanes<E>; N]) -> [Lanes<E>; TAPS];
}

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
pub(super) fn both<E: Real, const M: usize, const N: usize>(
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

/// Stride 1: the points 0, ±√½, ±√2 and ∞.
pub(super) struct One;

impl Scheme<6> for One {
    const STRIDE: usize = 1;

    #[inline(always)]
    fn input<E: Real>([d0, d1, d2, d3, d4, d5]: [Lanes<E>; 6]) -> [Lanes<E>; 6] {
        let (even, odd) = (d4 - d2.times(2.0), (d3 - d1.times(2.0)).times(ROOT_HALF));
        let (even2, odd2) = (d4 - d2.times(0.5), (d3 - d1.times(0.5)).times(ROOT_TWO));
        let (first, last) = (d0 + d4 - d2.times(2.5), d1 + d5 - d3.times(2.5));
        [first, even + odd, even - odd, even2 + odd2, even2 - odd2, last]
    }

    #[inline(always)]
    fn input_adjoint<E: Real>([v0, v1, v2, v3, v4, v5]: [Lanes<E>; 6]) -> [Lanes<E>; 6] {
        let (even, odd) = (v1 + v2, (v1 - v2).times(ROOT_HALF));
        let (even2, odd2) = (v3 + v4, (v3 - v4).times(ROOT_TWO));
        [
            v0,
            v5 - odd.times(2.0) - odd2.times(0.5),
            v0.times(-2.5) - even.times(2.0) - even2.times(0.5),
            odd + odd2 - v5.times(2.5),
            v0 + even + even2,
            v5,
        ]
    }

    #[inline(always)]
    fn output<E: Real>([m0, m1, m2, m3, m4, m5]: [Lanes<E>; 6]) -> [Lanes<E>; STEP] {
        let (even, odd) = (m1 + m2, (m1 - m2).times(ROOT_HALF));
        let (even2, odd2) = (m3 + m4, (m3 - m4).times(ROOT_TWO));
        [
            m0 + even + even2,
            odd + odd2,
            even.times(0.5) + even2.times(2.0),
            odd.times(0.5) + odd2.times(2.0) + m5,
        ]
    }

    #[inline(always)]
    fn output_adjoint<E: Real>([y0, y1, y2, y3]: [Lanes<E>; STEP]) -> [Lanes<E>; 6] {
        let (even, odd) = (y0 + y2.times(0.5), (y1 + y3.times(0.5)).times(ROOT_HALF));
        let (even2, odd2) = (y0 + y2.times(2.0), (y1 + y3.times(2.0)).times(ROOT_TWO));
        [y0, even + odd, even - odd, even2 + odd2, even2 - odd2, y3]
    }

    #[inline(always)]
    fn kernel<E: Real>([g0, g1, g2]: [Lanes<E>; TAPS]) -> [Lanes<E>; 6] {
        let (even, odd) = ((g0.times(2.0) + g2).times(-1.0 / 3.0), g1.times(-2.0 / 3.0 * ROOT_HALF));
        let (even2, odd2) = ((g0 + g2.times(2.0)).times(1.0 / 6.0), g1.times(ROOT_TWO / 6.0));
        [g0, even + odd, even - odd, even2 + odd2, even2 - odd2, g2]
    }

    #[inline(always)]
    fn kernel_adjoint<E: Real>([u0, u1, u2, u3, u4, u5]: [Lanes<E>; 6]) -> [Lanes<E>; TAPS] {
        let (even, odd) = ((u1 + u2).times(1.0 / 3.0), (u1 - u2).times(-2.0 / 3.0 * ROOT_HALF));
        let (even2, odd2) = ((u3 + u4).times(1.0 / 6.0), (u3 - u4).times(ROOT_TWO / 6.0));
        [u0 - even.times(2.0) + even2, odd + odd2, even2.times(2.0) - even + u5]
    }
}

/// Stride 2: the outer taps see the even inputs, a convolution of two taps with stride 1, through the points ±½, ±1½ and
/// ∞; the middle tap sees the odd ones, multiplied as they are.
pub(super) struct Two;

impl Scheme<9> for Two {
    const STRIDE: usize = 2;

    #[inline(always)]
    fn input<E: Real>([d0, d1, d2, d3, d4, d5, d6, d7, d8]: [Lanes<E>; 9]) -> [Lanes<E>; 9] {
        let (even, odd) = (d6 - d2.times(2.25), d4.times(0.5) - d0.times(1.125));
        let (even2, odd2) = (d6 - d2.times(0.25), d4.times(1.5) - d0.times(0.375));
        let last = d8 - d4.times(2.5) + d0.times(0.5625);
        [even + odd, even - odd, even2 + odd2, even2 - odd2, last, d1, d3, d5, d7]
    }

    #[inline(always)]
    fn input_adjoint<E: Real>([v0, v1, v2, v3, v4, d1, d3, d5, d7]: [Lanes<E>; 9]) -> [Lanes<E>; 9] {
        let (even, odd, even2, odd2) = (v0 + v1, v0 - v1, v2 + v3, v2 - v3);
        let d0 = v4.times(0.5625) - odd.times(1.125) - odd2.times(0.375);
        let d2 = even.times(-2.25) - even2.times(0.25);
        let d4 = odd.times(0.5) + odd2.times(1.5) - v4.times(2.5);
        [d0, d1, d2, d3, d4, d5, even + even2, d7, v4]
    }

    #[inline(always)]
    fn output<E: Real>([m0, m1, m2, m3, m4, y0, y1, y2, y3]: [Lanes<E>; 9]) -> [Lanes<E>; STEP] {
        let (even, odd, even2, odd2) = (m0 + m1, m0 - m1, m2 + m3, m2 - m3);
        [
            y0 + even + even2,
            y1 + odd.times(0.5) + odd2.times(1.5),
            y2 + even.times(0.25) + even2.times(2.25),
            y3 + odd.times(0.125) + odd2.times(3.375) + m4,
        ]
    }

    #[inline(always)]
    fn output_adjoint<E: Real>([y0, y1, y2, y3]: [Lanes<E>; STEP]) -> [Lanes<E>; 9] {
        let (even, odd) = (y0 + y2.times(0.25), y1.times(0.5) + y3.times(0.125));
        let (even2, odd2) = (y0 + y2.times(2.25), y1.times(1.5) + y3.times(3.375));
        [even + odd, even - odd, even2 + odd2, even2 - odd2, y3, y0, y1, y2, y3]
    }

    #[inline(always)]
    fn kernel<E: Real>([g0, g1, g2]: [Lanes<E>; TAPS]) -> [Lanes<E>; 9] {
        let (half, sixth, quarter) = (g0.times(0.5), g0.times(1.0 / 6.0), g2.times(0.25));
        [Lanes::zero() - half - quarter, half - quarter, quarter + sixth, quarter - sixth, g2, g1, g1, g1, g1]
    }

    #[inline(always)]
    fn kernel_adjoint<E: Real>([u0, u1, u2, u3, u4, o0, o1, o2, o3]: [Lanes<E>; 9]) -> [Lanes<E>; TAPS] {
        let g0 = (u1 - u0).times(0.5) + (u2 - u3).times(1.0 / 6.0);
        let g2 = (u2 + u3 - u0 - u1).times(0.25) + u4;
        [g0, (o0 + o1) + (o2 + o3), g2]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look random.
    fn numbers<const N: usize>(salt: usize) -> [Lanes<f64>; N] {
        std::array::from_fn(|index| {
            Lanes(std::array::from_fn(|lane| ((index * 7 + lane * 5 + salt) % 11) as f64 - 5.0))
        })
    }

    fn product<const N: usize>(x: [Lanes<f64>; N], y: [Lanes<f64>; N], lane: usize) -> f64 {
        x.iter().zip(&y).map(|(x, y)| x.0[lane] * y.0[lane]).sum()
    }

    fn check<S: Scheme<N>, const N: usize>() {
        let (d, g, y, m) = (numbers::<N>(1), numbers::<TAPS>(2), numbers::<STEP>(3), numbers::<N>(4));
        let (u, v) = (S::kernel(g), S::input(d));
        let found = S::output(std::array::from_fn(|point| {
            Lanes(std::array::from_fn(|lane| u[point].0[lane] * v[point].0[lane]))
        }));
        for lane in 0..LANES {
            for (output, found) in found.iter().enumerate() {
                let term = |tap: usize| g[tap].0[lane] * d[output * S::STRIDE + tap].0[lane];
                assert!((found.0[lane] - (0..TAPS).map(term).sum::<f64>()).abs() < 1e-12);
            }
            let same = |x: f64, y: f64| assert!((x - y).abs() < 1e-12);
            same(product(v, m, lane), product(d, S::input_adjoint(m), lane));
            same(product(u, m, lane), product(g, S::kernel_adjoint(m), lane));
            same(product(S::output(m), y, lane), product(m, S::output_adjoint(y), lane));
        }
    }

    #[test]
    fn tiles_are_convolutions_and_adjoints_are_adjoint() {
        check::<One, 6>();
        check::<Two, 9>();
    }
}
