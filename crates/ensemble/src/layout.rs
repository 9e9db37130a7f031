//! How the units × columns matrices of a layer lie in memory. The units are divided into blocks of [`BLOCK_ROWS`]; blocks
//! follow each other, and within a block each column (a sample, or a perturbation) is contiguous. A block then fits into
//! a core's cache, a product has its long side along the units, and a sum over samples is a vector instruction across
//! units. The rows from any multiple of the block size to another are a contiguous piece.

use crate::plan::{BLOCK_ROWS, blocks};

/// Copies a matrix whose columns are contiguous over all its units into blocks.
pub(crate) fn into_blocks(columns: &[f32], units: usize, out: &mut [f32]) {
    let width = columns.len() / units;
    for (rows, block) in blocks(0..units).zip(out.chunks_mut(BLOCK_ROWS * width)) {
        for (column, part) in columns.chunks_exact(units).zip(block.chunks_exact_mut(rows.len())) {
            part.copy_from_slice(&column[rows.clone()]);
        }
    }
}

/// Copies blocks into a matrix whose columns are contiguous over all its units.
pub(crate) fn from_blocks(matrix: &[f32], units: usize) -> Vec<f32> {
    let width = matrix.len() / units;
    let mut columns = vec![0.0; matrix.len()];
    for (rows, block) in blocks(0..units).zip(matrix.chunks(BLOCK_ROWS * width)) {
        for (column, part) in columns.chunks_exact_mut(units).zip(block.chunks_exact(rows.len())) {
            column[rows.clone()].copy_from_slice(part);
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_and_columns_are_inverse() {
        for (units, width) in [(1, 1), (5, 3), (BLOCK_ROWS, 2), (2 * BLOCK_ROWS + 7, 4)] {
            let columns = (0..units * width).map(|index| index as f32).collect::<Vec<_>>();
            let mut matrix = vec![0.0; units * width];
            into_blocks(&columns, units, &mut matrix);
            assert_eq!(from_blocks(&matrix, units), columns);
            // The second column's second unit stands behind the first column of the first block.
            if units > 1 && width > 1 {
                assert_eq!(matrix[units.min(BLOCK_ROWS) + 1], columns[units + 1]);
            }
        }
    }
}
