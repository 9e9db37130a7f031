//! Products of matrices whose rows stand anywhere in a slice, so that rows which overlap, as those of an unfolded
//! convolution, need not be copied. Blocks of the result stay in registers from the first term to the last. Sums run in an
//! order that depends on sizes and the width of registers alone.

use super::product::MatrixMut;
use super::real::Real;
use super::vector::Vector;
use pulp::{Arch, Simd, WithSimd};

/// Rows are as long as a multiple of this: what the widest register holds.
pub(crate) const LANES: usize = 16;

/// Rows of the result in a block.
const ROWS: usize = 4;

/// Rows in a slice, by where they start.
pub(crate) struct Rows<'a, E> {
    pub(crate) numbers: &'a [E],
    pub(crate) starts: Vec<usize>,
}

/// The matrix of `numbers[row * pitch + places[column]]`.
pub(crate) struct Weights<'a, E> {
    pub(crate) numbers: &'a [E],
    pub(crate) pitch: usize,
    pub(crate) places: Vec<usize>,
}

/// `out` becomes weights · rows.
pub(crate) fn combine<E: Real>(weights: Weights<'_, E>, rows: Rows<'_, E>, out: &mut MatrixMut<'_, E>) {
    assert!(weights.places.len() == rows.starts.len() && out.columns().is_multiple_of(LANES));
    Arch::new().dispatch(Combination { weights, rows, out });
}

/// `out` becomes, or gains, the inner products of the left rows with the right ones, which are `length` long.
pub(crate) fn inner_products<E: Real>(
    left: Rows<'_, E>,
    right: Rows<'_, E>,
    length: usize,
    out: &mut MatrixMut<'_, E>,
    add: bool,
) {
    assert!(length.is_multiple_of(LANES));
    assert_eq!([out.rows(), out.columns()], [left.starts.len(), right.starts.len()]);
    Arch::new().dispatch(InnerProducts { left, right, length, out, add });
}

/// How many registers of the result a row of a block has, where so many are left.
#[inline(always)]
fn step<S: Simd>(left: usize) -> usize {
    match left {
        6.. if S::REGISTER_COUNT >= 32 => 6,
        4.. if S::REGISTER_COUNT >= 32 => 4,
        2.. => 2,
        _ => 1,
    }
}

struct Combination<'a, 'b, E: Real> {
    weights: Weights<'a, E>,
    rows: Rows<'a, E>,
    out: &'a mut MatrixMut<'b, E>,
}

impl<E: Real> WithSimd for Combination<'_, '_, E> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let (lanes, rows, columns) = (E::Vector::<S>::LANES, self.out.rows(), self.out.columns());
        let mut first = 0;
        while first < columns {
            let count = step::<S>((columns - first) / lanes);
            match count {
                6 => self.columns::<S, 6>(simd, first, rows),
                4 => self.columns::<S, 4>(simd, first, rows),
                2 => self.columns::<S, 2>(simd, first, rows),
                _ => self.columns::<S, 1>(simd, first, rows),
            }
            first += count * lanes;
        }
    }
}

impl<E: Real> Combination<'_, '_, E> {
    #[inline(always)]
    fn columns<S: Simd, const C: usize>(&mut self, simd: S, first: usize, rows: usize) {
        for row in (0..rows - rows % ROWS).step_by(ROWS) {
            self.block::<S, ROWS, C>(simd, row, first);
        }
        for row in rows - rows % ROWS..rows {
            self.block::<S, 1, C>(simd, row, first);
        }
    }

    #[inline(always)]
    fn block<S: Simd, const R: usize, const C: usize>(&mut self, simd: S, row: usize, first: usize) {
        let lanes = E::Vector::<S>::LANES;
        let mut sums = [[E::Vector::<S>::splat(simd, E::zero()); C]; R];
        for (start, place) in self.rows.starts.iter().zip(&self.weights.places) {
            let numbers = &self.rows.numbers[start + first..][..C * lanes];
            let mut terms = [E::Vector::<S>::splat(simd, E::zero()); C];
            for column in 0..C {
                terms[column] = E::Vector::<S>::load(simd, &numbers[column * lanes..]);
            }
            for (index, sums) in sums.iter_mut().enumerate() {
                let weight = self.weights.numbers[(row + index) * self.weights.pitch + place];
                let weight = E::Vector::<S>::splat(simd, weight);
                for column in 0..C {
                    sums[column] = weight.multiply_add(terms[column], sums[column]);
                }
            }
        }
        for (index, sums) in sums.iter().enumerate() {
            let out = &mut self.out.row(row + index)[first..][..C * lanes];
            for column in 0..C {
                sums[column].store(&mut out[column * lanes..]);
            }
        }
    }
}

struct InnerProducts<'a, 'b, E: Real> {
    left: Rows<'a, E>,
    right: Rows<'a, E>,
    length: usize,
    out: &'a mut MatrixMut<'b, E>,
    add: bool,
}

impl<E: Real> WithSimd for InnerProducts<'_, '_, E> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let rows = self.out.rows();
        for row in (0..rows - rows % ROWS).step_by(ROWS) {
            self.rows::<S, ROWS>(simd, row);
        }
        for row in rows - rows % ROWS..rows {
            self.rows::<S, 1>(simd, row);
        }
    }
}

