//! The transformations of one tile. A 3×3 convolution of 4×4 outputs by polynomials through N points (Winograd 1980; Lavin
//! and Gray 2016) takes N² products in place of 144. With Bᵀ for inputs, G for kernels and Aᵀ for outputs, applied to
//! columns and rows, y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A; the gradients are the adjoint of it, through the transposes. Points with
//! few digits would spare some multiplications; those chosen lose the least in f32.

use crate::cpu::vector::Arithmetic;
use std::f64::consts::{FRAC_1_SQRT_2 as ROOT_HALF, SQRT_2 as ROOT_TWO};
use std::marker::PhantomData;

/// Tiles are taken in multiples of so many: what the widest register holds.
pub(super) const LANES: usize = 16;
/// Outputs of a tile along each axis.
pub(super) const STEP: usize = 4;
/// Taps of the kernel along each axis.
pub(super) const TAPS: usize = 3;

/// The transformations along one axis, for tiles that read N inputs: as many as there are points.
pub(super) trait Scheme<const N: usize> {
    /// Bᵀ d.
    fn input<V: Arithmetic>(d: [V; N]) -> [V; N];

    /// B v.
    fn input_adjoint<V: Arithmetic>(v: [V; N]) -> [V; N];

    /// Aᵀ m.
    fn output<V: Arithmetic>(m: [V; N]) -> [V; STEP];

    /// A y.
    fn output_adjoint<V: Arithmetic>(y: [V; STEP]) -> [V; N];

    /// G g.
    fn kernel<V: Arithmetic>(g: [V; TAPS]) -> [V; N];

    /// Gᵀ u.
    fn kernel_adjoint<V: Arithmetic>(u: [V; N]) -> [V; TAPS];
}

/// Numbers of a tile, or of several side by side: rows and columns.
pub(super) type Tile<V, const N: usize> = [[V; N]; N];

/// Applies a transformation to the columns, then to the rows.
#[inline(always)]
pub(super) fn both<V: Arithmetic, P: Pass<M, N>, const M: usize, const N: usize>(
    tile: &Tile<V, M>,
) -> Tile<V, N> {
    // Every place is written before it is read.
    let mut half = [[tile[0][0]; M]; N];
    for column in 0..M {
        let mut values = [tile[0][0]; M];
        for row in 0..M {
            values[row] = tile[row][column];
        }
        let values = P::one(values);
        for row in 0..N {
            half[row][column] = values[row];
        }
    }
    let mut out = [[tile[0][0]; N]; N];
    for row in 0..N {
        out[row] = P::one(half[row]);
    }
    out
}

/// One of the transformations of a scheme, as a type.
pub(super) trait Pass<const M: usize, const N: usize> {
    /// Along one axis.
    fn one<V: Arithmetic>(x: [V; M]) -> [V; N];
}

macro_rules! pass {
    ($name:ident, $function:ident, $from:tt, $to:tt) => {
        #[doc = concat!("[`Scheme::", stringify!($function), "`].")]
        pub(super) struct $name<S>(PhantomData<S>);

        impl<S: Scheme<N>, const N: usize> Pass<$from, $to> for $name<S> {
            #[inline(always)]
            fn one<V: Arithmetic>(x: [V; $from]) -> [V; $to] {
                S::$function(x)
            }
        }
    };
}

pass!(Input, input, N, N);
pass!(InputAdjoint, input_adjoint, N, N);
pass!(Output, output, N, STEP);
pass!(OutputAdjoint, output_adjoint, STEP, N);
pass!(Kernel, kernel, TAPS, N);
pass!(KernelAdjoint, kernel_adjoint, N, TAPS);

/// Stride 1: the points 0, ±√½, ±√2 and ∞.
pub(super) struct One;

impl Scheme<6> for One {
    #[inline(always)]
    fn input<V: Arithmetic>([d0, d1, d2, d3, d4, d5]: [V; 6]) -> [V; 6] {
        let (even, odd) = (d4 - d2.times(2.0), (d3 - d1.times(2.0)).times(ROOT_HALF));
        let (even2, odd2) = (d4 - d2.times(0.5), (d3 - d1.times(0.5)).times(ROOT_TWO));
        let (first, last) = (d0 + d4 - d2.times(2.5), d1 + d5 - d3.times(2.5));
        [first, even + odd, even - odd, even2 + odd2, even2 - odd2, last]
    }

