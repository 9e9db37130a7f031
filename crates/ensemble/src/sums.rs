//! Sums over the units of a layer, formed chunk by chunk and merged in the order of the rows.

use crate::linear::Gram;
use crate::linear::Square;
use crate::units::UnitMoments;
use crate::{Moments, Pairs, Totals};

/// Sums over units of their moments over samples.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MomentSums {
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
    /// Adds units.
    pub(crate) fn add(&mut self, moments: &UnitMoments) {
        for (mean, variance) in moments.iter() {
            self.units += 1;
            self.mean += mean;
            self.squared_mean += mean * mean;
            self.variance += variance;
            self.largest_mean = self.largest_mean.max(mean.abs());
            self.least_variance = self.least_variance.min(variance);
            self.greatest_variance = self.greatest_variance.max(variance);
        }
    }

    /// Adds the sums of further units.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.units += other.units;
        self.mean += other.mean;
        self.squared_mean += other.squared_mean;
        self.variance += other.variance;
        self.largest_mean = self.largest_mean.max(other.largest_mean);
        self.least_variance = self.least_variance.min(other.least_variance);
        self.greatest_variance = self.greatest_variance.max(other.greatest_variance);
    }

    /// Whether no unit was added.
    pub(crate) fn is_empty(&self) -> bool {
        self.units == 0
    }

    /// The sample variance, averaged over units.
    pub(crate) fn mean_variance(&self) -> f64 {
        self.variance / self.units as f64
    }

    /// The averages over units, for pre-activations `scale` times those added.
    pub(crate) fn finish(&self, scale: f64) -> Moments {
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

    /// The totals, for pre-activations `scale` times those added.
    pub(crate) fn totals(&self, scale: f64) -> Totals {
        let Moments { mean, mean_square, .. } = self.finish(scale);
        Totals { mean, mean_square }
    }
}

/// Everything that one pass over the rows of a layer sums.
#[derive(Debug, Default)]
pub(crate) struct LayerSums {
    /// Of the pre-activations before the setting acts.
    pub(crate) before: MomentSums,
    /// Of the pre-activations as the ReLU sees them.
    pub(crate) seen: MomentSums,
    /// Of the fresh samples.
    pub(crate) fresh: MomentSums,
    /// Units on for all samples, or off for all.
    pub(crate) one_sided: usize,
    /// The sum of squares of the perturbations of the activations.
    pub(crate) tangent: f64,
    /// The Gram matrix of the activations.
    pub(crate) gram: Option<Gram>,
    /// Watched units with their pre-activations.
    pub(crate) watched: Vec<(usize, Vec<f32>)>,
}

impl LayerSums {
    /// Adds the sums of the chunk of rows that follows.
    pub(crate) fn merge(&mut self, other: Self) {
        self.before.merge(&other.before);
        self.seen.merge(&other.seen);
        self.fresh.merge(&other.fresh);
        self.one_sided += other.one_sided;
        self.tangent += other.tangent;
        self.watched.extend(other.watched);
        match (&mut self.gram, other.gram) {
            (Some(sum), Some(term)) => sum.merge(&term),
            (sum @ None, term) => *sum = term,
            (Some(_), None) => {}
        }
    }
}

/// The averages over distinct pairs of the first `samples` columns, from their Gram matrix.
pub(crate) fn pairs(gram: &Square, samples: usize) -> Pairs {
    let (mut products, mut lengths) = (0.0, 0.0);
    let (mut cosines, mut squares, mut defined) = (0.0, 0.0, 0.0);
    for a in 0..samples {
        lengths += gram.at(a, a);
        for b in 0..a {
            products += gram.at(a, b);
            let size = (gram.at(a, a) * gram.at(b, b)).sqrt();
            if size > 0.0 {
                let cosine = gram.at(a, b) / size;
                cosines += cosine;
                squares += cosine * cosine;
                defined += 1.0;
            }
        }
    }
    let count = (samples * (samples - 1) / 2) as f64;
    let cosine = cosines / defined;
    Pairs {
        inner_product: products / count,
        squared_length: lengths / samples as f64,
        cosine,
        cosine_sd: (squares / defined - cosine * cosine).max(0.0).sqrt(),
        undefined: 1.0 - defined / count,
    }
}

/// The upper left corner of a Gram matrix, row by row.
pub(crate) fn corner(gram: &Square, samples: usize) -> Vec<f64> {
    gram.entries.chunks_exact(gram.side).take(samples).flat_map(|row| &row[..samples]).copied().collect()
}