impl<E: Real> InnerProducts<'_, '_, E> {
    #[inline(always)]
    fn rows<S: Simd, const R: usize>(&mut self, simd: S, row: usize) {
        let (columns, mut first) = (self.out.columns(), 0);
        while first < columns {
            let count = step::<S>(columns - first);
            match count {
                6 => self.block::<S, R, 6>(simd, row, first),
                4 => self.block::<S, R, 4>(simd, row, first),
                2 => self.block::<S, R, 2>(simd, row, first),
                _ => self.block::<S, R, 1>(simd, row, first),
            }
            first += count;
        }
    }

    #[inline(always)]
    fn block<S: Simd, const R: usize, const C: usize>(&mut self, simd: S, row: usize, first: usize) {
        let (zero, length) = (E::Vector::<S>::splat(simd, E::zero()), self.length);
        let (mut left, mut right) = ([&[][..]; R], [&[][..]; C]);
        for (left, start) in left.iter_mut().zip(&self.left.starts[row..]) {
            *left = &self.left.numbers[*start..][..length];
        }
        for (right, start) in right.iter_mut().zip(&self.right.starts[first..]) {
            *right = &self.right.numbers[*start..][..length];
        }
        let mut sums = [[zero; C]; R];
        for place in (0..length).step_by(E::Vector::<S>::LANES) {
            let mut factors = [zero; R];
            for index in 0..R {
                factors[index] = E::Vector::<S>::load(simd, &left[index][place..]);
            }
            for column in 0..C {
                let factor = E::Vector::<S>::load(simd, &right[column][place..]);
                for index in 0..R {
                    sums[index][column] = factors[index].multiply_add(factor, sums[index][column]);
                }
            }
        }
        for (index, sums) in sums.iter().enumerate() {
            let out = &mut self.out.row(row + index)[first..][..C];
            for column in 0..C {
                let sum = sums[column].sum();
                out[column] = if self.add { out[column] + sum } else { sum };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers<E: Real>(count: usize, salt: usize) -> Vec<E> {
        (0..count).map(|index| E::narrow(((index * 7 + salt * 5) % 11) as f64 - 5.0)).collect()
    }

    /// Both products at sizes below, at and beyond every block, with overlapping rows: whole numbers, so that sums are exact.
    struct Check;

    impl WithSimd for Check {
        type Output = ();

        #[inline(always)]
        fn with_simd<S: Simd>(self, simd: S) {
            for rows in [1, 3, 4, 6, 9] {
                for (terms, length) in [(1, 16), (2, 48), (5, 112), (7, 96), (13, 208)] {
                    combines::<S, f32>(simd, rows, terms, length);
                    combines::<S, f64>(simd, rows, terms, length);
                    multiplies::<S, f32>(simd, rows, terms, length);
                    multiplies::<S, f64>(simd, rows, terms, length);
                }
            }
        }
    }

    #[inline(always)]
    fn combines<S: Simd, E: Real>(simd: S, rows: usize, terms: usize, length: usize) {
        let (pitch, right) = (2 * terms + 1, numbers::<E>(length + 3 * terms, 1));
        let left = numbers::<E>(rows * pitch, 2);
        let mut out = vec![E::nan(); rows * length];
        let weights = Weights { numbers: &left, pitch, places: (0..terms).map(|term| 2 * term).collect() };
        let of = Rows { numbers: &right, starts: (0..terms).map(|term| 3 * term).collect() };
        let mut matrix = MatrixMut::new(&mut out, [rows, length], length);
        Combination { weights, rows: of, out: &mut matrix }.with_simd(simd);
        for (index, found) in out.iter().enumerate() {
            let (row, column) = (index / length, index % length);
            let term = |term: usize| left[row * pitch + 2 * term] * right[3 * term + column];
            assert!(*found == (0..terms).map(term).fold(E::zero(), |sum, term| sum + term));
        }
    }

    #[inline(always)]
    fn multiplies<S: Simd, E: Real>(simd: S, rows: usize, columns: usize, length: usize) {
        let (left, right) = (numbers::<E>(length + 5 * rows, 1), numbers::<E>(length + 3 * columns, 2));
        for add in [false, true] {
            let mut out = vec![E::one(); rows * columns];
            let left_rows = Rows { numbers: &left, starts: (0..rows).map(|row| 5 * row).collect() };
            let right_rows = Rows { numbers: &right, starts: (0..columns).map(|row| 3 * row).collect() };
            let mut matrix = MatrixMut::new(&mut out, [rows, columns], columns);
            InnerProducts { left: left_rows, right: right_rows, length, out: &mut matrix, add }
                .with_simd(simd);
            for (index, found) in out.iter().enumerate() {
                let (row, column) = (index / columns, index % columns);
                let term = |place: usize| left[5 * row + place] * right[3 * column + place];
                let sum = (0..length).map(term).fold(E::zero(), |sum, term| sum + term);
                assert!(*found == if add { sum + E::one() } else { sum });
            }
        }
    }

    #[test]
    fn products_are_sums_of_terms() {
        Arch::new().dispatch(Check);
        #[cfg(target_arch = "x86_64")]
        if let Some(narrower) = pulp::x86::V3::try_new() {
            Check.with_simd(narrower);
        }
        Check.with_simd(pulp::Scalar);
    }
}
