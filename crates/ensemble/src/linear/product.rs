//! Products of blocks of rows, on one thread; parallelism is over networks and blocks.

use faer::linalg::matmul::matmul;
use faer::linalg::matmul::triangular::{self, BlockStructure};
use faer::{Accum, MatMut, MatRef, Par};

/// `out` (b×m) gains `left` (b×k) · `right` (k×m); the blocks by columns, `right` by rows.
pub(crate) fn add_times(out: &mut [f32], left: &[f32], right: &[f32], k: usize) {
    let (b, m) = (left.len() / k, right.len() / k);
    let out = MatMut::from_column_major_slice_mut(out, b, m);
    let left = MatRef::from_column_major_slice(left, b, k);
    matmul(out, Accum::Add, left, MatRef::from_row_major_slice(right, k, m), 1.0, Par::Seq);
}

/// `out` (b×k) becomes `left` (b×k) · `upper` (k×k, upper triangular), all by columns.
pub(crate) fn times_upper(out: &mut [f32], left: &[f32], upper: &[f32], k: usize) {
    let b = left.len() / k;
    triangular::matmul(
        MatMut::from_column_major_slice_mut(out, b, k),
        BlockStructure::Rectangular,
        Accum::Replace,
        MatRef::from_column_major_slice(left, b, k),
        BlockStructure::Rectangular,
        MatRef::from_column_major_slice(upper, k, k),
        BlockStructure::TriangularUpper,
        1.0,
        Par::Seq,
    );
}

/// `out` (k×m, by rows) gains `left`ᵀ · `right`, for blocks `left` b×k and `right` b×m by columns.
pub(crate) fn add_transposed_times(out: &mut [f32], left: &[f32], right: &[f32], k: usize, m: usize) {
    let b = left.len() / k;
    let left = MatRef::from_column_major_slice(left, b, k);
    let right = MatRef::from_column_major_slice(right, b, m);
    let out = MatMut::from_row_major_slice_mut(out, k, m);
    matmul(out, Accum::Add, left.transpose(), right, 1.0, Par::Seq);
}

/// `out` (b×m, by columns) becomes `weights` (b×n, by rows) · `x` (n×m, by columns).
pub(crate) fn weights_times(out: &mut [f32], weights: &[f32], x: &[f32], n: usize) {
    let (b, m) = (weights.len() / n, x.len() / n);
    let out = MatMut::from_column_major_slice_mut(out, b, m);
    let weights = MatRef::from_row_major_slice(weights, b, n);
    matmul(out, Accum::Replace, weights, MatRef::from_column_major_slice(x, n, m), 1.0, Par::Seq);
}

/// `out` (n×m, by columns) gains `weights`ᵀ · `delta`, for `weights` b×n by rows and `delta` b×m by columns.
pub(crate) fn add_weights_transposed(out: &mut [f32], weights: &[f32], delta: &[f32], n: usize) {
    let b = weights.len() / n;
    let m = delta.len() / b;
    let weights = MatRef::from_row_major_slice(weights, b, n);
    let out = MatMut::from_column_major_slice_mut(out, n, m);
    matmul(out, Accum::Add, weights.transpose(), MatRef::from_column_major_slice(delta, b, m), 1.0, Par::Seq);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(length: usize, salt: usize) -> Vec<f32> {
        (0..length).map(|index| ((index * 37 + salt * 11) % 19) as f32 - 9.0).collect()
    }

    /// Rows of the product of two matrices given by their entries.
    fn product(
        left: impl Fn(usize, usize) -> f32,
        right: impl Fn(usize, usize) -> f32,
        [b, k, m]: [usize; 3],
    ) -> Vec<f32> {
        let entry = |index: usize| (0..k).map(|inner| left(index / m, inner) * right(inner, index % m)).sum();
        (0..b * m).map(entry).collect()
    }

    fn transposed(matrix: &[f32], rows: usize) -> Vec<f32> {
        let columns = matrix.len() / rows;
        (0..matrix.len()).map(|index| matrix[(index % rows) * columns + index / rows]).collect()
    }

    /// Small whole numbers: every product is exact, whatever the order of the sums.
    #[test]
    fn products_are_those_by_hand() {
        for [b, k, m] in [[1, 1, 1], [5, 3, 7], [64, 20, 33], [130, 17, 1]] {
            let (left, right) = (matrix(b * k, 1), matrix(k * m, 2));
            let mut out = vec![1.0; b * m];
            add_times(&mut out, &left, &right, k);
            let expected = product(|i, j| left[j * b + i], |i, j| right[i * m + j], [b, k, m]);
            assert!(transposed(&out, m).iter().zip(&expected).all(|(out, product)| *out == 1.0 + product));

            let right = matrix(b * m, 4);
            let mut out = vec![1.0; k * m];
            add_transposed_times(&mut out, &left, &right, k, m);
            let expected = product(|i, j| left[i * b + j], |i, j| right[j * b + i], [k, b, m]);
            assert!(out.iter().zip(&expected).all(|(out, product)| *out == 1.0 + product));

            let x = matrix(k * m, 5);
            let mut out = vec![f32::NAN; b * m];
            weights_times(&mut out, &left, &x, k);
            let expected = product(|i, j| left[i * k + j], |i, j| x[j * k + i], [b, k, m]);
            assert_eq!(transposed(&out, m), expected);

            let mut out = vec![1.0; k * m];
            add_weights_transposed(&mut out, &left, &right, k);
            let expected = product(|i, j| left[j * k + i], |i, j| right[j * b + i], [k, b, m]);
            assert!(transposed(&out, m).iter().zip(&expected).all(|(out, product)| *out == 1.0 + product));
        }
    }

    #[test]
    fn what_stands_below_the_diagonal_is_not_read() {
        let (b, k) = (40, 37);
        let (left, mut upper) = (matrix(b * k, 1), matrix(k * k, 2));
        let entry = |i, j| if i <= j { upper[j * k + i] } else { 0.0 };
        let expected = product(|i, j| left[j * b + i], entry, [b, k, k]);
        for column in 0..k {
            upper[column * k + column + 1..(column + 1) * k].fill(f32::NAN);
        }
        let mut out = vec![f32::NAN; b * k];
        times_upper(&mut out, &left, &upper, k);
        assert_eq!(transposed(&out, k), expected);
    }
}
