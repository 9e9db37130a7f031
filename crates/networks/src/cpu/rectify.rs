//! The rectified linear unit on the processor.

use super::real::Real;
use rayon::prelude::*;

/// Elements that one thread takes at a time.
const CHUNK: usize = 1 << 14;

/// max(0, x); what is not a number stays so.
pub(super) fn rectify<E: Real>(x: &[E]) -> Vec<E> {
    let mut y = vec![E::zero(); x.len()];
    y.par_chunks_mut(CHUNK).zip(x.par_chunks(CHUNK)).for_each(|(y, x)| {
        y.iter_mut().zip(x).for_each(|(y, x)| *y = if *x < E::zero() { E::zero() } else { *x });
    });
    y
}

/// Adds dy where y is positive.
pub(super) fn backward<E: Real>(y: &[E], dy: &[E], dx: &mut [E]) {
    let chunks = dx.par_chunks_mut(CHUNK).zip(y.par_chunks(CHUNK)).zip(dy.par_chunks(CHUNK));
    chunks.for_each(|((dx, y), dy)| {
        for ((dx, y), dy) in dx.iter_mut().zip(y).zip(dy) {
            *dx += if *y > E::zero() { *dy } else { E::zero() };
        }
    });
}

/// x becomes max(0, x).
pub(super) fn rectify_in_place<E: Real>(x: &mut [E]) {
    x.par_chunks_mut(CHUNK).for_each(|x| {
        x.iter_mut().for_each(|x| *x = if *x < E::zero() { E::zero() } else { *x });
    });
}

/// The gradient stays where y is positive.
pub(super) fn backward_in_place<E: Real>(y: &[E], gradient: &mut [E]) {
    gradient.par_chunks_mut(CHUNK).zip(y.par_chunks(CHUNK)).for_each(|(gradient, y)| {
        for (gradient, y) in gradient.iter_mut().zip(y) {
            *gradient = if *y > E::zero() { *gradient } else { E::zero() };
        }
    });
}
