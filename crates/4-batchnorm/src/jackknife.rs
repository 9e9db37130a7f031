//! Standard errors of functions of averages over networks, by leaving out one network at a time.
//!
//! The curve of Fig. 3 is the logarithm of an average over networks, and a slope is a function of the whole curve. Its
//! layers are anything but independent: one network's gradient carries its past through all of them. So the scatter of
//! the points around a fitted line says nothing about the slope's error. Networks are independent, and leaving out each
//! of them in turn gives the error of any smooth function of their average:
//!
//! SE² = (N-1)/N Σ_i (θ_(i) - θ_(·))²,
//!
//! θ_(i) the estimate without network i. The estimates themselves, functions of an average, are biased by O(1/N) of
//! their variance, which at 30 networks is far below their standard error, and are not corrected for it.

/// An estimate and its jackknife standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Jackknife {
    /// The statistic of the average over all replicates.
    pub value: f64,
    /// Its standard error; NaN for a single replicate.
    pub standard_error: f64,
}

// region: jackknife
/// `statistic` of the average of `replicates` (rows of the same length, one a network), with its standard error.
pub fn jackknife(replicates: &[Vec<f64>], statistic: impl Fn(&[f64]) -> f64) -> Jackknife {
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
    Jackknife { value: statistic(&all), standard_error: ((n - 1.0) / n * squares).sqrt() }
}
// endregion: jackknife

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_mean_it_is_the_textbook_standard_error() {
        let rows: Vec<Vec<f64>> = [1.0, 2.0, 3.0, 4.0].iter().map(|x| vec![*x]).collect();
        let mean = jackknife(&rows, |means| means[0]);
        assert_eq!(mean.value, 2.5);
        assert!((mean.standard_error - (5.0f64 / 3.0 / 4.0).sqrt()).abs() < 1e-14);
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
}
