//! The cross entropy on the processor. The largest logit is taken out before exponentials, which cannot overflow then.

use super::CrossEntropy;
use crate::operation::{Backward, CpuKernel, CpuPass, Real};
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

impl CpuKernel<1> for CrossEntropy {
    fn forward<E: Real>(&self, [x]: [&[E]; 1]) -> Vec<E> {
        let (labels, [_, classes, positions]) = (&self.labels, self.extents);
        let logit = |index: usize| {
            let (image, position) = (index / positions, index % positions);
            x[(image * classes + labels[index]) * positions + position].widen()
        };
        let log_sums = log_sums(x, self.extents).into_iter().enumerate();
        let loss = log_sums.map(|(index, log_sum)| log_sum - logit(index)).sum::<f64>() / labels.len() as f64;
        vec![E::narrow(loss)]
    }

    /// Adds dy (p - \[label\]) / count.
    fn backward<E: Real>(&self, pass: CpuPass<'_, 1, E>) {
        let Backward { inputs: [x], dy, gradients: [dx], .. } = pass;
        let (labels, [_, classes, positions]) = (&self.labels, self.extents);
        let log_sums = log_sums(x, self.extents);
        let share = dy[0].widen() / labels.len() as f64;
        let maps = dx.par_chunks_exact_mut(positions).zip(x.par_chunks_exact(positions)).enumerate();
        maps.for_each(|(index, (dx, x))| {
            let (image, class) = (index / classes, index % classes);
            let own = image * positions..(image + 1) * positions;
            let known = log_sums[own.clone()].iter().zip(&labels[own]);
            for ((dx, x), (log_sum, label)) in dx.iter_mut().zip(x).zip(known) {
                let target = if *label == class { 1.0 } else { 0.0 };
                *dx += E::narrow(((x.widen() - log_sum).exp() - target) * share);
            }
        });
    }
}
