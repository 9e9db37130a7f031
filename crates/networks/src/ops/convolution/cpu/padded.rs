//! Rows of a map with their padding. A kernel that moves by a stride sees every so-manieth column: the columns of a padded
//! row are sorted by their remainder, so that what one column of the kernel sees lies side by side.

use crate::operation::Real;
use crate::ops::{Convolution, Window};

/// Columns of one remainder, at most.
pub(super) fn phase(shape: &Convolution) -> usize {
    (shape.width + 2 * shape.window.padding.size()).div_ceil(shape.window.stride)
}

/// Where the columns of padded rows come from.
pub(super) struct Padded {
    stride: usize,
    /// Columns of one remainder.
    phase: usize,
    remainders: Vec<Remainder>,
}

/// The columns of one remainder.
struct Remainder {
    /// The first that is one of the map's own, which of these it is, and how many there are.
    own: [usize; 3],
    /// The others, with the column that each repeats.
    edges: Vec<(usize, usize)>,
    /// Columns of zeros.
    zeros: Vec<usize>,
}

impl Padded {
    /// Rows of `length` columns, padded, cut off after `phase` columns of each remainder, with zeros up to there.
    pub(super) fn new(Window { stride, padding }: Window, length: usize, phase: usize) -> Self {
        let size = padding.size();
        let remainder = |remainder: usize| {
            let first = size.saturating_sub(remainder).div_ceil(stride).min(phase);
            let from = (first * stride + remainder).saturating_sub(size).min(length);
            let count = (length - from).div_ceil(stride).min(phase - first);
            let (mut edges, mut zeros) = (Vec::new(), Vec::new());
            for place in (0..first).chain(first + count..phase) {
                let column = Some(place * stride + remainder).filter(|column| *column < length + 2 * size);
                match column.and_then(|column| padding.source(column, length)) {
                    Some(column) => edges.push((place, column)),
                    None => zeros.push(place),
                }
            }
            Remainder { own: [first, from, count], edges, zeros }
        };
        Self { stride, phase, remainders: (0..stride).map(remainder).collect() }
    }

    /// Writes a padded row: remainders one `pitch` after the other.
    #[inline]
    pub(super) fn pad<E: Real>(&self, source: &[E], out: &mut [E], pitch: usize) {
        for (index, Remainder { own: [first, from, count], edges, zeros }) in
            self.remainders.iter().enumerate()
        {
            let out = &mut out[index * pitch..][..self.phase];
            let (to, own) = (&mut out[*first..][..*count], &source[*from..]);
            match self.stride {
                1 => to.copy_from_slice(&own[..*count]),
                2 => {
                    let (pairs, last) = own.as_chunks::<2>();
                    to.iter_mut().zip(pairs).for_each(|(to, pair)| *to = pair[0]);
                    if let (Some(to), Some(last)) = (to.get_mut(pairs.len()), last.first()) {
                        *to = *last;
                    }
                }
                stride => to.iter_mut().zip(own.iter().step_by(stride)).for_each(|(to, own)| *to = *own),
            }
            edges.iter().for_each(|(place, column)| out[*place] = source[*column]);
            zeros.iter().for_each(|place| out[*place] = E::zero());
        }
    }

    /// Writes a row of zeros.
    pub(super) fn clear<E: Real>(&self, out: &mut [E], pitch: usize) {
        (0..self.stride).for_each(|remainder| out[remainder * pitch..][..self.phase].fill(E::zero()));
    }

    /// Adds a padded row to where it came from.
    #[inline]
    pub(super) fn unpad<E: Real>(&self, row: &[E], pitch: usize, to: &mut [E]) {
        for (index, Remainder { own: [first, from, count], edges, .. }) in self.remainders.iter().enumerate()
        {
            let row = &row[index * pitch..][..self.phase];
            let (own, to_own) = (&row[*first..][..*count], &mut to[*from..]);
            match self.stride {
                1 => to_own.iter_mut().zip(own).for_each(|(to, own)| *to += *own),
                2 => {
                    let (pairs, last) = to_own.as_chunks_mut::<2>();
                    pairs.iter_mut().zip(own).for_each(|(pair, own)| pair[0] += *own);
                    if let (Some(own), Some(last)) = (own.get(pairs.len()), last.first_mut()) {
                        *last += *own;
                    }
                }
                stride => to_own.iter_mut().step_by(stride).zip(own).for_each(|(to, own)| *to += *own),
            }
            edges.iter().for_each(|(place, column)| to[*column] += row[*place]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::Padding;

    #[test]
    fn columns_are_sorted_by_remainder() {
        let source = [1.0, 2.0, 3.0, 4.0, 5.0];
        let padded = |stride, padding, count: usize| {
            let (mut out, phase) = (vec![f64::NAN; count], count / stride);
            Padded::new(Window { stride, padding }, source.len(), phase).pad(&source, &mut out, phase);
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
                let rows = Padded::new(window, length, count / stride);
                rows.pad(&x, &mut padded, count / stride);
                rows.unpad(&row, count / stride, &mut unpadded);
                let product = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
                assert_eq!(product(&padded, &row), product(&x, &unpadded), "{window:?} {length}");
            }
        }
    }
}
