//! Products of blocks of rows, on one thread; parallelism is over networks and blocks.

use faer::linalg::matmul::matmul;
use faer::linalg::matmul::triangular::{self, BlockStructure};
use faer::{Accum, MatMut, MatRef, Par};

#[cfg(target_arch = "x86_64")]
use super::avx2::{Avx2, Panels};

/// A k×m matrix that blocks of rows are multiplied by from the right.
#[derive(Debug)]
pub(crate) struct RightFactor {
    rows: usize,
    /// Whether nothing stands below the diagonal.
    triangular: bool,
    layout: Layout,
}

#[derive(Debug)]
enum Layout {
    /// By columns.
    Plain(Vec<f32>),
    #[cfg(target_arch = "x86_64")]
    Panels(Panels),
}

impl RightFactor {
    /// A square matrix given by columns, of which only what stands on and above the diagonal is read.
    pub(crate) fn upper(entries: &[f64], side: usize) -> Self {
        Self::new([side, side], true, |row, column| entries[column * side + row] as f32)
    }

    /// A matrix given by rows.
    pub(crate) fn full(entries: &[f64], rows: usize) -> Self {
        let columns = entries.len() / rows;
        Self::new([rows, columns], false, |row, column| entries[row * columns + column] as f32)
    }

    fn new([rows, columns]: [usize; 2], triangular: bool, entry: impl Fn(usize, usize) -> f32) -> Self {
        #[cfg(target_arch = "x86_64")]
        if let Some(processor) = Avx2::detect() {
            let depth = |column: usize| if triangular { column + 1 } else { rows };
            let layout = Layout::Panels(processor.panels([rows, columns], entry, depth));
            return Self { rows, triangular, layout };
        }
        Self::plain([rows, columns], triangular, entry)
    }

    /// The same on any processor.
    fn plain([rows, columns]: [usize; 2], triangular: bool, entry: impl Fn(usize, usize) -> f32) -> Self {
        let mut entries = vec![0.0; rows * columns];
        for (column, entries) in entries.chunks_exact_mut(rows).enumerate() {
            let filled = if triangular { column + 1 } else { rows };
            for (row, slot) in entries[..filled].iter_mut().enumerate() {
                *slot = entry(row, column);
            }
        }
        Self { rows, triangular, layout: Layout::Plain(entries) }
    }

    /// `out` (b×m) becomes, or if `GAIN` gains, `left` (b×k) times this matrix; blocks by columns.
    pub(crate) fn times<const GAIN: bool>(&self, out: &mut [f32], left: &[f32]) {
        let entries = match &self.layout {
            Layout::Plain(entries) => entries,
            #[cfg(target_arch = "x86_64")]
            Layout::Panels(panels) => return panels.times::<GAIN>(out, left),
        };
        let (b, k) = (left.len() / self.rows, self.rows);
        let m = entries.len() / k;
        let form =
            if self.triangular { BlockStructure::TriangularUpper } else { BlockStructure::Rectangular };
        triangular::matmul(
            MatMut::from_column_major_slice_mut(out, b, m),
            BlockStructure::Rectangular,
            if GAIN { Accum::Add } else { Accum::Replace },
            MatRef::from_column_major_slice(left, b, k),
            BlockStructure::Rectangular,
            MatRef::from_column_major_slice(entries, k, m),
            form,
            1.0,
            Par::Seq,
        );
    }
}

/// `out` (k×m, by rows) gains `left`ᵀ · `right`, for blocks `left` b×k and `right` b×m by columns: each block's sums in
/// single precision, the total in double. If `triangle`, what stands below the diagonal is left undefined.
pub(crate) fn add_transposed_times(
    out: &mut [f64],
    left: &[f32],
    right: &[f32],
    [k, m]: [usize; 2],
    triangle: bool,
) {
    #[cfg(target_arch = "x86_64")]
    if let Some(processor) = Avx2::detect() {
        return processor.add_transposed_times(out, left, right, [k, m], triangle);
    }
    add_transposed_times_by_library(out, left, right, [k, m], triangle);
}

