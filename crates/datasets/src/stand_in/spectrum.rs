//! Random fields with a given power at every spatial frequency, and their spectrum.
//!
//! The basis is that of the discrete Hartley transform, cas θ = cos θ + sin θ, along both axes. It is real, orthonormal
//! and its own inverse; independent normal coefficients whose variance depends on the length of the frequency alone give
//! a field whose law is the same everywhere in the image and in both directions of each axis.

use std::f64::consts::TAU;

use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

/// The Hartley basis of square images.
#[derive(Debug, Clone)]
pub(super) struct Basis {
    side: usize,
    /// cas(2πkx/n)/√n at row k and column x; symmetric.
    waves: Vec<f32>,
}

impl Basis {
    /// For images of this side.
    pub fn new(side: usize) -> Self {
        let root = (side as f64).sqrt();
        let wave = |place: usize| {
            // Reduced to one turn, where sine and cosine are most exact.
            let angle = TAU * (place / side * (place % side) % side) as f64 / side as f64;
            ((angle.cos() + angle.sin()) / root) as f32
        };
        Self { side, waves: (0..side * side).map(wave).collect() }
    }

    /// The image of these coefficients, or the coefficients of this image.
    pub fn transform(&self, values: &[f32]) -> Vec<f32> {
        self.product(&self.waves, &self.product(values, &self.waves))
    }

    fn product(&self, left: &[f32], right: &[f32]) -> Vec<f32> {
        let mut out = vec![0.0; self.side * self.side];
        for (row, out) in left.chunks_exact(self.side).zip(out.chunks_exact_mut(self.side)) {
            for (factor, waves) in row.iter().zip(right.chunks_exact(self.side)) {
                out.iter_mut().zip(waves).for_each(|(out, wave)| *out += factor * wave);
            }
        }
        out
    }

    /// The length of each coefficient's frequency, in periods per image.
    pub fn frequencies(&self) -> Vec<f64> {
        let along = |index: usize| index.min(self.side - index) as f64;
        (0..self.side * self.side)
            .map(|place| along(place / self.side).hypot(along(place % self.side)))
            .collect()
    }
}

/// A law of random fields: the standard deviation of every coefficient.
#[derive(Debug, Clone)]
pub(super) struct Spectrum {
    deviations: Vec<f32>,
}

impl Spectrum {
    /// With this amplitude at each frequency (periods per image), scaled so that the mean square of a pixel is 1.
    pub fn new(basis: &Basis, amplitude: impl Fn(f64) -> f64) -> Self {
        let amplitudes: Vec<f64> = basis.frequencies().into_iter().map(amplitude).collect();
        let power: f64 = amplitudes.iter().map(|amplitude| amplitude * amplitude).sum();
        let scale = basis.side as f64 / power.sqrt();
        Self { deviations: amplitudes.into_iter().map(|amplitude| (scale * amplitude) as f32).collect() }
    }

    /// Draws a field.
    pub fn draw(&self, basis: &Basis, draw: &mut impl Rng) -> Vec<f32> {
        let coefficient = |deviation: &f32| -> f32 {
            let normal: f32 = StandardNormal.sample(draw);
            deviation * normal
        };
        let coefficients: Vec<f32> = self.deviations.iter().map(coefficient).collect();
        basis.transform(&coefficients)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::{Purpose, generator};

    #[test]
    fn the_basis_is_its_own_inverse() {
        for side in [1, 2, 7, 32] {
            let basis = Basis::new(side);
            let image: Vec<f32> = (0..side * side).map(|place| (place * place % 17) as f32 - 8.0).collect();
            for (there, back) in image.iter().zip(basis.transform(&basis.transform(&image))) {
                assert!((there - back).abs() < 1e-4, "side {side}");
            }
        }
    }

    /// 3000 fields of 8 × 8: correlations of pixels at the same distance agree wherever the two are, within five
    /// standard errors of 1/√3000.
    #[test]
    fn fields_have_unit_variance_and_the_same_law_everywhere() {
        let basis = Basis::new(8);
        let spectrum = Spectrum::new(&basis, |frequency| if frequency > 0.0 { 1.0 / frequency } else { 0.0 });
        let mut draw = generator(1, Purpose::Scene, [0, 0]);
        let fields: Vec<Vec<f32>> = (0..3000).map(|_| spectrum.draw(&basis, &mut draw)).collect();
        let moment = |one: usize, other: usize| {
            fields.iter().map(|field| f64::from(field[one]) * f64::from(field[other])).sum::<f64>() / 3000.0
        };
        for place in [0, 5, 27, 63] {
            assert!((moment(place, place) - 1.0).abs() < 5.0 * (2f64 / 3000.0).sqrt(), "pixel {place}");
        }
        let beside =
            [moment(0, 1), moment(10, 11), moment(10, 18), moment(11, 10), moment(63, 62), moment(7, 0)];
        assert!(beside.iter().all(|moment| (moment - beside[0]).abs() < 0.1), "{beside:?}");
        let diagonal = [moment(0, 9), moment(1, 8), moment(36, 45), moment(36, 43), moment(36, 29)];
        assert!(diagonal.iter().all(|moment| (moment - diagonal[0]).abs() < 0.1), "{diagonal:?}");
    }
}
