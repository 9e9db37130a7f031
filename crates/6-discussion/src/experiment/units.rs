//! Single units over the samples: which have a large sample mean, and how far from affine their ReLU acts.
//!
//! The first units of some layers are watched, all samples of each; what is kept are sums over those of a layer.

use ensemble::Network;
use serde::{Deserialize, Serialize};

/// Units watched in a layer, if it has so many. They are exchangeable: any others would do as well. In the last layers only
/// one unit in ten is not affine on the samples, and shares of those are to be told from one another.
const MOST: usize = 1000;
/// A sample mean is large if its size exceeds so many sample standard deviations.
pub const LARGE: f64 = 2.0;

/// The watched units of one layer of one network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Units {
    /// The layer, from 1.
    pub layer: usize,
    /// Units watched that vary over the samples.
    pub units: u64,
    /// Those of them whose sample mean exceeds [`LARGE`] standard deviations in size, and of these those with a positive one.
    pub large: [u64; 2],
    /// Sum of the variances of f(u) that the best affine map of u leaves in each unit, free of the bias of T samples.
    pub left: f64,
    /// Sum of the variances of f(u), unbiased.
    pub variance: f64,
}

impl Units {
    /// The share of units with a large sample mean.
    pub fn share_large(&self) -> f64 {
        self.large[0] as f64 / self.units as f64
    }

    /// The share of the variance of f(u) that affine maps leave, of all units together.
    pub fn share_left(&self) -> f64 {
        self.left / self.variance
    }
}

/// The layers that are watched, and between which trends are tested: the first, every tenth of the depth up to a fifth, every
/// fifth from there.
pub fn watched_layers(depth: usize) -> Vec<usize> {
    let parts = [1, 2, 4, 6, 8, 10].map(|tenths| tenths * depth / 10);
    let mut layers: Vec<usize> = [1].into_iter().chain(parts).collect();
    layers.dedup();
    layers
}

/// The units that are watched in layers of `width` units.
pub fn watched_units(width: usize) -> Vec<usize> {
    (0..width.min(MOST)).collect()
}

/// Sums over the watched units of each watched layer.
pub fn of_network(network: &Network) -> Vec<Units> {
    let layers = network.layers.iter().enumerate();
    let sums = |(layer, of): (usize, &ensemble::Layer)| {
        let none = Units { layer, units: 0, large: [0; 2], left: 0.0, variance: 0.0 };
        let units = of.watched.as_ref()?;
        Some(units.iter().filter_map(|samples| Unit::of(samples)).fold(none, Units::and))
    };
    layers.filter_map(sums).collect()
}

impl Units {
    fn and(self, unit: Unit) -> Self {
        let large = unit.mean.abs() > LARGE * unit.deviation;
        let counted = [large, large && unit.mean > 0.0].map(u64::from);
        Self {
            units: self.units + 1,
            large: [self.large[0] + counted[0], self.large[1] + counted[1]],
            left: self.left + unit.left,
            variance: self.variance + unit.variance,
            ..self
        }
    }
}

/// One unit.
struct Unit {
    mean: f64,
    deviation: f64,
    left: f64,
    variance: f64,
}

