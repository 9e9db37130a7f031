//! Weights of other laws than Kaiming's: rows that lose a share of their mean, and orthogonal matrices.
//!
//! **Centred rows.** Taking the share a of its mean from every row of W is W - a W 11ᵀ/n, which acts on activations x as W
//! acts on x - a x̄ 1, x̄ being the mean of x over the units of one sample. The Gram matrix of these vectors is that of the
//! activations less b n x̄_s x̄_t, b = 1 - (1 - a)².
//!
//! **Orthogonal matrices.** W = √(2γ) O with O uniform on the orthogonal group. With X = Q S, Q an orthonormal basis of the
//! samples' span, O Q is uniform on the orthonormal n×T frames, and so is N R⁻¹, where N has independent normal elements
//! and NᵀN = RᵀR: its law does not change under rotations from the left. So U = √(2γ) N R⁻¹ S has the law of W X, at the
//! cost of drawing N twice, and no matrix of n² elements is formed.

use crate::check::within;
use crate::exact::Projection;
use crate::forward::Pass;
use crate::linear::{Gram, Square};
use crate::name::named;
use crate::plan::{BLOCK_ROWS, Plan, blocks, chunks};
use crate::random::Purpose;
use crate::scratch::sized;
use crate::{Config, ConfigError, EnsembleError, Normalisation, Observables};

named! {
    /// The law of the weight matrices.
    pub enum WeightLaw {
        /// Independent normal elements of variance γ·2/n (Eq. 2).
        Gaussian = "gaussian",
        /// √(2γ) times a uniformly distributed orthogonal matrix: the same variance, and no change of any angle or length
        /// before the ReLU.
        Orthogonal = "orthogonal",
    }
}

/// Refuses what other laws do not have: gradients, biases, and orthogonal matrices where weights are drawn one by one.
pub(crate) fn check(config: &Config, observables: &Observables) -> Result<(), ConfigError> {
    let Config { centring, weights, .. } = *config;
    within("centring", centring, (0.0..=1.0).contains(&centring), "a share from 0 to 1")?;
    let orthogonal = weights == WeightLaw::Orthogonal;
    let plain = config.normalisation == Normalisation::Kaiming && observables.gradient.is_none();
    if (centring > 0.0 || orthogonal) && !plain {
        return Err(ConfigError::WeightLaw { what: "are defined without normalisation and gradient only" });
    }
    let plan = Plan::new(config, observables);
    let drawn = || (1..=config.depth.min(2)).any(|layer| plan.draws_weights(layer));
    if orthogonal && (config.input_width() != config.width || drawn()) {
        return Err(ConfigError::WeightLaw {
            what: "need the exact engine, inputs as wide as the layers, and a width above twice the samples",
        });
    }
    Ok(())
}

/// Takes the share a = `centring` of its mean over `units` units from each sample's activations, given their column
/// `sums`: in their Gram matrix, and in the activations themselves (in blocks) where they are kept.
pub(crate) fn centre(
    centring: f64,
    units: usize,
    sums: &[f64],
    gram: Option<&mut Square>,
    activations: &mut [f32],
) {
    if centring == 0.0 {
        return;
    }
    let removed = (1.0 - (1.0 - centring).powi(2)) / units as f64;
    if let Some(gram) = gram {
        for (row, left) in gram.entries.chunks_exact_mut(gram.side).zip(sums) {
            row.iter_mut().zip(sums).for_each(|(entry, right)| *entry -= removed * left * right);
        }
    }
    for (rows, block) in blocks(0..units).zip(activations.chunks_mut(BLOCK_ROWS * sums.len())) {
        for (column, sum) in block.chunks_exact_mut(rows.len()).zip(sums) {
            let mean = (centring * sum / units as f64) as f32;
            column.iter_mut().for_each(|value| *value -= mean);
        }
    }
}

/// The sums over the units of a block of activations, column by column, added to `sums`.
pub(crate) fn add_columns(block: &[f32], units: usize, sums: &mut Vec<f64>) {
    sums.resize(block.len() / units, 0.0);
    for (sum, column) in sums.iter_mut().zip(block.chunks_exact(units)) {
        *sum += column.iter().map(|value| f64::from(*value)).sum::<f64>();
    }
}

impl Pass<'_> {
    /// Turns a layer of normal weights into one of orthogonal weights: a first pass over the draws of layer `layer` finds
    /// their Gram matrix.
    pub(crate) fn orthogonal(
        &self,
        layer: usize,
        projection: Projection,
    ) -> Result<Projection, EnsembleError> {
        let columns = self.plan.columns.total();
        let stream = self.plan.stream(self.network, layer, Purpose::Projection);
        let work = chunks(self.plan.units(layer));
        let mut total = Gram::zero(columns);
        let each = |chunk| {
            self.scratch.lend(|scratch| {
                let mut gram = Gram::zero(columns);
                for rows in blocks(chunk) {
                    let normals = sized(&mut scratch.normals, rows.len() * columns);
                    stream.normals(rows.start * columns, 1.0, normals);
                    gram.add(normals, &mut scratch.wide);
                }
                Ok(gram)
            })
        };
        self.threads.fold(work, each, |gram| total.merge(&gram))?;
        Ok(projection.through_frame(&total.finish(1.0), (2.0 * self.plan.config.gamma).sqrt()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn centring_the_gram_matrix_is_centring_the_activations() {
        let (units, columns) = (BLOCK_ROWS + 5, 3);
        let mut matrix: Vec<f32> =
            (0..units * columns).map(|index| ((index * 37 % 101) as f32 / 50.0 - 1.0).max(0.0)).collect();
        let gram_of = |matrix: &[f32]| {
            let (mut gram, mut wide, mut sums) = (Gram::zero(columns), Vec::new(), Vec::new());
            for (rows, block) in blocks(0..units).zip(matrix.chunks(BLOCK_ROWS * columns)) {
                gram.add(block, &mut wide);
                let mut own = Vec::new();
                add_columns(block, rows.len(), &mut own);
                sums.resize(columns, 0.0);
                sums.iter_mut().zip(own).for_each(|(sum, own): (&mut f64, f64)| *sum += own);
            }
            (gram.finish(1.0), sums)
        };
        let (mut gram, sums) = gram_of(&matrix);
        centre(0.3, units, &sums, Some(&mut gram), &mut matrix);
        let (centred, _) = gram_of(&matrix);
        for (found, expected) in gram.entries.iter().zip(&centred.entries) {
            assert!((found - expected).abs() < 1e-4 * expected.abs().max(1.0), "{found} against {expected}");
        }
    }
}
