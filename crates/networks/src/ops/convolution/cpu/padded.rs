//! Rows of a map with their padding. A kernel that moves by a stride sees every so-manieth column: the columns of a padded
//! row are sorted by their remainder, so that what one column of the kernel sees lies side by side.

use crate::operation::Real;
use crate::ops::{Convolution, Padding, Window};

/// Columns of one remainder, at most.
pub(super) fn phase(shape: &Convolution) -> usize {
    (shape.width + 2 * shape.window.padding.size()).div_ceil(shape.window.stride)
}

/// Where a column of a padded row stands.
#[inline]
fn place(column: usize, stride: usize, phase: usize) -> usize {
    if stride == 1 { column } else { column % stride * phase + column / stride }
}

/// The first column of a remainder at or after the map's own first, and which of the map's columns it is.
fn first(remainder: usize, stride: usize, size: usize) -> (usize, usize) {
    let first = size.saturating_sub(remainder).div_ceil(stride);
    (first, first * stride + remainder - size)
}

/// Writes a padded row, cut off where `out` ends, and zeros beyond it; `out` holds `stride` remainders one after the other.
pub(super) fn pad<E: Real>(source: &[E], Window { stride, padding }: Window, out: &mut [E]) {
    if stride == 1 {
        return pad_in_order(source, padding, out);
    }
    let (size, phase, length) = (padding.size(), out.len() / stride, out.len());
    for (remainder, out) in out.chunks_exact_mut(phase).enumerate() {
        let (first, from) = first(remainder, stride, size);
        let (out, from) = (&mut out[first.min(phase)..], &source[from.min(source.len())..]);
        out.iter_mut().zip(from.iter().step_by(stride)).for_each(|(out, value)| *out = *value);
    }
    for column in edges(source.len(), size, length) {
        let value = padding.source(column, source.len()).map_or(E::zero(), |place| source[place]);
        out[place(column, stride, phase)] = value;
    }
    for column in source.len() + 2 * size..length {
        out[place(column, stride, phase)] = E::zero();
    }
}

/// [`pad`] with stride 1, where columns stay in their order: most rows, and no division.
fn pad_in_order<E: Real>(source: &[E], padding: Padding, out: &mut [E]) {
    let (size, length) = (padding.size(), out.len());
    let count = source.len().min(length.saturating_sub(size));
    out[size.min(length)..][..count].copy_from_slice(&source[..count]);
    for column in edges(source.len(), size, length) {
        out[column] = padding.source(column, source.len()).map_or(E::zero(), |place| source[place]);
    }
    out[length.min(source.len() + 2 * size)..].fill(E::zero());
}

/// Adds a padded row to where it came from.
pub(super) fn unpad<E: Real>(row: &[E], Window { stride, padding }: Window, to: &mut [E]) {
    if stride == 1 {
        return unpad_in_order(row, padding, to);
    }
    let (size, phase, length) = (padding.size(), row.len() / stride, to.len());
    for (remainder, row) in row.chunks_exact(phase).enumerate() {
        let (first, from) = first(remainder, stride, size);
        let (row, to) = (&row[first.min(phase)..], &mut to[from.min(length)..]);
        to.iter_mut().step_by(stride).zip(row).for_each(|(to, value)| *to += *value);
    }
    for column in edges(length, size, row.len()) {
        if let Some(source) = padding.source(column, length) {
            to[source] += row[place(column, stride, phase)];
        }
    }
}

/// [`unpad`] with stride 1.
fn unpad_in_order<E: Real>(row: &[E], padding: Padding, to: &mut [E]) {
    let (size, length) = (padding.size(), to.len());
    to.iter_mut().zip(&row[size.min(row.len())..]).for_each(|(to, value)| *to += *value);
    for column in edges(length, size, row.len()) {
        if let Some(source) = padding.source(column, length) {
            to[source] += row[column];
        }
    }
}

/// The columns of a padded row that are not the map's own, as far as the row goes.
#[inline]
fn edges(length: usize, size: usize, end: usize) -> impl Iterator<Item = usize> {
    (0..size).chain(size + length..end.min(2 * size + length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_sorted_by_remainder() {
        let source = [1.0, 2.0, 3.0, 4.0, 5.0];
        let padded = |stride, padding, count: usize| {
            let mut out = vec![f64::NAN; count];
            pad(&source, Window { stride, padding }, &mut out);
            out
        };
        assert_eq!(padded(1, Padding::Reflect(2), 9), [3.0, 2.0, 1.0, 2.0, 3.0, 4.0, 5.0, 4.0, 3.0]);
        assert_eq!(padded(1, Padding::Zero(1), 9), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 0.0, 0.0, 0.0]);
        assert_eq!(padded(1, Padding::Reflect(2), 8)[5..], [4.0, 5.0, 4.0]);
        assert_eq!(padded(2, Padding::Reflect(1), 8), [2.0, 2.0, 4.0, 4.0, 1.0, 3.0, 5.0, 0.0]);
        assert_eq!(padded(3, Padding::None, 6), [1.0, 4.0, 2.0, 5.0, 3.0, 0.0]);
        assert_eq!(padded(7, Padding::Zero(3), 14)[..4], [0.0, 5.0, 0.0, 0.0]);
    }

    /// ⟨pad x, row⟩ = ⟨x, unpad row⟩.
    #[test]
    fn unpadding_is_the_adjoint() {
        for padding in [Padding::None, Padding::Zero(2), Padding::Reflect(1), Padding::Reflect(4)] {
            for (stride, length) in [(1, 5), (2, 6), (3, 7), (5, 5)] {
                let window = Window { stride, padding };
                let count = (length + 2 * padding.size()).div_ceil(stride) * stride;
                let numbers =
                    |count: usize| (0..count).map(|index| (index * index % 7) as f64).collect::<Vec<_>>();
                let (x, row) = (numbers(length), numbers(count));
                let (mut padded, mut unpadded) = (vec![0.0; count], vec![0.0; length]);
                pad(&x, window, &mut padded);
                unpad(&row, window, &mut unpadded);
                let product = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
                assert_eq!(product(&padded, &row), product(&x, &unpadded), "{window:?} {length}");
            }
        }
    }
}
