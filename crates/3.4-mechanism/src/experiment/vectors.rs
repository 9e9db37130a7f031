//! Sets of vectors for Eq. 10. The equation is about any set: elements may depend on each other, be mostly zero or have
//! heavy tails, and there may be more vectors than elements or fewer.

use rand_distr::{Distribution, LogNormal, StandardNormal, StandardUniform};
use rand_xoshiro::Xoshiro256PlusPlus;

/// How the vectors of a set come about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Independent normal elements of mean 1/2.
    Shifted,
    /// Rectified normal elements: what a first layer hands on.
    Rectified,
    /// A fixed vector, and multiples of another added to it with a little noise: nearly all variance along one line.
    OneDirection,
    /// Elements of which nine in ten are zero.
    Sparse,
    /// Independent elements with a heavy tail.
    LogNormal,
    /// Three vectors, fewer than they have elements.
    Three,
}

/// Every kind, with its name in the tables.
pub const KINDS: [(&str, Kind); 6] = [
    ("shifted normal", Kind::Shifted),
    ("rectified normal", Kind::Rectified),
    ("one direction", Kind::OneDirection),
    ("sparse", Kind::Sparse),
    ("log-normal", Kind::LogNormal),
    ("three vectors", Kind::Three),
];

/// Elements of a vector.
pub const ELEMENTS: usize = 40;
/// Vectors of a set, unless it is one of three.
const VECTORS: usize = 25;

/// A set of vectors x_t, t = 1..=T.
#[derive(Debug, Clone, PartialEq)]
pub struct Vectors(Vec<Vec<f64>>);

impl Vectors {
    /// Draws a set.
    pub fn draw(kind: Kind, random: &mut Xoshiro256PlusPlus) -> Self {
        let count = if kind == Kind::Three { 3 } else { VECTORS };
        let mut fixed = || -> Vec<f64> { (0..ELEMENTS).map(|_| normal(random)).collect() };
        let (centre, direction) = (fixed(), fixed());
        let vector = |_| match kind {
            Kind::OneDirection => {
                let along = normal(random);
                let element = |(centre, direction)| centre + along * direction + 0.1 * normal(random);
                centre.iter().zip(&direction).map(element).collect()
            }
            _ => (0..ELEMENTS).map(|_| element(kind, random)).collect(),
        };
        Self((0..count).map(vector).collect())
    }

    /// The vectors.
    pub fn iter(&self) -> impl Iterator<Item = &[f64]> {
        self.0.iter().map(Vec::as_slice)
    }

    /// T.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// ⟨x⟩·⟨x⟩ and ⟨x·x⟩ - ⟨x⟩·⟨x⟩ over the vectors of the set.
    pub fn squared_mean_and_variance(&self) -> (f64, f64) {
        let count = self.count() as f64;
        let mean = |element: usize| self.iter().map(|x| x[element]).sum::<f64>() / count;
        let means: Vec<f64> = (0..ELEMENTS).map(mean).collect();
        let deviation = |x: &[f64]| x.iter().zip(&means).map(|(x, mean)| (x - mean).powi(2)).sum::<f64>();
        (means.iter().map(|mean| mean * mean).sum(), self.iter().map(deviation).sum::<f64>() / count)
    }
}

fn normal(random: &mut Xoshiro256PlusPlus) -> f64 {
    StandardNormal.sample(random)
}

/// An element of a set whose elements are independent.
fn element(kind: Kind, random: &mut Xoshiro256PlusPlus) -> f64 {
    match kind {
        Kind::Shifted => 0.5 + normal(random),
        Kind::Rectified => normal(random).max(0.0),
        Kind::Sparse => {
            let share: f64 = StandardUniform.sample(random);
            if share < 0.1 { 1.0 + normal(random) } else { 0.0 }
        }
        Kind::LogNormal => LogNormal::new(0.0, 1.0).expect("the deviation is finite").sample(random),
        Kind::Three | Kind::OneDirection => normal(random),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squared_mean_and_variance_of_two_vectors() {
        let mut first = vec![0.0; ELEMENTS];
        let mut second = vec![0.0; ELEMENTS];
        (first[0], second[0], second[1]) = (1.0, 3.0, 2.0);
        let (squared_mean, variance) = Vectors(vec![first, second]).squared_mean_and_variance();
        assert_eq!((squared_mean, variance), (4.0 + 1.0, 1.0 + 1.0));
    }
}
