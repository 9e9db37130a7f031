//! Operations that keep fewer positions, on the processor. Maps are side by side.

use super::{Average, MaxPool, OnePosition, Subsample};
use crate::cpu::sums::sum;
use crate::operation::{Backward, CpuKernel, CpuPass, Real};
use crate::tensors::MapShape;
use rayon::prelude::*;

/// Maps that one thread takes at least.
const MAPS: usize = 8;

/// Where the largest of a 2×2 window stands, in a tie the first; what is not a number counts as largest.
fn largest<E: Real>(window: [E; 4]) -> usize {
    let larger = |best: usize, next: usize| {
        if window[next] > window[best] || (window[next].is_nan() && !window[best].is_nan()) {
            next
        } else {
            best
        }
    };
    larger(larger(larger(0, 1), 2), 3)
}

/// The 2×2 windows of a map of `width` columns, left to right and top to bottom.
fn windows<E: Real>(map: &[E], width: usize) -> impl Iterator<Item = [E; 4]> + '_ {
    map.chunks_exact(2 * width).flat_map(move |rows| {
        let (top, bottom) = rows.split_at(width);
        let pairs = top.chunks_exact(2).zip(bottom.chunks_exact(2));
        pairs.map(|(top, bottom)| [top[0], top[1], bottom[0], bottom[1]])
    })
}

/// Applies `window` to each 2×2 window of maps of height × width.
fn pool<E: Real>(x: &[E], (.., height, width): MapShape, window: impl Fn([E; 4]) -> E + Sync) -> Vec<E> {
    let mut y = vec![E::zero(); x.len() / 4];
    let maps = y.par_chunks_exact_mut(height * width / 4).zip(x.par_chunks_exact(height * width));
    maps.with_min_len(MAPS).for_each(|(y, x)| {
        y.iter_mut().zip(windows(x, width)).for_each(|(y, x)| *y = window(x));
    });
    y
}

impl CpuKernel<1> for MaxPool {
    fn forward<E: Real>(&self, [x]: [&[E]; 1]) -> Vec<E> {
        pool(x, self.maps, |window| window[largest(window)])
    }

    fn backward<E: Real>(&self, pass: CpuPass<'_, 1, E>) {
        let Backward { inputs: [x], dy, gradients: [dx], .. } = pass;
        let (.., height, width) = self.maps;
        let (map, small) = (height * width, height * width / 4);
        let maps = dx.par_chunks_exact_mut(map).zip(x.par_chunks_exact(map)).zip(dy.par_chunks_exact(small));
        maps.with_min_len(MAPS).for_each(|((dx, x), dy)| {
            for (index, (window, dy)) in windows(x, width).zip(dy).enumerate() {
                let place = largest(window);
                let (row, column) = (index / (width / 2), index % (width / 2));
                dx[(2 * row + place / 2) * width + 2 * column + place % 2] += *dy;
            }
        });
    }
}

impl CpuKernel<1> for Subsample {
    fn forward<E: Real>(&self, [x]: [&[E]; 1]) -> Vec<E> {
        pool(x, self.maps, |window| window[0])
    }

    fn backward<E: Real>(&self, Backward { dy, gradients: [dx], .. }: CpuPass<'_, 1, E>) {
        let (.., height, width) = self.maps;
        let maps = dx.par_chunks_exact_mut(height * width).zip(dy.par_chunks_exact(height * width / 4));
        maps.with_min_len(MAPS).for_each(|(dx, dy)| {
            for (dx, dy) in dx.chunks_exact_mut(2 * width).zip(dy.chunks_exact(width / 2)) {
                dx.iter_mut().step_by(2).zip(dy).for_each(|(dx, dy)| *dx += *dy);
            }
        });
    }
}

impl CpuKernel<1> for Average {
    fn forward<E: Real>(&self, [x]: [&[E]; 1]) -> Vec<E> {
        let (.., height, width) = self.maps;
        let mean = |map: &[E]| E::narrow(sum(map, |value| value) / (height * width) as f64);
        x.par_chunks_exact(height * width).with_min_len(MAPS).map(mean).collect()
    }

    fn backward<E: Real>(&self, Backward { dy, gradients: [dx], .. }: CpuPass<'_, 1, E>) {
        let (.., height, width) = self.maps;
        let count = E::narrow((height * width) as f64);
        let maps = dx.par_chunks_exact_mut(height * width).zip(dy.par_iter());
        maps.with_min_len(MAPS).for_each(|(dx, dy)| {
            let share = *dy / count;
            dx.iter_mut().for_each(|dx| *dx += share);
        });
    }
}

impl CpuKernel<1> for OnePosition {
    fn forward<E: Real>(&self, [x]: [&[E]; 1]) -> Vec<E> {
        let (.., height, width) = self.maps;
        x.chunks_exact(height * width).map(|map| map[height / 2 * width + width / 2]).collect()
    }

    fn backward<E: Real>(&self, Backward { dy, gradients: [dx], .. }: CpuPass<'_, 1, E>) {
        let (.., height, width) = self.maps;
        let maps = dx.chunks_exact_mut(height * width).zip(dy);
        maps.for_each(|(dx, dy)| dx[height / 2 * width + width / 2] += *dy);
    }
}
