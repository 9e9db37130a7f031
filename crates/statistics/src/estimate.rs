//! A number and how far it can be trusted: the standard error of its sampling, and a bound on its rounding.

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

use crate::Summary;

/// A number with its error.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The estimate itself.
    pub value: f64,
    /// Its standard error over replicates: 0 where nothing is random, infinite where a single replicate says nothing.
    pub standard_error: f64,
    /// The number of independent replicates behind the standard error, one more than its degrees of freedom; none
    /// stands for so many that the error is normal.
    pub replicates: Option<u32>,
    /// A hard bound on what rounding and truncation can have added, in the units of the value.
    pub rounding: f64,
}

impl Estimate {
    /// A number computed without chance, known up to `rounding`.
    pub fn computed(value: f64, rounding: f64) -> Self {
        Self { value, standard_error: 0.0, replicates: None, rounding }
    }

    /// A number whose standard error comes from `replicates` independent replicates.
    pub fn sampled(value: f64, standard_error: f64, replicates: u32) -> Self {
        Self { value, standard_error, replicates: Some(replicates), rounding: 0.0 }
    }

    /// The mean x̄ of N independent replicates, unbiased, with the standard error s/√N of [`Summary`].
    pub fn mean_of(replicates: &[f64]) -> Self {
        Summary::of(replicates).estimate()
    }

    /// The difference to a number known exactly.
    pub fn minus(self, known: f64) -> Self {
        Self { value: self.value - known, ..self }
    }

    /// The difference to an independent estimate: SE² = SE₁² + SE₂². Degrees of freedom are those of the one with fewer,
    /// which errs on the side of a wider margin than Welch's.
    pub fn difference(self, other: Self) -> Self {
        Self {
            value: self.value - other.value,
            standard_error: self.standard_error.hypot(other.standard_error),
            replicates: self.replicates.into_iter().chain(other.replicates).min(),
            rounding: self.rounding + other.rounding,
        }
    }

    /// The estimate times a number known exactly.
    pub fn times(self, factor: f64) -> Self {
        Self {
            value: self.value * factor,
            standard_error: self.standard_error * factor.abs(),
            rounding: self.rounding * factor.abs(),
            ..self
        }
    }

    /// The square root: SE(√x) = SE(x)/(2√x), to first order in the error (the delta method).
    pub fn sqrt(self) -> Self {
        let root = self.value.sqrt();
        Self {
            value: root,
            standard_error: self.standard_error / (2.0 * root),
            rounding: self.rounding / (2.0 * root),
            ..self
        }
    }

    /// Adds a hard bound on rounding.
    pub fn with_rounding(self, rounding: f64) -> Self {
        Self { rounding, ..self }
    }

    /// Half-width of the interval that covers the truth: the rounding bound plus the standard error times the two-sided
    /// quantile of the error's own distribution (Student's t with N - 1 degrees of freedom over N replicates, else
    /// normal), widened so that `comparisons` such intervals cover simultaneously with the probability `confidence`
    /// (Bonferroni: each misses with (1 - confidence)/comparisons).
    pub fn margin(&self, confidence: f64, comparisons: usize) -> f64 {
        if self.standard_error == 0.0 {
            return self.rounding;
        }
        let upper = 1.0 - (1.0 - confidence) / (2.0 * comparisons.max(1) as f64);
        let quantile = match self.replicates {
            Some(n) if n < 2 => return f64::INFINITY,
            Some(n) => StudentsT::new(0.0, 1.0, f64::from(n - 1))
                .expect("a positive scale and at least one degree of freedom")
                .inverse_cdf(upper),
            None => Normal::standard().inverse_cdf(upper),
        };
        self.rounding + self.standard_error * quantile
    }
}
