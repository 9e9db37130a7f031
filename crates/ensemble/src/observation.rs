//! Observing a layer: block by block while its pre-activations exist, and once its sums are complete.

use crate::linear::Square;
use crate::plan::Plan;
use crate::sums::{self, LayerSums};
use crate::units::{self, UnitMoments};
use crate::{EnsembleError, Layer, Normalisation, Totals};
use statistics::{MomentSums, Moments};
use std::ops::Range;

/// Observes what the ReLU sees in a block. `moments` are those before normalisation.
pub(crate) fn see(
    plan: &Plan,
    layer: usize,
    rows: &Range<usize>,
    block: &[f32],
    sums: &mut LayerSums,
    moments: &mut UnitMoments,
) {
    let Plan { config, observables, columns, .. } = plan;
    let units = rows.len();
    if observables.moments || observables.totals {
        if config.normalisation != Normalisation::Kaiming {
            moments.take(block, units, 0..columns.samples);
        }
        moments.add_to(&mut sums.seen);
    }
    if columns.fresh > 0 {
        moments.take(block, units, columns.samples..columns.vectors());
        moments.add_to(&mut sums.fresh);
    }
    if observables.signs {
        sums.one_sided += units::one_sided(block, units, columns.samples);
    }
    if let Some(watch) = observables.watch.as_ref().filter(|watch| watch.layers.contains(&layer)) {
        for unit in watch.units.iter().filter(|unit| rows.contains(unit)) {
            let samples = block.iter().skip(unit - rows.start).step_by(units).take(columns.samples);
            sums.watched.push(samples.copied().collect());
        }
    }
}

/// The observations of a layer; `scale` is the factor of the whole layer that the sums do not contain yet.
pub(crate) fn layer(
    plan: &Plan,
    network: usize,
    layer: usize,
    sums: &mut LayerSums,
    scale: f64,
    gram: Option<&Square>,
) -> Result<Layer, EnsembleError> {
    let Plan { observables, columns, .. } = plan;
    let hidden = layer > 0;
    let units = plan.units(layer) as f64;
    let tangents = (units * columns.tangents as f64).recip();
    let samples = columns.samples;
    let watched = observables.watch.as_ref().filter(|watch| watch.layers.contains(&layer)).map(|_| {
        let scaled = |unit: Vec<f32>| unit.iter().map(|seen| seen * scale as f32).collect();
        std::mem::take(&mut sums.watched).into_iter().map(scaled).collect()
    });
    let totals = || {
        let Moments { mean, mean_square, .. } = sums.seen.finish(scale);
        Totals { mean, mean_square }
    };
    let finite = |sums: &MomentSums| sums.is_empty() || sums.finish(1.0).mean_square.is_finite();
    if ![sums.before, sums.seen].iter().all(finite)
        || !sums.tangent.is_finite()
        || gram.is_some_and(|gram| !gram.trace().is_finite())
    {
        return Err(EnsembleError::Overflow { network, layer });
    }
    Ok(Layer {
        totals: (hidden && observables.totals).then(totals),
        moments: (hidden && observables.moments).then(|| sums.seen.finish(scale)),
        before: (hidden && observables.before).then(|| sums.before.finish(1.0)),
        fresh: (hidden && columns.fresh > 0).then(|| sums.fresh.finish(scale)),
        pairs: gram.filter(|_| observables.pairs).map(|gram| sums::pairs(gram, samples)),
        lengths: gram
            .filter(|_| observables.lengths)
            .map(|gram| (0..columns.vectors()).map(|sample| gram.at(sample, sample)).collect()),
        one_sided: (hidden && observables.signs).then(|| sums.one_sided as f64 / units),
        tangent: (columns.tangents > 0).then_some(scale * scale * sums.tangent * tangents),
        gradient: None,
        gram: gram.filter(|_| observables.grams.contains(&layer)).map(|gram| sums::corner(gram, samples)),
        watched,
    })
}
