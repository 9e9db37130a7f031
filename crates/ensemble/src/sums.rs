//! Sums over the units of a layer, formed chunk by chunk and merged in the order of the rows.

use crate::Pairs;
use crate::linear::{Gram, Square};
use statistics::MomentSums;

/// Everything that one pass over the rows of a layer sums.
#[derive(Debug, Default)]
pub(crate) struct LayerSums {
    /// Of the pre-activations before normalisation.
    pub(crate) before: MomentSums,
    /// Of the pre-activations as the ReLU sees them.
    pub(crate) seen: MomentSums,
    /// Of the fresh samples.
    pub(crate) fresh: MomentSums,
    /// Units on for all samples, or off for all.
    pub(crate) one_sided: usize,
    /// The sum of squares of the perturbations of the activations.
    pub(crate) tangent: f64,
    /// Of each column of the activations, where weights are centred.
    pub(crate) columns: Vec<f64>,
    /// The Gram matrix of the activations.
    pub(crate) gram: Option<Gram>,
    /// The pre-activations of each watched unit.
    pub(crate) watched: Vec<Vec<f32>>,
}

impl LayerSums {
    /// Adds the sums of the chunk of rows that follows.
    pub(crate) fn merge(&mut self, other: Self) {
        self.before.merge(&other.before);
        self.seen.merge(&other.seen);
        self.fresh.merge(&other.fresh);
        self.one_sided += other.one_sided;
        self.tangent += other.tangent;
        self.columns.resize(other.columns.len(), 0.0);
        self.columns.iter_mut().zip(&other.columns).for_each(|(sum, term)| *sum += term);
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
