//! The factor G = SᵀS of a semidefinite matrix, and solving with it.

use super::gram::Square;
use super::product::RightFactor;

/// An upper triangular S with SᵀS = G, for a symmetric positive semidefinite G (a Gram matrix). Where a column of the
/// matrix behind G depends linearly on the columns before it, the pivot is zero up to rounding, and the row of S is
/// zero: the rank of S is the rank of G. Nothing is added to the diagonal of G.
#[derive(Clone, Debug)]
pub(crate) struct Factor {
    /// S by rows.
    rows: Square,
    /// S by columns.
    columns: Square,
}

impl Factor {
    /// A pivot below this share of its diagonal entry counts as zero. Entries of a Gram matrix accumulated in double
    /// precision from single-precision data are off by a few units in 10¹⁵, and a Cholesky step does not enlarge that by
    /// more than the number of columns; a column that is dependent up to the rounding of its single-precision entries
    /// leaves 10⁻¹⁴. A column dropped at this threshold changes by a millionth of its length.
    pub(crate) const ZERO_PIVOT: f64 = 1e-12;

    /// The same where blocks were summed in single precision, which leaves up to 10⁻⁷ of a column's square.
    pub(crate) const ZERO_PIVOT_IN_SINGLE: f64 = 1e-6;

    // region: semidefinite factor
    /// Cholesky's factorisation of a Gram matrix, row by row, skipping zero pivots: what the rows of S above leave of a row
    /// of G, divided by the root of its pivot.
    pub(crate) fn of(gram: &Square, zero: f64) -> Self {
        let side = gram.side;
        let (mut rows, mut columns) = (Square::zero(side), Square::zero(side));
        for pivot in 0..side {
            let (above, below) = rows.entries.split_at_mut(pivot * side);
            let row = &mut below[pivot..side];
            row.copy_from_slice(&gram.row(pivot)[pivot..]);
            subtract(row, above, [side, pivot], &columns.row(pivot)[..pivot]);
            if row[0] <= zero * gram.at(pivot, pivot) {
                row.fill(0.0);
            } else {
                let scale = row[0].sqrt().recip();
                row.iter_mut().for_each(|entry| *entry *= scale);
            }
            let column = columns.entries[pivot * side + pivot..].iter_mut().step_by(side);
            column.zip(row).for_each(|(slot, entry)| *slot = *entry);
        }
        Self { rows, columns }
    }
    // endregion: semidefinite factor

    /// S in single precision, to multiply with from the right.
    pub(crate) fn single(&self) -> RightFactor {
        RightFactor::upper(&self.columns.entries, self.columns.side)
    }

    /// The number of pivots that are not zero: the rank of G.
    #[cfg(test)]
    pub(crate) fn rank(&self) -> usize {
        (0..self.rows.side).filter(|row| self.rows.at(*row, *row) > 0.0).count()
    }

    /// Replaces `right` (T×m, row by row) by a solution of G X = `right`, for a `right` in the range of G; components on
    /// dropped columns are zero.
    pub(crate) fn solve(&self, right: &mut [f64]) {
        let side = self.rows.side;
        let width = right.len() / side;
        // Sᵀ Y = right, from the first row down.
        for row in 0..side {
            let (above, current) = right.split_at_mut(row * width);
            let current = &mut current[..width];
            subtract(current, above, [width, 0], &self.columns.row(row)[..row]);
            self.divide(current, row);
        }
        self.solve_upper(right);
    }

    /// S, row by row.
    pub(crate) fn entries(&self) -> &[f64] {
        &self.rows.entries
    }

    /// Replaces `right` (T×m, row by row) by a solution X of S X = `right`, from the last row up.
    pub(crate) fn solve_upper(&self, right: &mut [f64]) {
        let side = self.rows.side;
        let width = right.len() / side;
        for row in (0..side).rev() {
            let (current, below) = right.split_at_mut((row + 1) * width);
            let current = &mut current[row * width..];
            subtract(current, below, [width, 0], &self.rows.row(row)[row + 1..]);
            self.divide(current, row);
        }
    }

    /// Divides a row by its pivot; a row without one becomes zero.
    fn divide(&self, values: &mut [f64], row: usize) {
        let pivot = self.rows.at(row, row);
        let factor = if pivot > 0.0 { pivot.recip() } else { 0.0 };
        values.iter_mut().for_each(|value| *value *= factor);
    }
}

