//! The mean of independent values.

use serde::{Deserialize, Serialize};

/// An estimate over replicates with its standard error.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Value {
    /// The estimate.
    pub value: f64,
    /// Its standard error; NaN for a single replicate.
    pub standard_error: f64,
}

// region: mean
/// The mean of N independent values and its standard error, s/√N with the unbiased s² (divided by N - 1).
pub fn mean(values: &[f64]) -> Value {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
    Value { value: mean, standard_error: (squares / (count - 1.0) / count).sqrt() }
}
// endregion: mean

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_of_a_known_series() {
        let mean = mean(&[1.0, 2.0, 3.0, 4.0]);
        assert_eq!(mean.value, 2.5);
        assert!((mean.standard_error - (5.0f64 / 12.0).sqrt()).abs() < 1e-15);
    }

    #[test]
    fn one_value_says_nothing_about_its_error() {
        assert!(mean(&[1.0]).standard_error.is_nan());
    }
}
