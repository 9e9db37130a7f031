//! What is done to a block of units, each column a sample, a fresh sample or a perturbation: statistics over the samples,
//! shift and scale, the ReLU, and the way back through them. Columns are contiguous, so each step is a loop across units,
//! compiled for every vector unit that the build knows. A unit's sums run over the samples in order, in double
//! precision, on every processor alike.

use crate::plan::Columns;
use statistics::MomentSums;
use std::ops::Range;

/// The shift and scale of each unit of a block or a layer: the ReLU sees (u - mean)·scale.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Affine {
    pub(crate) mean: Vec<f32>,
    pub(crate) scale: Vec<f32>,
}

/// Each unit's mean and variance (divided by the number of samples) over samples.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct UnitMoments {
    pub(crate) mean: Vec<f64>,
    pub(crate) variance: Vec<f64>,
}

impl UnitMoments {
    /// Takes the moments of a block of `units` over the columns `range`, in two passes.
    pub(crate) fn take(&mut self, block: &[f32], units: usize, range: Range<usize>) {
        for sums in [&mut self.mean, &mut self.variance] {
            sums.clear();
            sums.resize(units, 0.0);
        }
        moments(&block[range.start * units..range.end * units], &mut self.mean, &mut self.variance);
    }

    /// Whether a unit of this mean and variance differs between samples by no more than the rounding of single
    /// precision: the square of 2⁻²⁰ against its mean square. Normalising such a unit would blow rounding errors up to
    /// unit variance.
    pub(crate) fn is_constant((mean, variance): (f64, f64)) -> bool {
        variance <= (variance + mean * mean) * 2f64.powi(-40)
    }

    /// Adds each unit to sums over units.
    pub(crate) fn add_to(&self, sums: &mut MomentSums) {
        self.iter().for_each(|(mean, variance)| sums.add(mean, variance));
    }

    /// The mean and variance of each unit.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (f64, f64)> {
        self.mean.iter().copied().zip(self.variance.iter().copied())
    }
}

#[pulp::with_simd(moments = pulp::Arch::new())]
#[inline(always)]
fn moments_with<S: pulp::Simd>(_simd: S, values: &[f32], mean: &mut [f64], variance: &mut [f64]) {
    let units = mean.len();
    let share = (values.len() / units) as f64;
    for column in values.chunks_exact(units) {
        for (sum, u) in mean.iter_mut().zip(column) {
            *sum += f64::from(*u);
        }
    }
    for sum in mean.iter_mut() {
        *sum /= share;
    }
    for column in values.chunks_exact(units) {
        for ((sum, mean), u) in variance.iter_mut().zip(&*mean).zip(column) {
            let difference = f64::from(*u) - mean;
            *sum += difference * difference;
        }
    }
    for sum in variance {
        *sum /= share;
    }
}

/// Replaces the pre-activations of a block by what the ReLU sees; perturbations are scaled alone. `vectors` of its
/// columns are not perturbations.
#[pulp::with_simd(normalise = pulp::Arch::new())]
#[inline(always)]
pub(crate) fn normalise_with<S: pulp::Simd>(
    _simd: S,
    block: &mut [f32],
    vectors: usize,
    mean: &[f32],
    scale: &[f32],
) {
    let (vectors, tangents) = block.split_at_mut(vectors * mean.len());
    for column in vectors.chunks_exact_mut(mean.len()) {
        for ((u, mean), scale) in column.iter_mut().zip(mean).zip(scale) {
            *u = (*u - mean) * scale;
        }
    }
    for column in tangents.chunks_exact_mut(mean.len()) {
        for (u, scale) in column.iter_mut().zip(scale) {
            *u *= scale;
        }
    }
}

/// Writes the activations of the vectors of a block, from its pre-activations before normalisation.
#[pulp::with_simd(activate = pulp::Arch::new())]
#[inline(always)]
pub(crate) fn activate_with<S: pulp::Simd>(
    _simd: S,
    raw: &[f32],
    mean: &[f32],
    scale: &[f32],
    out: &mut [f32],
) {
    for (out, raw) in out.chunks_exact_mut(mean.len()).zip(raw.chunks_exact(mean.len())) {
        for (((out, u), mean), scale) in out.iter_mut().zip(raw).zip(mean).zip(scale) {
            let seen = (u - mean) * scale;
            *out = if seen > 0.0 { seen } else { 0.0 };
        }
    }
}

/// The same without normalisation.
#[pulp::with_simd(activate_plain = pulp::Arch::new())]
#[inline(always)]
pub(crate) fn activate_plain_with<S: pulp::Simd>(_simd: S, raw: &[f32], out: &mut [f32]) {
    for (out, u) in out.iter_mut().zip(raw) {
        *out = if *u > 0.0 { *u } else { 0.0 };
    }
}

/// A finite `value` or zero, by a multiplication: of a choice the compiler would make a masked store, which some processors
/// take ten times as long for.
#[inline(always)]
fn keep_if(condition: bool, value: f32) -> f32 {
    value * f32::from(u8::from(condition))
}

/// The ReLU, and its derivative at the sample for each perturbation.
pub(crate) fn relu(block: &mut [f32], columns: &Columns) {
    let units = block.len() / columns.total();
    let (vectors, tangents) = block.split_at_mut(columns.vectors() * units);
    gate(tangents, vectors);
    clip(vectors);
}

#[pulp::with_simd(clip = pulp::Arch::new())]
#[inline(always)]
fn clip_with<S: pulp::Simd>(_simd: S, values: &mut [f32]) {
    for u in values {
        *u = u.max(0.0);
    }
}

