//! Independent values in three numbers: how many, where, and how widely spread.

use serde::{Deserialize, Serialize};

use crate::Estimate;

// region: mean
/// The mean x̄ = Σ x/N; NaN of no values.
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}
// endregion: mean

/// Mean and variance of N independent values (of one quantity of each of N networks, say).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// The mean x̄.
    pub mean: f64,
    /// The variance s² = Σ (x - x̄)²/(N - 1), an unbiased estimate; infinite for a single value, which says nothing of it.
    /// Two passes, which lose no digits to a large mean (Chan, Golub and LeVeque, *The American Statistician* 37, 1983).
    pub variance: f64,
    /// N.
    pub count: u64,
}

impl Summary {
    /// Of the values.
    pub fn of(values: &[f64]) -> Self {
        let (mean, count) = (mean(values), values.len());
        let squares = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
        let variance = if count > 1 { squares / (count as f64 - 1.0) } else { f64::INFINITY };
        Self { mean, variance, count: count as u64 }
    }

    /// The standard deviation s, the root of the unbiased variance (itself low by about s/(4N) for normal values).
    pub fn sd(&self) -> f64 {
        self.variance.sqrt()
    }

    /// The standard error of the mean, s/√N.
    pub fn standard_error(&self) -> f64 {
        (self.variance / self.count as f64).sqrt()
    }

    /// The mean as an estimate.
    pub fn estimate(&self) -> Estimate {
        Estimate::sampled(self.mean, self.standard_error(), u32::try_from(self.count).unwrap_or(u32::MAX))
    }

    /// Of the values times a number known exactly.
    pub fn times(&self, factor: f64) -> Self {
        Self { mean: self.mean * factor, variance: self.variance * factor * factor, ..*self }
    }
}
