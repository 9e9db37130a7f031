//! K by quadrature of its definition: the integral over two Gaussian variables in Eq. 7, taken as it stands.
//!
//! K(c) = 2 ∫∫ Dz₁ Dz₂ f(z₁) f(c z₁ + s z₂) with s = √(1-c²) and f the ReLU. Nothing of the closed form is used:
//! nested Clenshaw-Curtis rules evaluate the integrand itself. Three things make that both exact and quick.
//!
//! - **Kinks.** The first ReLU is active for z₁ > 0, the second for z₂ > -c z₁/s. Both ranges start there, so that
//!   the rules only ever see entire functions, on which they converge geometrically.
//! - **Truncation.** |z| ≤ 9.6, where the density is below 4e-21. The integrand with its factor 2 is at most 2
//!   (z₁² + z₂²) times the density; outside the square that integrates to at most 8 (9.6 φ(9.6) + 2 Φ(-9.6)) < 1e-18.
//! - **The corner.** Within the square the second kink leaves the inner range where z₁ exceeds 9.6 s/|c|: from there
//!   on the second ReLU is always active (c > 0) or never (c < 0). For c near ±1 that happens within a millionth of
//!   the origin; splitting the outer range there keeps each piece smooth on its own scale.
//!
//! The same library's double exponential rule would be the first choice for integrands with singular ends. Here it is
//! the lesser one: it ignores the outermost 4e-14 of every range, which these panels do not forgive, and its error
//! estimate squares the last difference on the strength of a test that can be met by chance (at c = -0.911 it stopped
//! 1.5e-10 off).

use std::cell::Cell;
use std::f64::consts::PI;
use std::iter;

use quadrature::clenshaw_curtis::integrate;

/// Gaussian variables are integrated over [-9.6, 9.6].
const TRUNCATION: f64 = 9.6;
/// Bound on what lies outside the square, derived in the module's documentation.
const OMITTED: f64 = 1e-18;
/// A rule stops when doubling its points changes the integral by less than this; convergence being geometric, what
/// then is left is rounding.
const TARGET: f64 = 1e-14;

/// A numerical integral with the quadrature's own estimate of its error.
///
/// The estimate is the change that the last doubling of the number of points made. Convergence being geometric, that
/// is far more than the error of the last value; it does not contain rounding, about 1e-16 of the integral of the
/// integrand's absolute value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Integral {
    /// The integral.
    pub value: f64,
    /// The quadrature's own estimate of the absolute error, with a bound on what truncated ranges leave out.
    pub error_estimate: f64,
    /// How often the integrand was evaluated.
    pub evaluations: u64,
}

/// The measure Dz of Eq. 7.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// The unit Gaussian, exp(-z²/2)/√(2π): what the text says and the rest of the paper needs.
    UnitGaussian,
    /// exp(-z²/2)/(2π) for each variable, as the formula is printed: not normalised, it gives K(c)/(2π), so that 1 is
    /// no fixed point.
    AsPrinted,
}

impl Measure {
    fn normalisation(self) -> f64 {
        match self {
            Self::UnitGaussian => (2.0 * PI).sqrt(),
            Self::AsPrinted => 2.0 * PI,
        }
    }
}

// region: definition
/// K(c) of Eq. 7 by nested quadrature of its definition, for c in [-1, 1] (NaN outside).
///
/// Error estimate: that of the outer rule, plus the worst one of the inner rules carried through the outer integral,
/// plus what truncation omits. Up to 5e4 evaluations of the integrand.
pub fn by_definition(c: f64, measure: Measure) -> Integral {
    let s = ((1.0 - c) * (1.0 + c)).sqrt();
    let normalisation = measure.normalisation();
    let density = |z: f64| (-0.5 * z * z).exp() / normalisation;
    let relu = |u: f64| u.max(0.0);

    let worst_inner = Cell::new(0.0_f64);
    let evaluations = Cell::new(0_u64);
    let over_second = |z1: f64| {
        // For c = ±1 and z₁ = 0 this is 0/0; the rule reads what is not finite as 0, the value of the integrand
        // there.
        let kink = (-c * z1 / s).clamp(-TRUNCATION, TRUNCATION);
        let inner = integrate(|z2| relu(c * z1 + s * z2) * density(z2), kink, TRUNCATION, TARGET);
        worst_inner.set(worst_inner.get().max(inner.error_estimate));
        evaluations.set(evaluations.get() + u64::from(inner.num_function_evaluations));
        inner.integral
    };
    let over_first = |from, to| integrate(|z1| relu(z1) * density(z1) * over_second(z1), from, to, TARGET);

    let corner = (TRUNCATION * s / c.abs()).min(TRUNCATION);
    let below = over_first(0.0, corner);
    let beyond = if c > 0.0 && corner < TRUNCATION { Some(over_first(corner, TRUNCATION)) } else { None };
    // endregion: definition

    let pieces = || iter::once(below).chain(beyond);
    // ∫ z φ(z) dz over the positive axis: the weight with which an error of the inner integral enters the outer one.
    let inner_weight = 1.0 / normalisation;
    let outer_error: f64 = pieces().map(|piece| piece.error_estimate).sum();
    Integral {
        value: if c.abs() <= 1.0 {
            2.0 * pieces().map(|piece| piece.integral).sum::<f64>()
        } else {
            f64::NAN
        },
        error_estimate: 2.0 * (outer_error + inner_weight * worst_inner.get()) + OMITTED,
        evaluations: evaluations.get(),
    }
}