/// The derivative of the ReLU, applied: keeps what belongs to positive pre-activations.
#[pulp::with_simd(gate = pulp::Arch::new())]
#[inline(always)]
pub(crate) fn gate_with<S: pulp::Simd>(_simd: S, values: &mut [f32], seen: &[f32]) {
    for (value, seen) in values.iter_mut().zip(seen) {
        *value = keep_if(*seen > 0.0, *value);
    }
}

/// Units of a block that are positive in all of its first `samples` columns, or in none.
pub(crate) fn one_sided(block: &[f32], units: usize, samples: usize) -> usize {
    let mut positive = vec![0; units];
    count_positive(&block[..samples * units], &mut positive);
    positive.iter().filter(|count| **count == 0 || **count as usize == samples).count()
}

#[pulp::with_simd(count_positive = pulp::Arch::new())]
#[inline(always)]
fn count_positive_with<S: pulp::Simd>(_simd: S, values: &[f32], counts: &mut [u32]) {
    for column in values.chunks_exact(counts.len()) {
        for (count, u) in counts.iter_mut().zip(column) {
            *count = count.wrapping_add(u32::from(*u > 0.0));
        }
    }
}

/// The sum of squares of all elements of a block of `units`.
pub(crate) fn sum_of_squares(block: &[f32], units: usize) -> f64 {
    let mut sums = vec![0.0; units];
    add_squares(block, &mut sums);
    sums.iter().sum()
}

#[pulp::with_simd(add_squares = pulp::Arch::new())]
#[inline(always)]
fn add_squares_with<S: pulp::Simd>(_simd: S, values: &[f32], sums: &mut [f64]) {
    for column in values.chunks_exact(sums.len()) {
        for (sum, value) in sums.iter_mut().zip(column) {
            *sum += f64::from(*value) * f64::from(*value);
        }
    }
}

/// Multiplies every element.
#[pulp::with_simd(scale = pulp::Arch::new())]
#[inline(always)]
pub(crate) fn scale_with<S: pulp::Simd>(_simd: S, values: &mut [f32], factor: f32) {
    for value in values {
        *value *= factor;
    }
}

/// Takes gradients with respect to activations back through the ReLU and a scale, all statistics being constants.
#[pulp::with_simd(through_constants = pulp::Arch::new())]
#[inline(always)]
pub(crate) fn through_constants_with<S: pulp::Simd>(
    _simd: S,
    gradient: &mut [f32],
    raw: &[f32],
    mean: &[f32],
    scale: &[f32],
) {
    for (gradient, raw) in gradient.chunks_exact_mut(mean.len()).zip(raw.chunks_exact(mean.len())) {
        for (((gradient, u), mean), scale) in gradient.iter_mut().zip(raw).zip(mean).zip(scale) {
            *gradient = keep_if((u - mean) * scale > 0.0, *gradient * scale);
        }
    }
}

// region: batch-norm backward
/// Takes gradients g = ∂L/∂x of a block back through the ReLU, h = g where û > 0 and 0 elsewhere, and through the
/// normalisation û = (u - μ_s)/σ_s:
/// ∂L/∂u_t = (h_t - ⟨h⟩ - û_t⟨hû⟩)/σ_s, where ⟨h⟩ came through the mean μ_s and û_t⟨hû⟩ through the deviation σ_s;
/// each counts by its share, 0 or 1. With ε beside the variance, 1/σ_s is `scale`, and ⟨hû⟩ needs no change, because û
/// is divided by the same root. `raw` is u; `sums` is scratch.
#[pulp::with_simd(through_batch = pulp::Arch::new())]
#[inline(always)]
pub(crate) fn through_batch_with<S: pulp::Simd>(
    _simd: S,
    gradient: &mut [f32],
    raw: &[f32],
    [mean, scale]: [&[f32]; 2],
    shares: [f64; 2],
    sums: &mut UnitMoments,
) {
    let units = scale.len();
    let samples = (gradient.len() / units) as f64;
    let [h_sums, product_sums] = [&mut sums.mean, &mut sums.variance].map(|sums| {
        sums.clear();
        sums.resize(units, 0.0);
        sums.as_mut_slice()
    });
    for (gradient, raw) in gradient.chunks_exact_mut(units).zip(raw.chunks_exact(units)) {
        let units = gradient.iter_mut().zip(raw).zip(mean).zip(scale);
        for ((((h, u), mean), scale), (sum, product)) in units.zip(h_sums.iter_mut().zip(&mut *product_sums))
        {
            let seen = (u - mean) * scale;
            *h = keep_if(seen > 0.0, *h);
            *sum += f64::from(*h);
            *product += f64::from(*h) * f64::from(seen);
        }
    }
    for (sum, product) in h_sums.iter_mut().zip(&mut *product_sums) {
        *sum *= shares[0] / samples;
        *product *= shares[1] / samples;
    }
    for (gradient, raw) in gradient.chunks_exact_mut(units).zip(raw.chunks_exact(units)) {
        let units = gradient.iter_mut().zip(raw).zip(mean).zip(scale);
        for ((((h, u), mean), scale), (h_mean, product)) in units.zip(h_sums.iter().zip(&*product_sums)) {
            let seen = (u - mean) * scale;
            *h = (*h - *h_mean as f32 - seen * *product as f32) * scale;
        }
    }
}
// endregion: batch-norm backward

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_are_strictly_positive_or_not() {
        assert_eq!(one_sided(&[1.0, -1.0, 3.0, 0.0], 2, 2), 2, "zero is off");
        assert_eq!(one_sided(&[1.0, 1.0, -1.0, 2.0], 2, 2), 1);
    }
}