impl Unit {
    // region: unit
    /// Mean and standard deviation (divided by T - 1) of pre-activations u_t, the variance of f(u), and what is left of it
    /// beside the best affine map, the least-squares line. None where u does not vary.
    ///
    /// Least squares over T samples leaves less than over all: Σ ê² = Σ (e - ē)² - S_ue²/S_uu for the deviations e from
    /// the line for all samples, and S_ue²/S_uu, being zero there, is on average <(u - <u>)² e²>/<(u - <u>)²> over T
    /// samples. This is taken from the residuals, Σ (u - ū)² ê²/(1 - h) / S_uu, and added again; 1 - h with the leverage
    /// h = 1/T + (u - ū)²/S_uu makes up for what each residual has lost itself. Where e does not depend on u the same gives
    /// T - 2 in place of T - 1. What is left of the bias is of order 1/T²: a hundredth of the share at 20 samples.
    fn of(samples: &[f32]) -> Option<Self> {
        let count = samples.len() as f64;
        let points = || samples.iter().map(|u| (f64::from(*u), f64::from(*u).max(0.0)));
        let (sum_u, sum_f) = points().fold((0.0, 0.0), |(a, b), (u, f)| (a + u, b + f));
        let (mean, mean_f) = (sum_u / count, sum_f / count);
        let squares = points().fold([0.0; 3], |[uu, uf, ff], (u, f)| {
            let (u, f) = (u - mean, f - mean_f);
            [uu + u * u, uf + u * f, ff + f * f]
        });
        let [uu, uf, ff] = squares;
        if uu <= 0.0 {
            return None;
        }
        let slope = uf / uu;
        let (residuals, taken) = points().fold((0.0, 0.0), |(residuals, taken), (u, f)| {
            let deviation = (u - mean).powi(2);
            let square = ((f - mean_f) - slope * (u - mean)).powi(2);
            let kept = (1.0 - count.recip() - deviation / uu).max(f64::EPSILON);
            (residuals + square, taken + deviation * square / kept)
        });
        let freedom = count - 1.0;
        let (variance, left) = (ff / freedom, (residuals + taken / uu) / freedom);
        Some(Self { mean, deviation: (uu / freedom).sqrt(), left, variance })
    }
    // endregion: unit
}

#[cfg(test)]
mod tests {
    use super::*;
    use ensemble::{Config, Ensemble, Observables};

    #[test]
    fn marks_run_from_the_first_layer_to_the_last() {
        assert_eq!(watched_layers(50), [1, 5, 10, 20, 30, 40, 50]);
        assert_eq!(watched_layers(10), [1, 2, 4, 6, 8, 10]);
    }

    #[test]
    fn a_unit_that_is_always_on_is_affine_and_one_that_is_always_off_has_no_variance() {
        let on = Unit::of(&[5.0, 6.0, 7.5, 5.5]).unwrap();
        assert!(on.left < 1e-28 && on.variance > 0.5);
        let off = Unit::of(&[-5.0, -6.0, -7.5, -5.5]).unwrap();
        assert_eq!((off.left, off.variance), (0.0, 0.0));
        assert!(Unit::of(&[2.0; 5]).is_none());
    }

    #[test]
    fn a_kink_in_the_middle_leaves_what_least_squares_says() {
        // u = -1, 1, f = 0, 1, each twice: a line goes through all.
        assert!(Unit::of(&[-1.0, 1.0, -1.0, 1.0]).unwrap().left < 1e-30);
        // u = -1, 0, 1: the line f = 1/3 + u/2 leaves 1/6, -1/3, 1/6, with leverages 5/6, 1/3, 5/6; what it has taken up is
        // estimated as 1/6, as much as it has left.
        let unit = Unit::of(&[-1.0, 0.0, 1.0]).unwrap();
        assert!((unit.left - 0.5 * (1.0 / 6.0 + 1.0 / 6.0)).abs() < 1e-15);
        assert!((unit.variance - 1.0 / 3.0).abs() < 1e-15);
    }

    /// In layer 1 units are Gaussian over the samples without a mean: (π/2 - 1)/(π - 1) is left for any T once the bias
    /// is gone; uncorrected it would be low by more than a tenth with 20 samples.
    #[test]
    fn few_samples_show_the_share_of_many() {
        let config = Config { width: 400, depth: 1, samples: 20, networks: 60, ..Config::default() };
        let observe = Observables::none().watch([1], watched_units(400));
        let record = Ensemble::new(config, observe).unwrap().run().unwrap();
        let all: Vec<Units> = record.networks.iter().flat_map(of_network).collect();
        let sum = |of: fn(&Units) -> f64| all.iter().map(of).sum::<f64>();
        let share = sum(|of| of.left) / sum(|of| of.variance);
        assert!((share / mean_field::nearly_linear::residual_share(1.0) - 1.0).abs() < 0.03, "{share}");
        let large = sum(|of| of.large[0] as f64);
        assert!(large == 0.0, "a mean of two deviations over 20 samples is beyond 8 of its own: {large}");
    }
}
