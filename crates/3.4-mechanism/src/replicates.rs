//! Averages over independent replicates (matrices, networks or draws), and what is known of their errors.

use serde::{Deserialize, Serialize};

/// An estimate over replicates with its standard error.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Value {
    /// The estimate.
    pub value: f64,
    /// Its standard error.
    pub standard_error: f64,
}

// region: replicates
/// The mean of independent values and its standard error, s/√N with the unbiased s².
pub fn mean(values: &[f64]) -> Value {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
    Value { value: mean, standard_error: (squares / (count - 1.0) / count).sqrt() }
}

/// The jackknife's pseudo-values of a function of means over replicates: N f(all) - (N - 1) f(all but one). Their mean is
/// the function's value with its bias of order 1/N taken away, and they vary as independent replicates of it would.
pub fn jackknife<const K: usize>(columns: [&[f64]; K], function: impl Fn([f64; K]) -> f64) -> Vec<f64> {
    let replicates = columns.iter().map(|column| column.len()).min().unwrap_or(0);
    let (count, sums) = (replicates as f64, columns.map(|column| column.iter().sum::<f64>()));
    let whole = function(sums.map(|sum| sum / count));
    let without = |left_out: usize| {
        let mut means = sums;
        for (mean, column) in means.iter_mut().zip(columns) {
            *mean = (*mean - column[left_out]) / (count - 1.0);
        }
        function(means)
    };
    (0..replicates).map(|left_out| count * whole - (count - 1.0) * without(left_out)).collect()
}
// endregion: replicates

#[cfg(test)]
mod tests {
    use super::*;

    const A: [f64; 5] = [1.0, -2.0, 0.5, 3.0, 1.5];
    const B: [f64; 5] = [2.0, 4.0, 1.0, 3.5, 2.5];

    #[test]
    fn the_mean_of_a_known_series() {
        let mean = mean(&[1.0, 2.0, 3.0, 4.0]);
        assert_eq!(mean.value, 2.5);
        assert!((mean.standard_error - (5.0f64 / 12.0).sqrt()).abs() < 1e-15);
    }

    #[test]
    fn the_jackknife_of_a_mean_is_the_mean() {
        let pseudo = jackknife([&A], |[a]| a);
        assert!(pseudo.iter().zip(&A).all(|(pseudo, value)| (pseudo - value).abs() < 1e-12));
    }

    #[test]
    fn the_jackknife_of_a_square_is_free_of_bias() {
        let products = (0..5).flat_map(|j| (0..5).filter(move |k| *k != j).map(move |k| A[j] * A[k]));
        let expected = B.iter().sum::<f64>() / 5.0 - products.sum::<f64>() / 20.0;
        let found = mean(&jackknife([&B, &A], |[square, mean]| square - mean * mean));
        assert!((found.value - expected).abs() < 1e-12);
    }

    #[test]
    fn a_ratio_of_proportional_series_has_no_error() {
        let twice = B.map(|x| 2.0 * x);
        let ratio = mean(&jackknife([&twice, &B], |[over, under]| over / under));
        assert!((ratio.value - 2.0).abs() < 1e-12 && ratio.standard_error < 1e-12);
    }
}