/// The same on any processor.
fn add_transposed_times_by_library(
    out: &mut [f64],
    left: &[f32],
    right: &[f32],
    [k, m]: [usize; 2],
    triangle: bool,
) {
    let b = left.len() / k;
    let left = MatRef::from_column_major_slice(left, b, k);
    let right = MatRef::from_column_major_slice(right, b, m);
    let mut product = vec![0.0; k * m];
    let form = if triangle { BlockStructure::TriangularUpper } else { BlockStructure::Rectangular };
    triangular::matmul(
        MatMut::from_row_major_slice_mut(&mut product, k, m),
        form,
        Accum::Add,
        left.transpose(),
        BlockStructure::Rectangular,
        right,
        BlockStructure::Rectangular,
        1.0,
        Par::Seq,
    );
    out.iter_mut().zip(product).for_each(|(out, sum)| *out += f64::from(sum));
}

/// `out` (b×m, by columns) becomes `weights` (b×n, by rows) · `x` (n×m, by columns).
pub(crate) fn weights_times(out: &mut [f32], weights: &[f32], x: &[f32], n: usize) {
    let (b, m) = (weights.len() / n, x.len() / n);
    let out = MatMut::from_column_major_slice_mut(out, b, m);
    let weights = MatRef::from_row_major_slice(weights, b, n);
    matmul(out, Accum::Replace, weights, MatRef::from_column_major_slice(x, n, m), 1.0, Par::Seq);
}

/// `weights`ᵀ · `delta` (n×m, by columns), for `weights` b×n by rows and `delta` b×m by columns.
pub(crate) fn weights_transposed_times(weights: &[f32], delta: &[f32], n: usize) -> Vec<f32> {
    let b = weights.len() / n;
    let m = delta.len() / b;
    let mut product = vec![0.0; n * m];
    let out = MatMut::from_column_major_slice_mut(&mut product, n, m);
    let (weights, delta) =
        (MatRef::from_row_major_slice(weights, b, n), MatRef::from_column_major_slice(delta, b, m));
    matmul(out, Accum::Replace, weights.transpose(), delta, 1.0, Par::Seq);
    product
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
            let by_rows = right.iter().copied().map(f64::from).collect::<Vec<_>>();
            let expected = product(|i, j| left[j * b + i], |i, j| right[i * m + j], [b, k, m]);
            let plain = RightFactor::plain([k, m], false, |i, j| right[i * m + j]);
            for factor in [RightFactor::full(&by_rows, k), plain] {
                let mut out = vec![1.0; b * m];
                factor.times::<true>(&mut out, &left);
                assert!(
                    transposed(&out, m).iter().zip(&expected).all(|(out, product)| *out == 1.0 + product)
                );
            }

            let right = matrix(b * m, 4);
            for add in [add_transposed_times, add_transposed_times_by_library] {
                let mut out = vec![1.0; k * m];
                add(&mut out, &left, &right, [k, m], false);
                let expected = product(|i, j| left[i * b + j], |i, j| right[j * b + i], [k, b, m]);
                assert!(out.iter().zip(&expected).all(|(out, product)| *out == 1.0 + f64::from(*product)));

                let mut out = vec![0.0; k * k];
                add(&mut out, &left, &left, [k, k], true);
                let expected = product(|i, j| left[i * b + j], |i, j| left[j * b + i], [k, b, k]);
                let mut above = (0..k * k).filter(|index| index / k <= index % k);
                assert!(above.all(|index| out[index] == f64::from(expected[index])));
            }

            let x = matrix(k * m, 5);
            let mut out = vec![f32::NAN; b * m];
            weights_times(&mut out, &left, &x, k);
            let expected = product(|i, j| left[i * k + j], |i, j| x[j * k + i], [b, k, m]);
            assert_eq!(transposed(&out, m), expected);

            let expected = product(|i, j| left[j * k + i], |i, j| right[j * b + i], [k, b, m]);
            assert_eq!(transposed(&weights_transposed_times(&left, &right, k), m), expected);
        }
    }

    #[test]
    fn what_stands_below_the_diagonal_is_not_read() {
        let (b, k) = (40, 37);
        let (left, mut upper) =
            (matrix(b * k, 1), matrix(k * k, 2).into_iter().map(f64::from).collect::<Vec<_>>());
        let entry = |i, j| if i <= j { upper[j * k + i] as f32 } else { 0.0 };
        let expected = product(|i, j| left[j * b + i], entry, [b, k, k]);
        for column in 0..k {
            upper[column * k + column + 1..(column + 1) * k].fill(f64::NAN);
        }
        let plain = RightFactor::plain([k, k], true, |i, j| upper[j * k + i] as f32);
        for factor in [RightFactor::upper(&upper, k), plain] {
            let mut out = vec![f32::NAN; b * k];
            factor.times::<false>(&mut out, &left);
            assert_eq!(transposed(&out, k), expected);
        }
    }
}
