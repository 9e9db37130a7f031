//! What the ReLU does to a random variable: the four integrals of Eq. 11, and the gains they come down to.
//!
//! With p = max(x, 0) and q = max(-x, 0), x = p - q and f(x) = p, and p q = 0. Therefore
//!
//! ⟨f(x)⟩ - ⟨x⟩ = ⟨q⟩, ⟨x²⟩ - ⟨f(x)²⟩ = ⟨q²⟩, Var x - Var f(x) = Var q + 2 ⟨p⟩ ⟨q⟩.
//!
//! All three are zero without mass below zero. With some, the first two are positive. So is the third, unless q does
//! not vary and ⟨p⟩ vanishes, which leaves a single point below zero: its variance is zero before and after.

use quadrature::clenshaw_curtis::integrate;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use serde::{Deserialize, Serialize};
use statistics::{Estimate, mean};

use crate::experiment::laws::{Law, Shape};

/// A ReLU's effect on a law, by integrals or sums.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Effect {
    /// P(x < 0).
    pub below_zero: f64,
    /// ∫ P(x) x dx.
    pub mean_before: f64,
    /// ∫ P(x) f(x) dx.
    pub mean_after: f64,
    /// ∫ P(x) x² dx.
    pub second_before: f64,
    /// ∫ P(x) f(x)² dx.
    pub second_after: f64,
    /// ∫ P(x) (f(x) - x) dx, of one integrand: exactly zero where f(x) = x throughout.
    pub mean_gain: f64,
    /// ∫ P(x) (x² - f(x)²) dx, likewise.
    pub second_loss: f64,
}

impl Effect {
    /// The variance before.
    pub fn variance_before(&self) -> f64 {
        self.second_before - self.mean_before.powi(2)
    }

    /// The variance after.
    pub fn variance_after(&self) -> f64 {
        self.second_after - self.mean_after.powi(2)
    }

    /// The effect on a law with the given mass below zero, whose integrals `over` takes.
    fn through(below_zero: f64, over: impl Fn(&dyn Fn(f64) -> f64) -> f64) -> Self {
        Self {
            below_zero,
            mean_before: over(&|x| x),
            mean_after: over(&relu),
            second_before: over(&|x| x * x),
            second_after: over(&|x| relu(x).powi(2)),
            mean_gain: over(&|x| relu(x) - x),
            second_loss: over(&|x| x * x - relu(x).powi(2)),
        }
    }
}

/// What draws say of the same law.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Sampled {
    /// ⟨f(x) - x⟩.
    pub mean_gain: Estimate,
    /// ⟨x² - f(x)²⟩.
    pub second_loss: Estimate,
    /// Var x - Var f(x).
    pub variance_loss: Estimate,
}

/// The ReLU f.
pub fn relu(x: f64) -> f64 {
    if x > 0.0 { x } else { 0.0 }
}

// region: integrals
/// The error asked of the quadrature over each smooth piece of a density.
const PIECE: f64 = 1e-15;

/// The integrals of Eq. 11 for a law with a density, or its sums for a law of points.
pub fn effect(law: Law) -> Effect {
    let breaks = match law.shape() {
        Shape::Points(points) => return discrete(&points),
        Shape::Density(breaks) => breaks,
    };
    let piece = |ends: &[f64], integrand: &dyn Fn(f64) -> f64| {
        integrate(|x| law.density(x) * integrand(x), ends[0], ends[1], PIECE).integral
    };
    let below = breaks.windows(2).filter(|ends| ends[1] <= 0.0);
    Effect::through(below.map(|ends| piece(ends, &|_| 1.0)).sum(), |integrand| {
        breaks.windows(2).map(|ends| piece(ends, integrand)).sum()
    })
}

/// The same for points with probabilities.
pub fn discrete(points: &[(f64, f64)]) -> Effect {
    let below = points.iter().filter(|(x, _)| *x < 0.0);
    Effect::through(below.map(|(_, probability)| probability).sum(), |integrand| {
        points.iter().map(|(x, probability)| probability * integrand(*x)).sum()
    })
}
// endregion: integrals

