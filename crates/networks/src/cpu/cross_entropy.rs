//! The cross entropy on the processor. The largest logit is taken out before exponentials, which cannot overflow then.

use super::real::Real;
use rayon::prelude::*;

/// Positions that one thread takes at a time.
const CHUNK: usize = 1 << 12;

/// ln Σ exp over classes, for each position.
fn log_sums<E: Real>(x: &[E], [images, classes, positions]: [usize; 3]) -> Vec<f64> {
    let mut out = vec![0.0; images * positions];
    out.par_chunks_mut(positions).zip(x.par_chunks(classes * positions)).for_each(|(out, x)| {
        out.par_chunks_mut(CHUNK).enumerate().for_each(|(chunk, out)| {
            for (index, out) in out.iter_mut().enumerate() {
                let logits = x[chunk * CHUNK + index..].iter().step_by(positions).map(|x| x.widen());
                let largest = logits.clone().fold(f64::NEG_INFINITY, f64::max);
                *out = largest + logits.map(|logit| (logit - largest).exp()).sum::<f64>().ln();
            }
        });
    });
    out
}

/// Mean over images and positions of -ln p(label).
pub(super) fn cross_entropy<E: Real>(x: &[E], extents: [usize; 3], labels: &[usize]) -> f64 {
    let [_, classes, positions] = extents;
    let logit = |index: usize| {
        let (image, position) = (index / positions, index % positions);
        x[(image * classes + labels[index]) * positions + position].widen()
    };
    let terms = log_sums(x, extents).into_iter().enumerate().map(|(index, log_sum)| log_sum - logit(index));
    terms.sum::<f64>() / labels.len() as f64
}

/// Adds dy (p - \[label\]) / count.
pub(super) fn backward<E: Real>(x: &[E], extents: [usize; 3], labels: &[usize], dy: f64, dx: &mut [E]) {
    let [_, classes, positions] = extents;
    let log_sums = log_sums(x, extents);
    let share = dy / labels.len() as f64;
    let maps = dx.par_chunks_exact_mut(positions).zip(x.par_chunks_exact(positions)).enumerate();
    maps.for_each(|(index, (dx, x))| {
        let (image, class) = (index / classes, index % classes);
        let own = image * positions..(image + 1) * positions;
        for (((dx, x), log_sum), label) in dx.iter_mut().zip(x).zip(&log_sums[own.clone()]).zip(&labels[own])
        {
            let target = if *label == class { 1.0 } else { 0.0 };
            *dx += E::narrow(((x.widen() - log_sum).exp() - target) * share);
        }
    });
}
