//! A convolution as a product of matrices: unfolding copies, for every position of the output, what the kernel sees there
//! into one column (padding included); folding adds such columns back to where they came from.

use super::padded::{pad, phase, unpad};
use crate::operation::Real;
use crate::ops::Convolution;
use std::ops::Range;

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

/// The padded rows that some rows of the output see, as rows of the map; some are rows of zeros.
fn sources(shape: &Convolution, rows: &Range<usize>) -> impl Iterator<Item = Option<usize>> + use<> {
    let (window, height) = (shape.window, shape.height);
    let last = (rows.end - 1) * window.stride + shape.kernel_height;
    (rows.start * window.stride..last).map(move |row| window.padding.source(row, height))
}

/// Where, in padded rows, the outputs of the first row begin for a tap, and how far apart those of the next rows are.
fn starts(shape: &Convolution, [kernel_row, kernel_column]: [usize; 2]) -> (usize, usize) {
    let (stride, phase) = (shape.window.stride, phase(shape));
    let width = stride * phase;
    (kernel_row * width + kernel_column % stride * phase + kernel_column / stride, stride * width)
}

/// The taps of a kernel, row by row.
fn taps(shape: &Convolution) -> impl Iterator<Item = [usize; 2]> + use<> {
    let (height, width) = (shape.kernel_height, shape.kernel_width);
    (0..height).flat_map(move |row| (0..width).map(move |column| [row, column]))
}

/// Unfolds some rows of the output of one image: `maps` is channels × height × width; the columns go to
/// `columns[first..]`, whose rows (channel, kernel row, kernel column) start every `stride` elements.
pub(super) fn unfold<E: Real>(
    maps: &[E],
    shape: &Convolution,
    rows: &Range<usize>,
    columns: &mut [E],
    first: usize,
    stride: usize,
) {
    let (width, count) = (shape.window.stride * phase(shape), shape.out_width);
    let mut padded = vec![E::zero(); sources(shape, rows).count() * width];
    let starts = taps(shape).map(|tap| starts(shape, tap)).collect::<Vec<_>>();
    let mut place = first;
    for map in maps.chunks_exact(shape.height * shape.width) {
        for (source, out) in sources(shape, rows).zip(padded.chunks_exact_mut(width)) {
            match source {
                Some(source) => pad(&map[source * shape.width..][..shape.width], shape.window, out),
                None => out.fill(E::zero()),
            }
        }
        for (start, step) in &starts {
            for (row, out) in columns[place..][..rows.len() * count].chunks_exact_mut(count).enumerate() {
                out.copy_from_slice(&padded[start + row * step..][..count]);
            }
            place += stride;
        }
    }
}

/// Adds columns to the maps that [`unfold`] would have read them from.
pub(super) fn fold<E: Real>(
    columns: &[E],
    first: usize,
    stride: usize,
    shape: &Convolution,
    rows: &Range<usize>,
    maps: &mut [E],
) {
    let (width, count) = (shape.window.stride * phase(shape), shape.out_width);
    let mut padded = vec![E::zero(); sources(shape, rows).count() * width];
    let starts = taps(shape).map(|tap| starts(shape, tap)).collect::<Vec<_>>();
    let mut place = first;
    for map in maps.chunks_exact_mut(shape.height * shape.width) {
        padded.fill(E::zero());
        for (start, step) in &starts {
            for (row, columns) in columns[place..][..rows.len() * count].chunks_exact(count).enumerate() {
                let to = &mut padded[start + row * step..][..count];
                to.iter_mut().zip(columns).for_each(|(to, value)| *to += *value);
            }
            place += stride;
        }
        for (source, padded) in sources(shape, rows).zip(padded.chunks_exact(width)) {
            if let Some(source) = source {
                unpad(padded, shape.window, &mut map[source * shape.width..][..shape.width]);
            }
        }
    }
}
