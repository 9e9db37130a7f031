//! The jackknife: errors of functions of averages, by leaving out one replicate at a time (Tukey, *Annals of
//! Mathematical Statistics* 29, 1958; Efron, *The Jackknife, the Bootstrap and Other Resampling Plans*, 1982, ch. 3).
//!
//! With θ_(i) the estimate without replicate i of N, and θ_(·) the average of those,
//!
//! SE² = (N-1)/N Σ_i (θ_(i) - θ_(·))².

use crate::{Estimate, mean};

/// The standard error from the estimates θ_(i).
fn error(left_out: &[f64]) -> f64 {
    let (n, centre) = (left_out.len() as f64, mean(left_out));
    ((n - 1.0) / n * left_out.iter().map(|value| (value - centre).powi(2)).sum::<f64>()).sqrt()
}

// region: jackknife
/// `statistic` of the average of `replicates` (N ≥ 2 rows of the same length, one a replicate), with its standard error. A
/// function of an average is biased by O(1/N) of its variance, far below its standard error, and is not corrected.
pub fn jackknife(replicates: &[Vec<f64>], statistic: impl Fn(&[f64]) -> f64) -> Estimate {
    let n = replicates.len() as f64;
    let columns = replicates.first().map_or(0, Vec::len);
    let sums: Vec<f64> = (0..columns).map(|column| replicates.iter().map(|row| row[column]).sum()).collect();
    let all: Vec<f64> = sums.iter().map(|sum| sum / n).collect();
    let without = |row: &Vec<f64>| -> f64 {
        let means: Vec<f64> = sums.iter().zip(row).map(|(sum, own)| (sum - own) / (n - 1.0)).collect();
        statistic(&means)
    };
    let left_out: Vec<f64> = replicates.iter().map(without).collect();
    Estimate::sampled(statistic(&all), error(&left_out), replicates.len() as u32)
}
// endregion: jackknife

// region: pseudo-values
/// The jackknife's pseudo-values of a function of means over N ≥ 2 replicates, N θ - (N - 1) θ_(i). Their mean is the
/// function's value with its bias of order 1/N taken away, and they vary as independent replicates of it would, so that
/// [`Estimate::mean_of`] gives its standard error.
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

/// ln v̄, the unbiased variance over N ≥ 3 replicates averaged over `quantities`, each given for the same replicates. Its
/// standard error is that of the logarithm: without replicate i the sum of squares S about the mean becomes
/// S - (x_i - x̄)² N/(N-1), which is divided by N - 2.
pub fn log_mean_variance(quantities: impl Iterator<Item = Vec<f64>>) -> Estimate {
    let (mut sum, mut without, mut count) = (0.0, Vec::new(), 0.0);
    for values in quantities {
        let (n, mean) = (values.len() as f64, mean(&values));
        let squares = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
        without.resize(values.len(), 0.0);
        for (sum, value) in without.iter_mut().zip(&values) {
            *sum += (squares - (value - mean).powi(2) * n / (n - 1.0)) / (n - 2.0);
        }
        sum += squares / (n - 1.0);
        count += 1.0;
    }
    let logarithms: Vec<f64> = without.iter().map(|sum: &f64| (sum / count).ln()).collect();
    Estimate::sampled((sum / count).ln(), error(&logarithms), without.len() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: [f64; 5] = [1.0, -2.0, 0.5, 3.0, 1.5];
    const B: [f64; 5] = [2.0, 4.0, 1.0, 3.5, 2.5];

    #[test]
    fn what_replicates_share_cancels_in_a_difference() {
        let rows: Vec<Vec<f64>> = [1.0, 5.0, 2.0].iter().map(|x| vec![*x, *x + 0.25]).collect();
        let difference = jackknife(&rows, |means| means[1] - means[0]);
        assert!((difference.value - 0.25).abs() < 1e-14 && difference.standard_error < 1e-14);
    }

    #[test]
    fn pseudo_values_of_a_square_are_free_of_bias() {
        let products = (0..5).flat_map(|j| (0..5).filter(move |k| *k != j).map(move |k| A[j] * A[k]));
        let expected = mean(&B) - products.sum::<f64>() / 20.0;
        let found = mean(&pseudo_values([&B, &A], |[square, mean]| square - mean * mean));
        assert!((found - expected).abs() < 1e-12);
    }

    #[test]
    fn averaging_a_variance_with_multiples_of_itself_keeps_its_logarithmic_error() {
        let alone = log_mean_variance([A.to_vec()].into_iter());
        let both = log_mean_variance([A.to_vec(), A.map(|x| 2.0 * x).to_vec()].into_iter());
        assert!((both.value - alone.value - 2.5f64.ln()).abs() < 1e-12);
        assert!((both.standard_error - alone.standard_error).abs() < 1e-12);
    }
}
