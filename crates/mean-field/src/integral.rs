//! What a quadrature returns: a value, and how far the quadrature itself believes it.

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
