//! A measured number and how far it can be trusted: the standard error of its sampling, and a bound on its rounding.

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// Confidence of every verdict: the share of its own error's distribution that a tolerance covers (two-sided).
pub const CONFIDENCE: f64 = 0.997;

/// A number with its error.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The estimate itself.
    pub value: f64,
    /// Its standard error over replicates; 0 where nothing is random.
    pub standard_error: f64,
    /// The number of independent replicates behind the standard error; none stands for so many that the error is
    /// normal.
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

    /// Mean of independent replicates, with the standard error `s/√n` (s² unbiased, divided by n - 1).
    ///
    /// With a single replicate the standard error is infinite: nothing is known of it.
    pub fn mean_of(replicates: &[f64]) -> Self {
        let n = replicates.len() as f64;
        let mean = replicates.iter().sum::<f64>() / n;
        let square = replicates.iter().map(|x| (x - mean).powi(2)).sum::<f64>();
        let standard_error = if n > 1.0 { (square / (n - 1.0) / n).sqrt() } else { f64::INFINITY };
        Self::sampled(mean, standard_error, replicates.len() as u32)
    }

    /// The difference to a number known exactly.
    pub fn minus(self, known: f64) -> Self {
        Self { value: self.value - known, ..self }
    }

    /// The same estimate with its sign changed.
    pub fn negated(self) -> Self {
        Self { value: -self.value, ..self }
    }

    /// Adds a hard bound on rounding.
    pub fn with_rounding(self, rounding: f64) -> Self {
        Self { rounding, ..self }
    }

    /// Half-width of the interval that covers the truth: the rounding bound plus the quantile of the error's own
    /// distribution (Student's t over replicates, else normal), widened so that `comparisons` such intervals cover
    /// simultaneously with [`CONFIDENCE`] (Bonferroni).
    pub fn margin(&self, comparisons: usize) -> f64 {
        let sampling = if self.standard_error > 0.0 {
            self.standard_error * quantile(self.replicates, comparisons)
        } else {
            0.0
        };
        self.rounding + sampling
    }
}

/// Two-sided quantile at [`CONFIDENCE`] for one of `comparisons` simultaneous intervals.
fn quantile(replicates: Option<u32>, comparisons: usize) -> f64 {
    let upper = 1.0 - (1.0 - CONFIDENCE) / (2.0 * comparisons.max(1) as f64);
    match replicates {
        Some(n) if n < 2 => f64::INFINITY,
        Some(n) => StudentsT::new(0.0, 1.0, f64::from(n - 1))
            .expect("a positive scale and at least one degree of freedom")
            .inverse_cdf(upper),
        None => Normal::standard().inverse_cdf(upper),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn margins_follow_the_error_s_distribution() {
        // Quantiles of the standard normal and of Student's t at 0.9985, from published tables.
        let normal = Estimate { value: 0.0, standard_error: 1.0, replicates: None, rounding: 0.0 };
        assert!((normal.margin(1) - 2.967_738).abs() < 1e-5);
        let few = Estimate::sampled(0.0, 1.0, 3);
        assert!((few.margin(1) - 18.216).abs() < 0.01, "{}", few.margin(1));
        assert!(Estimate::sampled(0.0, 1.0, 30).margin(250) > Estimate::sampled(0.0, 1.0, 30).margin(1));
    }

    #[test]
    fn one_replicate_knows_nothing_of_its_error() {
        assert_eq!(Estimate::mean_of(&[1.0]).margin(1), f64::INFINITY);
    }

    #[test]
    fn the_mean_s_error_divides_by_n_minus_one() {
        let estimate = Estimate::mean_of(&[1.0, 2.0, 3.0, 4.0]);
        assert_eq!(estimate.value, 2.5);
        assert!((estimate.standard_error - (5.0f64 / 3.0 / 4.0).sqrt()).abs() < 1e-15);
    }
}
