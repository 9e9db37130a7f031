//! Whether replicates of two batches are of one kind.

use std::fmt;

use statistics::Estimate;
use statrs::distribution::{ContinuousCDF, StudentsT};

/// The first replicates, as many as the paper has, beside the further ones that we have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Homogeneity {
    /// The mean of the first.
    pub first: Estimate,
    /// The mean of the further ones.
    pub further: Estimate,
    /// Difference over its standard error.
    pub t: f64,
    /// The probability of a difference of this size or more, in either direction, were all of one kind: Welch's t test.
    pub probability: f64,
}

impl Homogeneity {
    /// Compares the first `paper` replicates with the rest; nothing where either part has fewer than two, or none varies.
    pub fn of(replicates: &[f64], paper: usize) -> Option<Self> {
        let (first, further) = replicates.split_at_checked(paper)?;
        if first.len() < 2 || further.len() < 2 {
            return None;
        }
        let [a, b] = [first, further].map(Estimate::mean_of);
        let squares = [a, b].map(|part| part.standard_error.powi(2));
        let variance = squares[0] + squares[1];
        let t = (b.value - a.value) / variance.sqrt();
        let freedom = variance.powi(2)
            / (squares[0].powi(2) / (first.len() - 1) as f64
                + squares[1].powi(2) / (further.len() - 1) as f64);
        let law = StudentsT::new(0.0, 1.0, freedom).ok()?;
        t.is_finite().then(|| Self { first: a, further: b, t, probability: 2.0 * law.cdf(-t.abs()) })
    }
}

impl fmt::Display for Homogeneity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |part: Estimate| part.replicates.unwrap_or(0);
        let (first, further) = (self.first, self.further);
        write!(
            f,
            "{:.3} ± {:.3} over the first {}, as many as the original has, {:.3} ± {:.3} over the further {}: {:.1} standard errors apart, probability {:.2e}",
            first.value,
            first.standard_error,
            count(first),
            further.value,
            further.standard_error,
            count(further),
            self.t.abs(),
            self.probability
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_test_is_welch_s() {
        // Student's sleep data; R's t.test(extra ~ group) gives t = -1.8608, df = 17.776, p = 0.07939.
        let sleep = [
            0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0, 1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6,
            4.6, 3.4,
        ];
        let found = Homogeneity::of(&sleep, 10).unwrap();
        assert!((found.t - 1.8608).abs() < 5e-5 && (found.probability - 0.07939).abs() < 5e-6, "{found:?}");
        assert!(found.to_string().contains("1.9 standard errors apart"), "{found}");
    }

    #[test]
    fn too_few_or_equal_replicates_are_not_compared() {
        assert!(Homogeneity::of(&[1.0, 2.0, 3.0], 2).is_none());
        assert!(Homogeneity::of(&[1.0, 2.0], 5).is_none());
        assert!(Homogeneity::of(&[1.0; 8], 4).is_none());
    }
}
