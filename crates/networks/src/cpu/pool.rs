//! Kernels that keep fewer positions, on the processor. Maps are side by side.

use super::real::Real;
use super::sums::sum;
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
fn pool<E: Real>(x: &[E], [height, width]: [usize; 2], window: impl Fn([E; 4]) -> E + Sync) -> Vec<E> {
    let mut y = vec![E::zero(); x.len() / 4];
    let maps = y.par_chunks_exact_mut(height * width / 4).zip(x.par_chunks_exact(height * width));
    maps.with_min_len(MAPS).for_each(|(y, x)| {
        y.iter_mut().zip(windows(x, width)).for_each(|(y, x)| *y = window(x));
    });
    y
}

pub(super) fn max_pool<E: Real>(x: &[E], size: [usize; 2]) -> Vec<E> {
    pool(x, size, |window| window[largest(window)])
}

pub(super) fn max_pool_backward<E: Real>(x: &[E], [height, width]: [usize; 2], dy: &[E], dx: &mut [E]) {
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

pub(super) fn subsample<E: Real>(x: &[E], size: [usize; 2]) -> Vec<E> {
    pool(x, size, |window| window[0])
}

pub(super) fn subsample_backward<E: Real>([height, width]: [usize; 2], dy: &[E], dx: &mut [E]) {
    let maps = dx.par_chunks_exact_mut(height * width).zip(dy.par_chunks_exact(height * width / 4));
    maps.with_min_len(MAPS).for_each(|(dx, dy)| {
        for (dx, dy) in dx.chunks_exact_mut(2 * width).zip(dy.chunks_exact(width / 2)) {
            dx.iter_mut().step_by(2).zip(dy).for_each(|(dx, dy)| *dx += *dy);
        }
    });
}

/// The mean of each map.
pub(super) fn average<E: Real>(x: &[E], positions: usize) -> Vec<E> {
    let mean = |map: &[E]| E::narrow(sum(map, |value| value) / positions as f64);
    x.par_chunks_exact(positions).with_min_len(MAPS).map(mean).collect()
}

pub(super) fn average_backward<E: Real>(positions: usize, dy: &[E], dx: &mut [E]) {
    let count = E::narrow(positions as f64);
    let maps = dx.par_chunks_exact_mut(positions).zip(dy.par_iter());
    maps.with_min_len(MAPS).for_each(|(dx, dy)| {
        let share = *dy / count;
        dx.iter_mut().for_each(|dx| *dx += share);
    });
}

/// The position in the centre.
fn centre([height, width]: [usize; 2]) -> usize {
    height / 2 * width + width / 2
}

pub(super) fn one_position<E: Real>(x: &[E], size: [usize; 2]) -> Vec<E> {
    x.chunks_exact(size[0] * size[1]).map(|map| map[centre(size)]).collect()
}

pub(super) fn one_position_backward<E: Real>(size: [usize; 2], dy: &[E], dx: &mut [E]) {
    dx.chunks_exact_mut(size[0] * size[1]).zip(dy).for_each(|(dx, dy)| dx[centre(size)] += *dy);
}

/// For each image the channels of x, then those of y; given numbers per image.
pub(super) fn concatenate<E: Real>(x: &[E], y: &[E], [first, second]: [usize; 2]) -> Vec<E> {
    let mut z = vec![E::zero(); x.len() + y.len()];
    for (image, z) in z.chunks_exact_mut(first + second).enumerate() {
        let (left, right) = z.split_at_mut(first);
        copy(&x[image * first..(image + 1) * first], left);
        copy(&y[image * second..(image + 1) * second], right);
    }
    z
}

/// Elements that one thread copies or adds at a time.
const CHUNK: usize = 1 << 14;

fn copy<E: Real>(from: &[E], to: &mut [E]) {
    to.par_chunks_mut(CHUNK).zip(from.par_chunks(CHUNK)).for_each(|(to, from)| to.copy_from_slice(from));
}

/// Adds to `part`, of `length` numbers per image, those of dz from `first` on; dz has `all` per image.
pub(super) fn concatenate_backward<E: Real>(
    dz: &[E],
    all: usize,
    first: usize,
    length: usize,
    part: &mut [E],
) {
    for (image, part) in part.chunks_exact_mut(length).enumerate() {
        let dz = &dz[image * all + first..][..length];
        part.par_chunks_mut(CHUNK).zip(dz.par_chunks(CHUNK)).for_each(|(part, dz)| {
            part.iter_mut().zip(dz).for_each(|(part, dz)| *part += *dz);
        });
    }
}
