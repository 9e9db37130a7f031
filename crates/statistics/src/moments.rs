//! Moments over the samples of a fixed network, averaged over the units of a layer (Eqs. 4 and 9).

use serde::{Deserialize, Serialize};

/// Moments over the T samples of a fixed network, averaged over the n units of a layer. Variances are divided by T, as in
/// Eq. 4 and Eq. 9: as estimates of the variance over the sample distribution they are low by the factor 1 - 1/T, and
/// squared means are high by variance/(T - 1), see [`unbiased_variance`] and [`unbiased_squared_mean`]. The standard error
/// of each is that of its mean over networks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Moments {
    /// Mean over units and samples.
    pub mean: f64,
    /// Mean over units and samples of u².
    pub mean_square: f64,
    /// Σ_i ⟨u_i⟩_t² / n: the squared sample mean, averaged over units (m² of Eq. 4a in one network).
    pub squared_mean: f64,
    /// Σ_i (⟨u_i²⟩_t - ⟨u_i⟩_t²) / n: the sample variance, averaged over units (v² of Eq. 4b in one network).
    pub variance: f64,
    /// The largest |⟨u_i⟩_t| of any unit.
    pub largest_mean: f64,
    /// The smallest sample variance of any unit.
    pub least_variance: f64,
    /// The largest sample variance of any unit.
    pub greatest_variance: f64,
}

impl Moments {
    /// r^l of Eq. 9.
    pub fn ratio(&self) -> f64 {
        ratio(self.squared_mean, self.variance)
    }
}

// region: ratio
/// r of Eq. 9, √(Σ_i ⟨u_i⟩_t² / Σ_i (⟨u_i²⟩_t - ⟨u_i⟩_t²)): the root of squared sample mean over sample variance, both summed
/// over units. Infinite where no unit varies. Over T samples it is high: √(1/(T-1)) where the true means are zero.
pub fn ratio(squared_mean: f64, variance: f64) -> f64 {
    (squared_mean / variance).sqrt()
}
// endregion: ratio

// region: unbiased
/// v² over the distribution of samples, from the variance B over T of them (divided by T): B T/(T - 1), since ⟨B⟩ is
/// v² (1 - 1/T).
pub fn unbiased_variance(variance: f64, samples: f64) -> f64 {
    variance * samples / (samples - 1.0)
}

/// m² over the distribution of samples, from the squared mean A and the variance B over T of them: A - B/(T - 1), since
/// ⟨A⟩ is m² + v²/T.
pub fn unbiased_squared_mean(squared_mean: f64, variance: f64, samples: f64) -> f64 {
    squared_mean - variance / (samples - 1.0)
}
// endregion: unbiased

/// Sums over units of their moments over samples, formed part by part and merged in order.
#[derive(Clone, Copy, Debug)]
pub struct MomentSums {
    units: usize,
    mean: f64,
    squared_mean: f64,
    variance: f64,
    largest_mean: f64,
    least_variance: f64,
    greatest_variance: f64,
}

impl Default for MomentSums {
    fn default() -> Self {
        Self {
            units: 0,
            mean: 0.0,
            squared_mean: 0.0,
            variance: 0.0,
            largest_mean: 0.0,
            least_variance: f64::INFINITY,
            greatest_variance: 0.0,
        }
    }
}

impl MomentSums {
    /// Adds a unit by its mean and variance (divided by T) over samples.
    pub fn add(&mut self, mean: f64, variance: f64) {
        self.merge(&Self {
            units: 1,
            mean,
            squared_mean: mean * mean,
            variance,
            largest_mean: mean.abs(),
            least_variance: variance,
            greatest_variance: variance,
        });
    }

    /// Adds the sums of further units.
    pub fn merge(&mut self, other: &Self) {
        self.units += other.units;
        self.mean += other.mean;
        self.squared_mean += other.squared_mean;
        self.variance += other.variance;
        self.largest_mean = self.largest_mean.max(other.largest_mean);
        self.least_variance = self.least_variance.min(other.least_variance);
        self.greatest_variance = self.greatest_variance.max(other.greatest_variance);
    }

    /// Whether no unit was added.
    pub fn is_empty(&self) -> bool {
        self.units == 0
    }

    /// The averages over units, for pre-activations `scale` ≥ 0 times those added.
    pub fn finish(&self, scale: f64) -> Moments {
        let units = self.units as f64;
        let square = scale * scale;
        let squared_mean = square * self.squared_mean / units;
        let variance = square * self.variance / units;
        Moments {
            mean: scale * self.mean / units,
            mean_square: squared_mean + variance,
            squared_mean,
            variance,
            largest_mean: scale * self.largest_mean,
            least_variance: square * self.least_variance,
            greatest_variance: square * self.greatest_variance,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two samples, 3 and 5: the mean of the samples is 4, their variance over T is 1, over T - 1 it is 2, and the square
    /// of the true mean is estimated by the product of the two, 15.
    #[test]
    fn the_bias_of_few_samples_is_taken_away() {
        assert_eq!(unbiased_squared_mean(16.0, 1.0, 2.0), 15.0);
        assert_eq!(unbiased_variance(1.0, 2.0), 2.0);
    }

    #[test]
    fn moments_are_averages_over_units_whatever_the_parts() {
        let units = [(1.0, 4.0), (-3.0, 0.5), (0.5, 2.0)];
        let mut whole = MomentSums::default();
        units.iter().for_each(|(mean, variance)| whole.add(*mean, *variance));
        let (mut first, mut rest) = (MomentSums::default(), MomentSums::default());
        first.add(1.0, 4.0);
        units[1..].iter().for_each(|(mean, variance)| rest.add(*mean, *variance));
        first.merge(&rest);
        let found = whole.finish(2.0);
        assert_eq!(found, first.finish(2.0));
        assert_eq!((found.mean, found.squared_mean, found.variance), (-1.0, 41.0 / 3.0, 26.0 / 3.0));
        assert_eq!((found.largest_mean, found.least_variance, found.greatest_variance), (6.0, 2.0, 16.0));
        assert_eq!(found.mean_square, found.squared_mean + found.variance);
        assert_eq!(found.ratio(), (41.0f64 / 26.0).sqrt());
    }
}
