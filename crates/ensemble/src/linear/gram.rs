//! Gram matrices XᵀX of n×T matrices whose rows come in blocks, accumulated in double precision: the smallest pivots
//! of a deep layer's Gram matrix are thousands of times smaller than its entries, and what single precision loses
//! there changes the statistics silently.

#[cfg(target_arch = "x86_64")]
use super::avx2::Avx2;
use super::product::add_transposed_times;
use crate::scratch::sized;
use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};

/// A square matrix of double precision, row by row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Square {
    /// Rows and columns.
    pub(crate) side: usize,
    /// Entries.
    pub(crate) entries: Vec<f64>,
}

impl Square {
    /// All zero.
    pub(crate) fn zero(side: usize) -> Self {
        Self { side, entries: vec![0.0; side * side] }
    }

    /// The entry in row `row` and column `column`.
    pub(crate) fn at(&self, row: usize, column: usize) -> f64 {
        self.entries[row * self.side + column]
    }

    /// A row.
    pub(crate) fn row(&self, row: usize) -> &[f64] {
        &self.entries[row * self.side..(row + 1) * self.side]
    }

    /// The sum of the diagonal.
    pub(crate) fn trace(&self) -> f64 {
        (0..self.side).map(|index| self.at(index, index)).sum()
    }
}

/// Rows of a Gram matrix that are added to at a time, each strip up to its diagonal: low enough that little is computed
/// above the diagonal, high enough for the multiplication kernels.
const STRIP: usize = 24;

/// The lower triangle of a Gram matrix under way.
#[derive(Clone, Debug)]
pub(crate) struct Gram {
    /// By columns.
    lower: Square,
}

impl Gram {
    /// The Gram matrix of no rows.
    pub(crate) fn zero(side: usize) -> Self {
        Self { lower: Square::zero(side) }
    }

    /// Adds the units of `block` (b×T, by columns); `wide` is scratch.
    pub(crate) fn add(&mut self, block: &[f32], wide: &mut Vec<f64>) {
        let side = self.lower.side;
        let wide = sized(wide, block.len());
        widen(block, wide);
        #[cfg(target_arch = "x86_64")]
        if let Some(processor) = Avx2::detect() {
            return processor.add_gram(&mut self.lower.entries, wide, side);
        }
        self.add_by_library(wide);
    }

    /// The same on any processor.
    fn add_by_library(&mut self, block: &[f64]) {
        let side = self.lower.side;
        let x = MatRef::from_column_major_slice(block, block.len() / side, side);
        let mut lower = MatMut::from_column_major_slice_mut(&mut self.lower.entries, side, side);
        for first in (0..side).step_by(STRIP) {
            let height = STRIP.min(side - first);
            let strip = lower.as_mut().submatrix_mut(first, 0, height, first + height);
            let (left, right) = (x.subcols(first, height), x.subcols(0, first + height));
            matmul(strip, Accum::Add, left.transpose(), right, 1.0, Par::Seq);
        }
    }

    /// Adds the units of `block` with the block's sums in single precision: enough where the matrix is but the covariance
    /// of draws whose small components stay small.
    pub(crate) fn add_in_single(&mut self, block: &[f32]) {
        // By rows what stands on and above the diagonal is by columns what stands on and below it.
        let side = self.lower.side;
        add_transposed_times(&mut self.lower.entries, block, block, [side, side], true);
    }

    /// Adds the Gram matrix of further rows.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (sum, term) in self.lower.entries.iter_mut().zip(&other.lower.entries) {
            *sum += term;
        }
    }

    /// The whole symmetric matrix, times `scale`.
    pub(crate) fn finish(mut self, scale: f64) -> Square {
        let side = self.lower.side;
        for row in 0..side {
            for column in 0..=row {
                let entry = scale * self.lower.at(column, row);
                self.lower.entries[row * side + column] = entry;
                self.lower.entries[column * side + row] = entry;
            }
        }
        self.lower
    }
}

/// Copies single into double precision.
#[pulp::with_simd(widen = pulp::Arch::new())]
#[inline(always)]
fn widen_with<S: pulp::Simd>(_simd: S, narrow: &[f32], wide: &mut [f64]) {
    for (wide, narrow) in wide.iter_mut().zip(narrow) {
        *wide = f64::from(*narrow);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_add_up_to_the_whole() {
        let side = 13;
        let block = |units: usize, salt: usize| {
            (0..units * side).map(|index| ((index * 31 + salt) % 23) as f32 - 11.0).collect::<Vec<_>>()
        };
        let blocks = [block(64, 0), block(64, 1), block(22, 2)];
        let (mut first, mut second, mut wide) = (Gram::zero(side), Gram::zero(side), Vec::new());
        first.add(&blocks[0], &mut wide);
        first.add(&blocks[1], &mut wide);
        second.add(&blocks[2], &mut wide);
        first.merge(&second);
        let mut library = Gram::zero(side);
        for block in &blocks {
            library.add_by_library(&block.iter().copied().map(f64::from).collect::<Vec<_>>());
        }
        let gram = first.finish(2.0);
        assert_eq!(library.finish(2.0), gram);
        let dot = |block: &Vec<f32>, a: usize, b: usize| {
            let units = block.len() / side;
            (0..units).map(|i| f64::from(block[a * units + i]) * f64::from(block[b * units + i])).sum::<f64>()
        };
        for (row, column) in (0..side * side).map(|index| (index / side, index % side)) {
            let sum = blocks.iter().map(|block| dot(block, row, column)).sum::<f64>();
            assert_eq!(gram.at(row, column), 2.0 * sum);
        }
    }

    /// Entries that a sum in single precision would lose.
    #[test]
    fn sums_are_in_double_precision() {
        let block = [4096.0f32, 1.0 / 4096.0, 4096.0, 1.0 / 4096.0];
        let mut gram = Gram::zero(1);
        gram.add(&block, &mut Vec::new());
        assert_eq!(gram.finish(1.0).at(0, 0), 2.0 * (2f64.powi(24) + 2f64.powi(-24)));
    }
}
