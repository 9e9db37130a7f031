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
