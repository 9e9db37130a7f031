//! Mean and variance of every feature of a layer's pre-activations, over the images and positions of several minibatches.

use crate::models::Activations;
use crate::{Kernels, NetworkError, ops};
use dfdx::dtypes::Dtype;

/// What is known of one feature.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Feature {
    mean: f64,
    /// The mean squared difference from the mean.
    variance: f64,
}

/// Every feature of a layer, after some minibatches.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Features {
    /// Images and positions seen.
    samples: f64,
    features: Vec<Feature>,
}

impl Features {
    /// Nothing seen yet.
    pub(super) fn new(features: usize) -> Self {
        Self { samples: 0.0, features: vec![Feature::default(); features] }
    }

    /// Adds the pre-activations of a minibatch.
    pub(super) fn add<E: Dtype, D: Kernels<E>>(&mut self, u: &Activations<E, D>) -> Result<(), NetworkError> {
        let statistics = match u {
            Activations::Maps(maps) => ops::channel_statistics(maps)?,
            Activations::Rows(rows) => ops::channel_statistics(rows)?,
        };
        let samples = (u.images() * u.size().units() / self.features.len()) as f64;
        let share = samples / (self.samples + samples);
        let wide = |value: E| value.to_f64().unwrap_or(f64::NAN);
        let statistics = statistics.as_vec();
        let (means, variances) = statistics.split_at(self.features.len());
        for (feature, (mean, variance)) in self.features.iter_mut().zip(means.iter().zip(variances)) {
            // Variances within and between, added up: differences of large squares would cancel.
            let difference = wide(*mean) - feature.mean;
            feature.mean += share * difference;
            feature.variance += share * (wide(*variance) - feature.variance)
                + share * (1.0 - share) * difference * difference;
        }
        self.samples += samples;
        Ok(())
    }

    /// The number of features.
    pub(super) fn count(&self) -> usize {
        self.features.len()
    }

    /// μ of Eq. 14, one for each feature.
    pub(super) fn means(&self) -> Vec<f64> {
        self.features.iter().map(|feature| feature.mean).collect()
    }

    /// σ² of Eq. 13: the mean square over features, images and positions. The text calls it a sample variance, which
    /// it is only where the means are zero.
    pub(super) fn mean_square(&self) -> f64 {
        self.average(|feature| feature.variance + feature.mean * feature.mean)
    }

    /// The mean square that is left when every feature loses its mean.
    pub(super) fn centred_mean_square(&self) -> f64 {
        self.average(|feature| feature.variance)
    }

    /// The mean of a quantity over features.
    fn average(&self, quantity: impl Fn(&Feature) -> f64) -> f64 {
        self.features.iter().map(quantity).sum::<f64>() / self.features.len() as f64
    }
}
