//! Rows of a map with their padding. A kernel that moves by a stride sees every so-manieth column: the columns of a padded
//! row are sorted by their remainder, so that what one column of the kernel sees lies side by side.

use super::real::Real;
use crate::ops::{Convolution, Padding, Window};

/// Columns of one remainder, at most.
pub(super) fn phase(shape: &Convolution) -> usize {
    (shape.width + 2 * shape.window.padding.size()).div_ceil(shape.window.stride)
}

/// Writes a padded row, and zeros beyond it; `out` holds `stride` remainders one after the other.
pub(super) fn pad<E: Real>(source: &[E], Window { stride, padding }: Window, out: &mut [E]) {
    let (size, phase) = (padding.size(), out.len() / stride);
    let padded = source.len() + 2 * size;
    if stride == 1 {
        out[size..size + source.len()].copy_from_slice(source);
    } else {
        for (remainder, out) in out.chunks_exact_mut(phase).enumerate() {
            // The first column of this remainder at or after the map's own first.
            let first = size.saturating_sub(remainder).div_ceil(stride);
            let from = &source[(first * stride + remainder - size).min(source.len())..];
            out[first..].iter_mut().zip(from.iter().step_by(stride)).for_each(|(out, value)| *out = *value);
        }
    }
    for (column, value) in edges(source.len(), padding) {
        out[column % stride * phase + column / stride] = value.map_or(E::zero(), |place| source[place]);
    }
    for column in padded..out.len() {
        out[column % stride * phase + column / stride] = E::zero();
    }
}

/// Adds a padded row to where it came from.
pub(super) fn unpad<E: Real>(row: &[E], Window { stride, padding }: Window, to: &mut [E]) {
    let (size, phase) = (padding.size(), row.len() / stride);
    for (remainder, row) in row.chunks_exact(phase).enumerate() {
        let first = size.saturating_sub(remainder).div_ceil(stride);
        let length = to.len();
        let to = &mut to[(first * stride + remainder - size).min(length)..];
        if stride == 1 {
            to.iter_mut().zip(&row[first..]).for_each(|(to, value)| *to += *value);
        } else {
            to.iter_mut().step_by(stride).zip(&row[first..]).for_each(|(to, value)| *to += *value);
        }
    }
    for (column, place) in edges(to.len(), padding) {
        if let Some(place) = place {
            to[place] += row[column % stride * phase + column / stride];
        }
    }
}

/// The columns of a padded row that are not the map's own, with the column that each repeats, or none for zero.
fn edges(length: usize, padding: Padding) -> impl Iterator<Item = (usize, Option<usize>)> {
    let size = padding.size();
    let columns = (0..size).chain(size + length..2 * size + length);
    columns.map(move |column| (column, padding.source(column, length)))
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
