//! The jackknife: errors of functions of averages, by leaving out one replicate at a time.
//!
//! With θ_(i) the estimate without replicate i of N,
//!
//! SE² = (N-1)/N Σ_i (θ_(i) - θ_(·))².

use crate::Value;

// region: jackknife
/// `statistic` of the average of `replicates` (rows of the same length, one a replicate), with its standard error. A
/// function of an average is biased by O(1/N) of its variance, far below its standard error, and is not corrected.
pub fn jackknife(replicates: &[Vec<f64>], statistic: impl Fn(&[f64]) -> f64) -> Value {
    let n = replicates.len() as f64;
    let columns = replicates.first().map_or(0, Vec::len);
    let sums: Vec<f64> = (0..columns).map(|column| replicates.iter().map(|row| row[column]).sum()).collect();
    let all: Vec<f64> = sums.iter().map(|sum| sum / n).collect();
    let without = |row: &Vec<f64>| -> f64 {
        let means: Vec<f64> = sums.iter().zip(row).map(|(sum, own)| (sum - own) / (n - 1.0)).collect();
        statistic(&means)
    };
    let left_out: Vec<f64> = replicates.iter().map(without).collect();
    let centre = left_out.iter().sum::<f64>() / n;
    let squares: f64 = left_out.iter().map(|value| (value - centre).powi(2)).sum();
    Value { value: statistic(&all), standard_error: ((n - 1.0) / n * squares).sqrt() }
}
// endregion: jackknife

// region: pseudo-values
/// The jackknife's pseudo-values of a function of means over replicates: N f(all) - (N - 1) f(all but one). Their mean is
/// the function's value with its bias of order 1/N taken away, and they vary as independent replicates of it would.
pub fn pseudo_values<const K: usize>(columns: [&[f64]; K], function: impl Fn([f64; K]) -> f64) -> Vec<f64> {
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
// endregion: pseudo-values

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mean;

    const A: [f64; 5] = [1.0, -2.0, 0.5, 3.0, 1.5];
    const B: [f64; 5] = [2.0, 4.0, 1.0, 3.5, 2.5];

    #[test]
    fn of_a_mean_it_is_the_textbook_standard_error() {
        let rows: Vec<Vec<f64>> = A.iter().map(|x| vec![*x]).collect();
        let (found, expected) = (jackknife(&rows, |means| means[0]), mean(&A));
        assert!((found.value - expected.value).abs() < 1e-14);
        assert!((found.standard_error - expected.standard_error).abs() < 1e-14);
    }

    #[test]
    fn what_replicates_share_cancels_in_a_difference() {
        let rows: Vec<Vec<f64>> = [1.0, 5.0, 2.0].iter().map(|x| vec![*x, *x + 0.25]).collect();
        let difference = jackknife(&rows, |means| means[1] - means[0]);
        assert!((difference.value - 0.25).abs() < 1e-14 && difference.standard_error < 1e-14);
    }

    #[test]
    fn of_a_logarithm_it_is_the_relative_error() {
        // Delta method: SE(ln x̄) = SE(x̄)/x̄ up to O(1/N): relative deviations here are of order a hundredth.
        let rows: Vec<Vec<f64>> = (0..200).map(|i| vec![10.0 + f64::from(i % 7) * 0.1]).collect();
        let plain = jackknife(&rows, |means| means[0]);
        let logarithm = jackknife(&rows, |means| means[0].ln());
        let relative = plain.standard_error / plain.value;
        assert!((logarithm.standard_error / relative - 1.0).abs() < 1e-3);
    }

    #[test]
    fn pseudo_values_of_a_mean_are_the_values() {
        let pseudo = pseudo_values([&A], |[a]| a);
        assert!(pseudo.iter().zip(&A).all(|(pseudo, value)| (pseudo - value).abs() < 1e-12));
    }

    #[test]
    fn pseudo_values_of_a_square_are_free_of_bias() {
        let products = (0..5).flat_map(|j| (0..5).filter(move |k| *k != j).map(move |k| A[j] * A[k]));
        let expected = B.iter().sum::<f64>() / 5.0 - products.sum::<f64>() / 20.0;
        let found = mean(&pseudo_values([&B, &A], |[square, mean]| square - mean * mean));
        assert!((found.value - expected).abs() < 1e-12);
    }

    #[test]
    fn a_ratio_of_proportional_series_has_no_error() {
        let twice = B.map(|x| 2.0 * x);
        let ratio = mean(&pseudo_values([&twice, &B], |[over, under]| over / under));
        assert!((ratio.value - 2.0).abs() < 1e-12 && ratio.standard_error < 1e-12);
    }
}
