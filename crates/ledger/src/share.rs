//! Shares of replicates, and how far they can be trusted.

use statrs::distribution::{Beta, ContinuousCDF};

/// How many of some independent replicates have a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    having: u32,
    of: u32,
}

impl Share {
    /// `having` of `of` replicates, of which there are at most all.
    pub fn new(having: u32, of: u32) -> Self {
        Self { having: having.min(of), of }
    }

    /// The share of `true`.
    pub fn of(replicates: &[bool]) -> Self {
        Self::new(replicates.iter().filter(|has| **has).count() as u32, replicates.len() as u32)
    }

    /// The share itself; not a number without replicates.
    pub fn value(self) -> f64 {
        f64::from(self.having) / f64::from(self.of)
    }

    /// The share of those that have it not.
    pub fn of_the_others(self) -> Self {
        Self { having: self.of - self.having, of: self.of }
    }

    /// Lower and upper bound, each missed with at most the probability `level`: those of Clopper and Pearson, exact for
    /// binomial counts, which leave room also where all replicates agree (then about -ln(level)/n).
    pub fn bounds(self, level: f64) -> [f64; 2] {
        let (having, others) = (f64::from(self.having), f64::from(self.of - self.having));
        let quantile = |a: f64, b: f64, level: f64| {
            Beta::new(a, b).expect("counts plus one and counts above zero are positive").inverse_cdf(level)
        };
        let lower = if self.having == 0 { 0.0 } else { quantile(having, others + 1.0, level) };
        let upper = if self.having == self.of { 1.0 } else { quantile(having + 1.0, others, 1.0 - level) };
        [lower, upper]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_those_of_the_tables() {
        // Clopper and Pearson at 95 % two-sided: the usual table of binomial confidence limits for n = 10 and 20.
        for (having, of, expected) in [
            (0, 10, [0.0, 0.3085]),
            (1, 10, [0.0025, 0.4450]),
            (5, 10, [0.1871, 0.8129]),
            (10, 10, [0.6915, 1.0]),
            (7, 20, [0.1539, 0.5922]),
        ] {
            let found = Share::new(having, of).bounds(0.025);
            for (found, expected) in found.iter().zip(expected) {
                assert!((found - expected).abs() < 5e-5, "{having} of {of}: {found} for {expected}");
            }
        }
    }

    #[test]
    fn a_share_that_never_varied_has_a_bound_and_no_replicates_have_none() {
        let [lower, upper] = Share::of(&[true; 30]).bounds(0.05);
        // The rule of three.
        assert!((lower - (1.0 - 3.0 / 30.0)).abs() < 6e-3 && upper == 1.0, "{lower}");
        assert_eq!(Share::new(0, 0).bounds(0.05), [0.0, 1.0]);
        assert!(Share::new(0, 0).value().is_nan());
        assert_eq!(Share::new(3, 10).of_the_others(), Share::new(7, 10));
    }
}
