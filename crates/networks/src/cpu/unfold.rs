//! A convolution as a product of matrices: unfolding copies, for every position of the output, what the kernel sees there
//! into one column (padding included); folding adds such columns back to where they came from.

use crate::ops::{Convolution, Padding};
use std::ops::{AddAssign, Range};

/// Columns of a product: about so many positions are unfolded at a time.
const POSITIONS: usize = 512;

/// Some rows of the output of one image, or all rows of several images.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) images: Range<usize>,
    pub(super) rows: Range<usize>,
}

/// Divides the output into blocks, by its shape alone.
pub(super) fn blocks(shape: &Convolution) -> Vec<Block> {
    if 2 * shape.positions() <= POSITIONS {
        let some = POSITIONS / shape.positions();
        let starts = (0..shape.images).step_by(some);
        let images = starts.map(|start| start..shape.images.min(start + some));
        return images.map(|images| Block { images, rows: 0..shape.out_height }).collect();
    }
    let some = (POSITIONS / shape.out_width).max(1);
    let parts = shape.out_height.div_ceil(some);
    // Blocks of one image are as equal as they can be.
    let bound = |part: usize| part * shape.out_height / parts;
    let rows = (0..parts).map(|part| bound(part)..bound(part + 1)).collect::<Vec<_>>();
    let of_image =
        |image| rows.iter().map(move |rows| Block { images: image..image + 1, rows: rows.clone() });
    (0..shape.images).flat_map(of_image).collect()
}

impl Block {
    /// Positions in the block.
    pub(super) fn positions(&self, shape: &Convolution) -> usize {
        self.images.len() * self.rows.len() * shape.out_width
    }
}

/// Which columns of the output see the map's own columns, for one column of the kernel.
fn inner(shape: &Convolution, kernel_column: usize) -> Range<usize> {
    let (stride, padding) = (shape.window.stride, shape.window.padding.size());
    let before = padding.saturating_sub(kernel_column).div_ceil(stride).min(shape.out_width);
    let after = (shape.width + padding).saturating_sub(kernel_column).div_ceil(stride).min(shape.out_width);
    before..after.max(before)
}

/// Unfolds some rows of the output of one image: `maps` is channels × height × width; the columns go to
/// `columns[first..]`, whose rows (channel, kernel row, kernel column) start every `stride` elements.
pub(super) fn unfold<E: Copy + Default>(
    maps: &[E],
    shape: &Convolution,
    rows: &Range<usize>,
    columns: &mut [E],
    first: usize,
    stride: usize,
) {
    let padding = shape.window.padding;
    let mut start = first;
    for map in maps.chunks_exact(shape.height * shape.width) {
        for kernel_row in 0..shape.kernel_height {
            for kernel_column in 0..shape.kernel_width {
                let inner = inner(shape, kernel_column);
                let out = &mut columns[start..start + rows.len() * shape.out_width];
                for (row, out) in rows.clone().zip(out.chunks_exact_mut(shape.out_width)) {
                    match padding.source(row * shape.window.stride + kernel_row, shape.height) {
                        Some(source) => {
                            let source = &map[source * shape.width..(source + 1) * shape.width];
                            unfold_row(source, shape, kernel_column, &inner, out);
                        }
                        None => out.fill(E::default()),
                    }
                }
                start += stride;
            }
        }
    }
}

/// One row of the output as seen by one column of the kernel.
fn unfold_row<E: Copy + Default>(
    source: &[E],
    shape: &Convolution,
    kernel_column: usize,
    inner: &Range<usize>,
    out: &mut [E],
) {
    let (stride, padding) = (shape.window.stride, shape.window.padding);
    let edge = |column: usize| padding.source(column * stride + kernel_column, source.len());
    for column in (0..inner.start).chain(inner.end..out.len()) {
        out[column] = edge(column).map_or(E::default(), |column| source[column]);
    }
    if inner.is_empty() {
        return;
    }
    let from = inner.start * stride + kernel_column - padding.size();
    let out = &mut out[inner.clone()];
    if stride == 1 {
        out.copy_from_slice(&source[from..from + out.len()]);
    } else {
        out.iter_mut().zip(source[from..].iter().step_by(stride)).for_each(|(out, source)| *out = *source);
    }
}

/// Adds columns to the maps that [`unfold`] would have read them from; `channels` of them, from the maps' first on.
pub(super) fn fold<E: Copy + AddAssign>(
    columns: &[E],
    first: usize,
    stride: usize,
    shape: &Convolution,
    rows: &Range<usize>,
    maps: &mut [E],
) {
    let padding = shape.window.padding;
    let mut start = first;
    for map in maps.chunks_exact_mut(shape.height * shape.width) {
        for kernel_row in 0..shape.kernel_height {
            for kernel_column in 0..shape.kernel_width {
                let inner = inner(shape, kernel_column);
                let out = &columns[start..start + rows.len() * shape.out_width];
                for (row, out) in rows.clone().zip(out.chunks_exact(shape.out_width)) {
                    if let Some(source) = padding.source(row * shape.window.stride + kernel_row, shape.height)
                    {
                        let source = &mut map[source * shape.width..(source + 1) * shape.width];
                        fold_row(out, shape, kernel_column, &inner, source);
                    }
                }
                start += stride;
            }
        }
    }
}

fn fold_row<E: Copy + AddAssign>(
    out: &[E],
    shape: &Convolution,
    kernel_column: usize,
    inner: &Range<usize>,
    source: &mut [E],
) {
    let (stride, padding) = (shape.window.stride, shape.window.padding);
    if let Padding::Reflect(_) = padding {
        for column in (0..inner.start).chain(inner.end..out.len()) {
            if let Some(place) = padding.source(column * stride + kernel_column, source.len()) {
                source[place] += out[column];
            }
        }
    }
    if inner.is_empty() {
        return;
    }
    let from = inner.start * stride + kernel_column - padding.size();
    let out = &out[inner.clone()];
    if stride == 1 {
        source[from..].iter_mut().zip(out).for_each(|(source, out)| *source += *out);
    } else {
        source[from..].iter_mut().step_by(stride).zip(out).for_each(|(source, out)| *source += *out);
    }
}
