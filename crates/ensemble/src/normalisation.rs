//! What normalisation does to pre-activations, and to gradients on their way back.

use crate::plan::{Columns, Plan};
use crate::scratch::Scratch;
use crate::sums::LayerSums;
use crate::tape::TapeLayer;
use crate::units::{self, Affine, UnitMoments};
use crate::{Normalisation, SCALE_EPSILON, Through};
use std::ops::Range;

/// Takes the moments of a block of pre-activations where they are needed, and from them what normalisation does to each
/// unit; both are left in the scratch. The factor of the whole layer in scale+bias initialisation is 1 here: it is known
/// when the layer is complete, and the ReLU lets it through.
pub(crate) fn measure(plan: &Plan, raw: &[f32], units: usize, sums: &mut LayerSums, scratch: &mut Scratch) {
    let Plan { config, observables, columns, .. } = plan;
    let Scratch { moments, affine: Affine { mean, scale }, .. } = scratch;
    let kaiming = config.normalisation == Normalisation::Kaiming;
    if !kaiming || observables.before || observables.moments || observables.totals {
        moments.take(raw, units, 0..columns.samples);
    }
    if !kaiming || observables.before {
        moments.add_to(&mut sums.before);
    }
    mean.clear();
    scale.clear();
    let epsilon = config.batch_epsilon;
    match config.normalisation {
        Normalisation::Kaiming => return,
        Normalisation::ScaleBias => scale.resize(units, 1.0),
        Normalisation::BatchNorm => scale.extend(moments.iter().map(|unit| inverse_deviation(unit, epsilon))),
    }
    mean.extend(moments.mean.iter().map(|mean| *mean as f32));
}

/// Writes the activations of a block from its pre-activations and what normalisation does to each unit, which is empty where
/// it does nothing, and lets `see` look at what the ReLU sees.
pub(crate) fn activate(
    columns: &Columns,
    raw: &[f32],
    [mean, scale]: [&[f32]; 2],
    out: &mut [f32],
    see: Option<impl FnOnce(&[f32])>,
) {
    if columns.tangents == 0 && mean.is_empty() {
        see.into_iter().for_each(|see| see(raw));
        units::activate_plain(raw, out);
    } else if columns.tangents == 0 && see.is_none() {
        units::activate(raw, mean, scale, out);
    } else {
        out.copy_from_slice(raw);
        if !mean.is_empty() {
            units::normalise(out, columns.vectors(), mean, scale);
        }
        see.into_iter().for_each(|see| see(out));
        units::relu(out, columns);
    }
}

// region: scale and bias
/// Eq. 13, after the biases of Eq. 14 took away each unit's sample mean: the factor that gives the pre-activations of a
/// layer unit mean square, up to ε. `mean_square` is that of the centred pre-activations.
pub(crate) fn layer_scale(mean_square: f64) -> f64 {
    (mean_square + SCALE_EPSILON).sqrt().recip()
}
// endregion: scale and bias

// region: batch normalisation
/// Eq. 12: what a unit is divided by, inverted. A unit that does not vary over the batch becomes zero.
fn inverse_deviation(unit: (f64, f64), epsilon: f64) -> f32 {
    let (_, variance) = unit;
    if UnitMoments::is_constant(unit) { 0.0 } else { (variance + epsilon).sqrt().recip() as f32 }
}
// endregion: batch normalisation

/// Turns ∂L/∂x^l of a block of units into δ^l = ∂L/∂u^l, u before normalisation.
pub(crate) fn back(
    plan: &Plan,
    layer: &TapeLayer,
    through: Through,
    rows: &Range<usize>,
    gradient: &mut [f32],
    scratch: &mut Scratch,
) {
    let raw = layer.block(&plan.columns, rows);
    let Affine { mean, scale } = &layer.affine;
    match (plan.config.normalisation, through) {
        (Normalisation::Kaiming, _) => units::gate(gradient, raw),
        (Normalisation::ScaleBias, _) | (Normalisation::BatchNorm, Through::FixedStatistics) => {
            units::through_constants(gradient, raw, &mean[rows.clone()], &scale[rows.clone()]);
        }
        (Normalisation::BatchNorm, Through::Full | Through::FixedDeviation) => {
            let shares = [1.0, f64::from(u8::from(through == Through::Full))];
            let affine = [&mean[rows.clone()], &scale[rows.clone()]];
            units::through_batch(gradient, raw, affine, shares, &mut scratch.moments);
        }
    }
}