/// `target` loses `factors[k]` times the `k`-th row of a matrix, read from a column on; four rows at a time, so that the
/// target is read and written a quarter as often.
#[pulp::with_simd(subtract = pulp::Arch::new())]
#[inline(always)]
fn subtract_with<S: pulp::Simd>(
    _simd: S,
    target: &mut [f64],
    rows: &[f64],
    [stride, column]: [usize; 2],
    factors: &[f64],
) {
    let length = target.len();
    let row = |index: usize| &rows[index * stride + column..][..length];
    let (fours, rest) = factors.as_chunks::<4>();
    for (index, [a, b, c, d]) in fours.iter().enumerate() {
        let [w, x, y, z] = [0, 1, 2, 3].map(|offset| row(4 * index + offset));
        for ((((target, w), x), y), z) in target.iter_mut().zip(w).zip(x).zip(y).zip(z) {
            *target = (-a).mul_add(*w, (-b).mul_add(*x, (-c).mul_add(*y, (-d).mul_add(*z, *target))));
        }
    }
    for (index, factor) in rest.iter().enumerate() {
        for (target, entry) in target.iter_mut().zip(row(4 * fours.len() + index)) {
            *target = (-factor).mul_add(*entry, *target);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linear::Gram;
    use proptest::prelude::*;

    /// The Gram matrix of an n×T matrix given by its rows.
    fn gram_of(x: &[f32], side: usize) -> Square {
        let rows = x.len() / side;
        let columns = (0..x.len()).map(|index| x[(index % rows) * side + index / rows]).collect::<Vec<_>>();
        let mut gram = Gram::zero(side);
        gram.add(&columns, &mut Vec::new());
        gram.finish(1.0)
    }

    fn product(factor: &Factor) -> Square {
        let side = factor.rows.side;
        let mut product = Square::zero(side);
        for (row, column) in (0..side * side).map(|index| (index / side, index % side)) {
            let entry = (0..side).map(|k| factor.rows.at(k, row) * factor.rows.at(k, column)).sum();
            product.entries[row * side + column] = entry;
        }
        product
    }

    proptest! {
        /// SᵀS = G for any rank: `rank` columns are drawn, the others are sums of two of them, or zero.
        #[test]
        fn squares_to_the_matrix(rank in 1usize..12, copies in proptest::collection::vec((0usize..12, 0usize..12, -1i8..2), 0..12), entries in proptest::collection::vec(-8i8..9, 12 * 20)) {
            let side = rank + copies.len();
            let mut x = vec![0.0f32; 20 * side];
            for (row, x) in x.chunks_mut(side).enumerate() {
                for (column, x) in x.iter_mut().take(rank).enumerate() {
                    *x = f32::from(entries[row * 12 + column]);
                }
                for (copy, (left, right, sign)) in copies.iter().enumerate() {
                    x[rank + copy] = f32::from(*sign) * (x[left % rank] + x[right % rank]);
                }
            }
            let gram = gram_of(&x, side);
            let factor = Factor::of(&gram, Factor::ZERO_PIVOT);
            prop_assert!(factor.rank() <= rank);
            let product = product(&factor);
            for row in 0..side {
                for column in 0..side {
                    let size = (gram.at(row, row) * gram.at(column, column)).sqrt();
                    // A dropped column keeps a millionth of its length to itself.
                    prop_assert!((product.at(row, column) - gram.at(row, column)).abs() <= 2e-6 * size);
                }
            }
        }
    }

    #[test]
    fn solves_in_the_range() {
        let side = 9;
        let mut x =
            (0..30 * side).map(|index| ((index * index * 13 + 5) % 29) as f32 - 14.0).collect::<Vec<_>>();
        for row in x.chunks_mut(side) {
            row[4] = row[1] - row[3];
            row[6] = 0.0;
            row[8] = row[0];
        }
        let gram = gram_of(&x, side);
        let factor = Factor::of(&gram, Factor::ZERO_PIVOT);
        assert_eq!(factor.rank(), 6);
        let coefficients = (0..side * 3).map(|index| (index % 7) as f64 - 3.0).collect::<Vec<_>>();
        let apply = |vector: &[f64]| {
            let entry = |index: usize| {
                (0..side).map(|k| gram.at(index / 3, k) * vector[k * 3 + index % 3]).sum::<f64>()
            };
            (0..side * 3).map(entry).collect::<Vec<_>>()
        };
        let right = apply(&coefficients);
        let mut solution = right.clone();
        factor.solve(&mut solution);
        assert!(solution[4 * 3..5 * 3].iter().all(|entry| *entry == 0.0));
        let largest = right.iter().fold(0.0f64, |largest, entry| largest.max(entry.abs()));
        for (found, expected) in apply(&solution).iter().zip(&right) {
            assert!((found - expected).abs() < 1e-12 * largest);
        }
    }
}
