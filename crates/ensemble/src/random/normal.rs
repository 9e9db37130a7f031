//! Standard normal numbers from random bits, by the transformation of Box and Muller: a point of the plane whose squared
//! radius is exponential and whose direction is uniform has two independent normal coordinates.
//!
//! Logarithm, cosine and sine are short polynomials (Chebyshev fits, errors below). Each operation is rounded as the
//! standard for floating-point numbers prescribes, fused multiplications and additions written out as such, so that
//! every processor and every graphics card draws the same bits; there is no branch, so that a loop over them compiles to
//! vector instructions. The radius comes from 32 random bits: the largest number
//! drawn is 6.76, which a true normal exceeds once in 10¹¹ draws.

use std::f32::consts::LN_2;

/// ln(1+t)/t on [√½-1, √2-1]; relative error of the logarithm below 6e-8.
const LOGARITHM: [f32; 9] = [
    1.0,
    -0.499_999_88,
    0.333_341_84,
    -0.250_021_55,
    0.199_569_78,
    -0.165_606_96,
    0.149_490_95,
    -0.143_773_3,
    0.087_439_455,
];

/// sin(πx/4)/x in powers of x², on [0, 1]; relative error below 4e-8.
const SINE: [f32; 4] = [std::f32::consts::FRAC_PI_4, -0.080_745_436, 0.002_490_006_9, -3.595_44e-5];

/// cos(πx/4) in powers of x², on [0, 1]; absolute error below 6e-8.
const COSINE: [f32; 4] = [1.0, -0.308_424_26, 0.015_849_913, -0.000_318_879];

/// A polynomial by Horner's rule, coefficients in rising order.
#[inline(always)]
fn polynomial<const N: usize>(coefficients: &[f32; N], x: f32) -> f32 {
    let mut sum = coefficients[N - 1];
    let mut index = N - 1;
    while index > 0 {
        index -= 1;
        sum = sum.mul_add(x, coefficients[index]);
    }
    sum
}

/// Two independent N(0, 1) numbers from two words of random bits.
#[inline(always)]
pub(super) fn pair(radius_bits: u32, direction_bits: u32) -> [f32; 2] {
    let radius = radius(radius_bits);
    let [cosine, sine] = direction(direction_bits);
    [radius * cosine, radius * sine]
}

/// √(-2 ln p) for p = (bits + ½)/2³², by splitting p into a power of two and a factor within [√½, √2).
#[inline(always)]
fn radius(bits: u32) -> f32 {
    let shifted = (bits as f32 + 0.5).to_bits();
    let root_half = std::f32::consts::FRAC_1_SQRT_2.to_bits();
    let exponent = (shifted.wrapping_sub(root_half) as i32) >> 23;
    let factor = f32::from_bits(shifted.wrapping_sub((exponent << 23) as u32));
    let t = factor - 1.0;
    let logarithm = (exponent.wrapping_sub(32) as f32).mul_add(LN_2, polynomial(&LOGARITHM, t) * t);
    (-2.0 * logarithm).max(0.0).sqrt()
}

/// The cosine and sine of a uniform direction: 29 bits place it within the first eighth of the circle, three bits
/// choose the eighth.
#[inline(always)]
fn direction(bits: u32) -> [f32; 2] {
    let x = ((bits >> 3) as i32 as f32 + 0.5) * (1.0 / 536_870_912.0);
    let square = x * x;
    let sine = polynomial(&SINE, square) * x;
    let cosine = polynomial(&COSINE, square);
    let (first, second) = if bits & 1 == 0 { (cosine, sine) } else { (sine, cosine) };
    [
        f32::from_bits(first.to_bits() ^ ((bits & 2) << 30)),
        f32::from_bits(second.to_bits() ^ ((bits & 4) << 29)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rounding of a handful of f32 operations beside the fits' own errors.
    const RELATIVE_ERROR: f64 = 5e-7;

    #[test]
    fn radius_follows_the_logarithm() {
        for step in 0..1_000_000u32 {
            let bits = step.wrapping_mul(4_294_967) ^ (step >> 7);
            let p = (f64::from(bits) + 0.5) / 2f64.powi(32);
            let expected = (-2.0 * p.ln()).sqrt();
            let found = f64::from(radius(bits));
            // Next to p = 1 the 24 bits of an f32 are the coarser grid: p itself is off by up to 2⁻²⁵.
            let grid = 1.1 * 2f64.powi(-25) / expected;
            assert!(
                (found - expected).abs() <= RELATIVE_ERROR * expected + grid,
                "{bits}: {found} {expected}"
            );
        }
        assert!((radius(0) - 6.763).abs() < 1e-3);
        assert_eq!(radius(u32::MAX), 0.0);
    }

    /// In every eighth of the circle.
    #[test]
    fn direction_is_the_angle_its_bits_name() {
        for step in 0..800_000u32 {
            let (place, eighth) = (step / 8 * 5_368, step % 8);
            let angle = (f64::from(place) + 0.5) / 536_870_912.0 * std::f64::consts::FRAC_PI_4;
            let (sine, cosine) = angle.sin_cos();
            let [first, second] = if eighth & 1 == 0 { [cosine, sine] } else { [sine, cosine] };
            let sign = |bit: u32| if eighth & bit == 0 { 1.0 } else { -1.0 };
            for (found, expected) in
                direction(place << 3 | eighth).into_iter().zip([sign(2) * first, sign(4) * second])
            {
                assert!((f64::from(found) - expected).abs() < RELATIVE_ERROR * expected.abs());
            }
        }
    }
}