    #[inline(always)]
    fn input_adjoint<V: Arithmetic>([v0, v1, v2, v3, v4, v5]: [V; 6]) -> [V; 6] {
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
    fn output<V: Arithmetic>([m0, m1, m2, m3, m4, m5]: [V; 6]) -> [V; STEP] {
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
    fn output_adjoint<V: Arithmetic>([y0, y1, y2, y3]: [V; STEP]) -> [V; 6] {
        let (even, odd) = (y0 + y2.times(0.5), (y1 + y3.times(0.5)).times(ROOT_HALF));
        let (even2, odd2) = (y0 + y2.times(2.0), (y1 + y3.times(2.0)).times(ROOT_TWO));
        [y0, even + odd, even - odd, even2 + odd2, even2 - odd2, y3]
    }

    #[inline(always)]
    fn kernel<V: Arithmetic>([g0, g1, g2]: [V; TAPS]) -> [V; 6] {
        let (even, odd) = ((g0.times(2.0) + g2).times(-1.0 / 3.0), g1.times(-2.0 / 3.0 * ROOT_HALF));
        let (even2, odd2) = ((g0 + g2.times(2.0)).times(1.0 / 6.0), g1.times(ROOT_TWO / 6.0));
        [g0, even + odd, even - odd, even2 + odd2, even2 - odd2, g2]
    }

    #[inline(always)]
    fn kernel_adjoint<V: Arithmetic>([u0, u1, u2, u3, u4, u5]: [V; 6]) -> [V; TAPS] {
        let (even, odd) = ((u1 + u2).times(1.0 / 3.0), (u1 - u2).times(-2.0 / 3.0 * ROOT_HALF));
        let (even2, odd2) = ((u3 + u4).times(1.0 / 6.0), (u3 - u4).times(ROOT_TWO / 6.0));
        [u0 - even.times(2.0) + even2, odd + odd2, even2.times(2.0) - even + u5]
    }
}

/// Stride 2: the outer taps see the even inputs, a convolution of two taps with stride 1, through the points ±½, ±1½ and
/// ∞; the middle tap sees the odd ones, multiplied as they are.
pub(super) struct Two;

impl Scheme<9> for Two {
    #[inline(always)]
    fn input<V: Arithmetic>([d0, d1, d2, d3, d4, d5, d6, d7, d8]: [V; 9]) -> [V; 9] {
        let (even, odd) = (d6 - d2.times(2.25), d4.times(0.5) - d0.times(1.125));
        let (even2, odd2) = (d6 - d2.times(0.25), d4.times(1.5) - d0.times(0.375));
        let last = d8 - d4.times(2.5) + d0.times(0.5625);
        [even + odd, even - odd, even2 + odd2, even2 - odd2, last, d1, d3, d5, d7]
    }

    #[inline(always)]
    fn input_adjoint<V: Arithmetic>([v0, v1, v2, v3, v4, d1, d3, d5, d7]: [V; 9]) -> [V; 9] {
        let (even, odd, even2, odd2) = (v0 + v1, v0 - v1, v2 + v3, v2 - v3);
        let d0 = v4.times(0.5625) - odd.times(1.125) - odd2.times(0.375);
        let d2 = even.times(-2.25) - even2.times(0.25);
        let d4 = odd.times(0.5) + odd2.times(1.5) - v4.times(2.5);
        [d0, d1, d2, d3, d4, d5, even + even2, d7, v4]
    }

    #[inline(always)]
    fn output<V: Arithmetic>([m0, m1, m2, m3, m4, y0, y1, y2, y3]: [V; 9]) -> [V; STEP] {
        let (even, odd, even2, odd2) = (m0 + m1, m0 - m1, m2 + m3, m2 - m3);
        [
            y0 + even + even2,
            y1 + odd.times(0.5) + odd2.times(1.5),
            y2 + even.times(0.25) + even2.times(2.25),
            y3 + odd.times(0.125) + odd2.times(3.375) + m4,
        ]
    }

    #[inline(always)]
    fn output_adjoint<V: Arithmetic>([y0, y1, y2, y3]: [V; STEP]) -> [V; 9] {
        let (even, odd) = (y0 + y2.times(0.25), y1.times(0.5) + y3.times(0.125));
        let (even2, odd2) = (y0 + y2.times(2.25), y1.times(1.5) + y3.times(3.375));
        [even + odd, even - odd, even2 + odd2, even2 - odd2, y3, y0, y1, y2, y3]
    }

    #[inline(always)]
    fn kernel<V: Arithmetic>([g0, g1, g2]: [V; TAPS]) -> [V; 9] {
        let (half, sixth, quarter) = (g0.times(0.5), g0.times(1.0 / 6.0), g2.times(0.25));
        [(half + quarter).times(-1.0), half - quarter, quarter + sixth, quarter - sixth, g2, g1, g1, g1, g1]
    }

    #[inline(always)]
    fn kernel_adjoint<V: Arithmetic>([u0, u1, u2, u3, u4, o0, o1, o2, o3]: [V; 9]) -> [V; TAPS] {
        let g0 = (u1 - u0).times(0.5) + (u2 - u3).times(1.0 / 6.0);
        let g2 = (u2 + u3 - u0 - u1).times(0.25) + u4;
        [g0, (o0 + o1) + (o2 + o3), g2]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look random.
    fn numbers<const N: usize>(salt: usize) -> [f64; N] {
        std::array::from_fn(|index| ((index * 7 + salt * 5) % 11) as f64 - 5.0)
    }

    fn product<const N: usize>(x: [f64; N], y: [f64; N]) -> f64 {
        x.iter().zip(&y).map(|(x, y)| x * y).sum()
    }

    fn check<S: Scheme<N>, const N: usize>(stride: usize) {
        for salt in 0..11 {
            let (d, g) = (numbers::<N>(salt), numbers::<TAPS>(salt + 1));
            let (y, m) = (numbers::<STEP>(salt + 2), numbers::<N>(salt + 3));
            let (u, v) = (S::kernel(g), S::input(d));
            let found = S::output(std::array::from_fn(|point| u[point] * v[point]));
            for (output, found) in found.iter().enumerate() {
                let sum: f64 = (0..TAPS).map(|tap| g[tap] * d[output * stride + tap]).sum();
                assert!((found - sum).abs() < 1e-12);
            }
            let same = |x: f64, y: f64| assert!((x - y).abs() < 1e-12);
            same(product(v, m), product(d, S::input_adjoint(m)));
            same(product(u, m), product(g, S::kernel_adjoint(m)));
            same(product(S::output(m), y), product(m, S::output_adjoint(y)));
        }
    }

    #[test]
    fn tiles_are_convolutions_and_adjoints_are_adjoint() {
        check::<One, 6>(1);
        check::<Two, 9>(2);
    }
}