// region: draws
/// The gains over `draws` random draws, with their standard errors. The variance loss is that of the draws, and its
/// error that of the squared deviations it is the mean of.
pub fn sampled(law: Law, draws: u64, seed: u64) -> Sampled {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let before: Vec<f64> = (0..draws).map(|_| law.draw(&mut random)).collect();
    let after: Vec<f64> = before.iter().map(|x| relu(*x)).collect();
    let both = |gain: &dyn Fn(f64, f64) -> f64| {
        Estimate::mean_of(&before.iter().zip(&after).map(|(x, y)| gain(*x, *y)).collect::<Vec<_>>())
    };
    let (mean_before, mean_after) = (mean(&before), mean(&after));
    Sampled {
        mean_gain: both(&|x, y| y - x),
        second_loss: both(&|x, y| x * x - y * y),
        variance_loss: both(&|x, y| (x - mean_before).powi(2) - (y - mean_after).powi(2)),
    }
}
// endregion: draws

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::laws::{LAWS, STUDENT_HEIGHT};

    /// Quadrature is right to this, against closed forms.
    const CLOSE: f64 = 1e-12;

    /// Means and second moments before and after, by hand.
    fn closed_form(law: Law) -> [f64; 4] {
        // For a normal law about m: ⟨f⟩ = m Φ(m) + φ(m) and ⟨f²⟩ = (m² + 1) Φ(m) + m φ(m), with Φ(2) and φ(2) from tables.
        let (high, low, height) =
            (0.977_249_868_051_820_8, 0.022_750_131_948_179_2, 0.053_990_966_513_188_06);
        let unit = (2.0 * std::f64::consts::PI).sqrt().recip();
        let e = (-1f64).exp();
        match law {
            Law::Normal(0.0) => [0.0, unit, 1.0, 0.5],
            Law::Normal(2.0) => [2.0, 2.0 * high + height, 5.0, 5.0 * high + 2.0 * height],
            Law::Normal(-2.0) => [-2.0, -2.0 * low + height, 5.0, 5.0 * low - 2.0 * height],
            Law::Uniform(-1.0, 3.0) => [1.0, 9.0 / 8.0, 28.0 / 12.0, 27.0 / 12.0],
            Law::Uniform(1.0, 2.0) => [1.5, 1.5, 7.0 / 3.0, 7.0 / 3.0],
            Law::Exponential(-1.0) => [0.0, e, 1.0, 2.0 * e],
            Law::Exponential(0.0) => [1.0, 1.0, 2.0, 2.0],
            // x = 1 - y: ⟨f⟩ = ∫₀¹ (1-y) e^{-y} dy = 1/e, ⟨f²⟩ = ∫₀¹ (1-y)² e^{-y} dy = 1 - 2/e.
            Law::MirroredExponential(1.0) => [0.0, e, 1.0, 1.0 - 2.0 * e],
            // ∫₀^∞ t h (1 + t²/5)⁻³ dt = 5h/4 with the height h.
            Law::Student => [0.0, 1.25 * STUDENT_HEIGHT, 5.0 / 3.0, 5.0 / 6.0],
            Law::TwoPoints(..) => [0.8, 0.9, 1.0, 0.9],
            Law::Point(_) => [-1.0, 0.0, 1.0, 0.0],
            other => panic!("no closed form for {other:?}"),
        }
    }

    #[test]
    fn integrals_agree_with_closed_forms() {
        for (name, law) in LAWS {
            let found = effect(law);
            let found = [found.mean_before, found.mean_after, found.second_before, found.second_after];
            for (found, expected) in found.into_iter().zip(closed_form(law)) {
                assert!((found - expected).abs() < CLOSE, "{name}: {found} against {expected}");
            }
        }
    }

    #[test]
    fn mass_below_zero() {
        let e = (-1f64).exp();
        let expected = [
            0.5,
            0.022_750_131_948_179_2,
            0.977_249_868_051_820_8,
            0.25,
            1.0 - e,
            e,
            0.5,
            0.1,
            1.0,
            0.0,
            0.0,
        ];
        for ((name, law), expected) in LAWS.into_iter().zip(expected) {
            let found = effect(law).below_zero;
            assert!((found - expected).abs() < CLOSE, "{name}: {found} against {expected}");
        }
    }

    #[test]
    fn gains_are_the_differences_of_the_integrals() {
        for (name, law) in LAWS {
            let found = effect(law);
            assert!((found.mean_gain - (found.mean_after - found.mean_before)).abs() < CLOSE, "{name}");
            assert!((found.second_loss - (found.second_before - found.second_after)).abs() < CLOSE, "{name}");
        }
    }

    #[test]
    fn draws_agree_with_integrals() {
        for (index, (name, law)) in LAWS.into_iter().enumerate() {
            let (exact, drawn) = (effect(law), sampled(law, 20_000, index as u64));
            let variance_loss = exact.variance_before() - exact.variance_after();
            for (drawn, exact) in [
                (drawn.mean_gain, exact.mean_gain),
                (drawn.second_loss, exact.second_loss),
                (drawn.variance_loss, variance_loss),
            ] {
                // Thirty-three comparisons at fixed seeds: four standard errors.
                let off = (drawn.value - exact).abs();
                assert!(off <= 4.0 * drawn.standard_error + CLOSE, "{name}: {} against {exact}", drawn.value);
            }
        }
    }

    #[test]
    fn without_mass_below_zero_nothing_happens_at_all() {
        for law in [Law::Exponential(0.0), Law::Uniform(1.0, 2.0)] {
            let found = effect(law);
            assert_eq!([found.below_zero, found.mean_gain, found.second_loss], [0.0; 3]);
        }
    }
}
