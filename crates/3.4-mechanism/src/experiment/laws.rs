//! One-dimensional laws for Eq. 11: some with mass below zero, of every shape that might matter to the argument, and
//! some without, which are the counterexamples to its printed condition.

use rand_distr::{Distribution, Exp1, StandardNormal, StandardUniform, StudentT};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Degrees of freedom of the law with heavy tails: its fourth moment exists, its sixth does not.
const DEGREES: f64 = 5.0;
/// Γ(3)/(√(5π) Γ(5/2)): the height of Student's density with five degrees of freedom, 8/(3π√5).
pub(crate) const STUDENT_HEIGHT: f64 = 0.379_606_689_822_494_5;

/// A law of a random variable x.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Law {
    /// Unit variance about a mean.
    Normal(f64),
    /// Even between two ends.
    Uniform(f64, f64),
    /// Density e^{-(x-s)} on x > s, for the start s.
    Exponential(f64),
    /// Density e^{x-s} on x < s, for the end s.
    MirroredExponential(f64),
    /// Student's t with five degrees of freedom.
    Student,
    /// The first point with the given probability, else the second.
    TwoPoints(f64, f64, f64),
    /// One point.
    Point(f64),
}

/// Every law looked at, with its name in the tables.
pub const LAWS: [(&str, Law); 11] = [
    ("normal about 0", Law::Normal(0.0)),
    ("normal about 2", Law::Normal(2.0)),
    ("normal about −2", Law::Normal(-2.0)),
    ("uniform on −1 to 3", Law::Uniform(-1.0, 3.0)),
    ("exponential from −1", Law::Exponential(-1.0)),
    ("exponential up to 1", Law::MirroredExponential(1.0)),
    ("Student t with 5 degrees", Law::Student),
    ("points −1 and 1", Law::TwoPoints(-1.0, 0.1, 1.0)),
    ("point −1", Law::Point(-1.0)),
    ("exponential from 0", Law::Exponential(0.0)),
    ("uniform on 1 to 2", Law::Uniform(1.0, 2.0)),
];

/// Where a law has its mass.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// A density; between neighbouring breaks it is smooth, and outside the outermost it holds nothing that counts.
    Density(Vec<f64>),
    /// Points with their probabilities.
    Points(Vec<(f64, f64)>),
}

impl Law {
    /// The density at x; zero for laws of points.
    pub fn density(self, x: f64) -> f64 {
        match self {
            Self::Normal(mean) => (-0.5 * (x - mean).powi(2)).exp() / (2.0 * std::f64::consts::PI).sqrt(),
            Self::Uniform(from, to) if (from..=to).contains(&x) => 1.0 / (to - from),
            Self::Exponential(start) if x >= start => (start - x).exp(),
            Self::MirroredExponential(end) if x <= end => (x - end).exp(),
            Self::Student => STUDENT_HEIGHT * (1.0 + x * x / DEGREES).powf(-0.5 * (DEGREES + 1.0)),
            _ => 0.0,
        }
    }

    /// Where its mass is.
    pub fn shape(self) -> Shape {
        let even = |from: f64, steps: i32| (0..=steps).map(move |step| from + 2.0 * f64::from(step));
        let mut breaks: Vec<f64> = match self {
            // Beyond 40 deviations a normal density is smaller than the smallest number.
            Self::Normal(mean) => even(mean - 40.0, 40).collect(),
            Self::Uniform(from, to) => vec![from, to],
            // e^{-60} x² is 1e-23.
            Self::Exponential(start) => even(start, 30).collect(),
            Self::MirroredExponential(end) => even(end - 60.0, 30).collect(),
            // The second moment beyond x falls as x⁻³: 1e-22 at 2²⁵.
            Self::Student => {
                (-1..=25).flat_map(|power: i32| [2f64.powi(power), -(2f64.powi(power))]).collect()
            }
            Self::TwoPoints(first, weight, second) => {
                return Shape::Points(vec![(first, weight), (second, 1.0 - weight)]);
            }
            Self::Point(at) => return Shape::Points(vec![(at, 1.0)]),
        };
        breaks.sort_by(f64::total_cmp);
        // The ReLU bends at zero.
        if breaks.first().is_some_and(|first| *first < 0.0) && breaks.last().is_some_and(|last| *last > 0.0) {
            breaks.push(0.0);
            breaks.sort_by(f64::total_cmp);
            breaks.dedup();
        }
        Shape::Density(breaks)
    }

    /// A point where the density, or a point's probability, is above zero.
    pub fn typical(self) -> f64 {
        match self {
            Self::Normal(mean) => mean,
            Self::Uniform(from, to) => 0.5 * (from + to),
            Self::Exponential(start) => start + 1.0,
            Self::MirroredExponential(end) => end - 1.0,
            Self::Student => 0.0,
            Self::TwoPoints(first, ..) => first,
            Self::Point(at) => at,
        }
    }

    /// One draw.
    pub fn draw(self, random: &mut Xoshiro256PlusPlus) -> f64 {
        let unit = |random: &mut Xoshiro256PlusPlus| -> f64 { StandardUniform.sample(random) };
        let exponential = |random: &mut Xoshiro256PlusPlus| -> f64 { Exp1.sample(random) };
        match self {
            Self::Normal(mean) => {
                mean + <StandardNormal as Distribution<f64>>::sample(&StandardNormal, random)
            }
            Self::Uniform(from, to) => from + (to - from) * unit(random),
            Self::Exponential(start) => start + exponential(random),
            Self::MirroredExponential(end) => end - exponential(random),
            Self::Student => StudentT::new(DEGREES).expect("degrees of freedom are positive").sample(random),
            Self::TwoPoints(first, weight, _) if unit(random) < weight => first,
            Self::TwoPoints(_, _, second) => second,
            Self::Point(at) => at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_height_of_student_s_density() {
        assert!((STUDENT_HEIGHT - 8.0 / (3.0 * std::f64::consts::PI * 5f64.sqrt())).abs() < 1e-15);
    }

    #[test]
    fn laws_have_mass_where_they_say() {
        for (name, law) in LAWS {
            match law.shape() {
                Shape::Points(points) => {
                    assert!(points.iter().any(|point| point.0 == law.typical() && point.1 > 0.0), "{name}");
                }
                Shape::Density(breaks) => {
                    assert!(law.density(law.typical()) > 0.0, "{name}");
                    assert!(breaks.windows(2).all(|pair| pair[0] < pair[1]), "{name}: {breaks:?}");
                }
            }
        }
    }
}
