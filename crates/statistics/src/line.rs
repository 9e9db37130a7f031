//! Straight lines y = a + b x through points, by least squares (Draper and Smith, *Applied Regression Analysis*, 1998,
//! ch. 1; weighted: Press et al., *Numerical Recipes*, 2007, §15.2).

use crate::{Estimate, Summary};

// region: slope
/// The slope of the least-squares line through equally spaced `values`, in units of their spacing:
/// b = Σ (i - ī) y_i / Σ (i - ī)². Unbiased where the values scatter about a line. NaN for fewer than two.
pub fn least_squares_slope(values: &[f64]) -> f64 {
    let centre = (values.len() as f64 - 1.0) / 2.0;
    let from_centre = |index: usize| index as f64 - centre;
    let across: f64 = values.iter().enumerate().map(|(index, y)| from_centre(index) * y).sum();
    let along: f64 = (0..values.len()).map(|index| from_centre(index).powi(2)).sum();
    across / along
}
// endregion: slope

/// A fitted line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// b.
    pub slope: Estimate,
    /// a, the value at x = 0.
    pub intercept: Estimate,
}

impl Line {
    // region: line
    /// Weighted least squares through (x, y, σ), σ > 0 being the standard error of y, taken as known: with weights
    /// w = 1/σ², b = Σ w (x - x̄)(y - ȳ) / Σ w (x - x̄)² and a = ȳ - b x̄ about the weighted means. The estimates are
    /// unbiased; SE(b)² = 1/Σ w (x - x̄)², SE(a)² = 1/Σ w + x̄² SE(b)², and the errors are normal.
    pub fn weighted(points: &[(f64, f64, f64)]) -> Self {
        let sum = |of: &dyn Fn(f64, f64) -> f64| {
            points.iter().map(|&(x, y, error)| of(x, y) / (error * error)).sum::<f64>()
        };
        let total = sum(&|_, _| 1.0);
        let (x_mean, y_mean) = (sum(&|x, _| x) / total, sum(&|_, y| y) / total);
        let spread = sum(&|x, _| (x - x_mean).powi(2));
        let slope = sum(&|x, y| (x - x_mean) * (y - y_mean)) / spread;
        let known =
            |value, standard_error| Estimate { value, standard_error, replicates: None, rounding: 0.0 };
        Self {
            slope: known(slope, spread.recip().sqrt()),
            intercept: known(y_mean - slope * x_mean, (total.recip() + x_mean * x_mean / spread).sqrt()),
        }
    }
    // endregion: line

    /// Ordinary least squares through all values of all groups (x, summary of the values at x): the weighted line through
    /// their means with σ = 1/√count, its errors times the common deviation s of a value from the line. s² is the sum of
    /// squared residuals over the number of values less 2, unbiased; errors follow Student's t with as many degrees of
    /// freedom.
    pub fn through_groups(groups: &[(f64, Summary)]) -> Self {
        let count = |group: &Summary| group.count as f64;
        let means: Vec<_> = groups.iter().map(|(x, of)| (*x, of.mean, count(of).recip().sqrt())).collect();
        let unit = Self::weighted(&means);
        let all: f64 = groups.iter().map(|(_, of)| count(of)).sum();
        let within: f64 = groups.iter().map(|(_, of)| (count(of) - 1.0) * of.variance).sum();
        let residual = |x: f64, y: f64| y - unit.intercept.value - unit.slope.value * x;
        let between: f64 = groups.iter().map(|(x, of)| count(of) * residual(*x, of.mean).powi(2)).sum();
        let deviation = ((within + between) / (all - 2.0)).sqrt();
        let scaled = |of: Estimate| {
            Estimate::sampled(of.value, of.standard_error * deviation, (all - 1.0).max(0.0) as u32)
        };
        Self { slope: scaled(unit.slope), intercept: scaled(unit.intercept) }
    }
}
