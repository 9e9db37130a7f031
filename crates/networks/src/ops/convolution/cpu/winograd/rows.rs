//! Between maps and tiles: rows of the padded map are laid out tile row by tile row, where tiles are read and written at
//! fixed distances whatever the edges.

use super::super::padded::{pad, unpad};
use super::lines::{Lines, Shape};
use super::tile::{LANES, STEP};
use crate::operation::Real;
use crate::ops::{Convolution, Window};
use std::ops::Range;

/// Numbers of V and M of one block, at most, unless the block would be too small to multiply well.
const NUMBERS: usize = 3 << 19;
/// Tiles of a block, at least where there are as many.
const TILES: usize = 64;

/// How the tiles of a convolution lie: counted along rows, then down the rows of tiles of all images.
#[derive(Clone, Copy)]
pub(super) struct Tiling {
    pub(super) shape: Convolution,
    /// Rows of tiles per image.
    pub(super) rows: usize,
    /// Tiles per row.
    pub(super) columns: usize,
    /// Inputs of a tile along each axis.
    pub(super) edge: usize,
}

impl Tiling {
    pub(super) fn new(shape: &Convolution, edge: usize) -> Self {
        let (rows, columns) = (shape.out_height.div_ceil(STEP), shape.out_width.div_ceil(STEP));
        Self { shape: *shape, rows, columns, edge }
    }

    /// Rows of tiles per block.
    fn block_rows(&self) -> usize {
        let points = self.edge * self.edge;
        let tiles = (NUMBERS / (points * (self.shape.inputs + self.shape.outputs))).max(TILES);
        (tiles / self.columns).max(1)
    }

    /// The blocks, as rows of tiles.
    pub(super) fn blocks(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let (all, some) = (self.shape.images * self.rows, self.block_rows());
        (0..all).step_by(some).map(move |row| row..all.min(row + some))
    }

    /// What a channel of a block takes for one point: its tiles, rounded up to what is transformed together.
    pub(super) fn stride(&self) -> usize {
        let rows = self.block_rows().min(self.shape.images * self.rows);
        (rows * self.columns).next_multiple_of(LANES)
    }

    /// Inputs from one tile to the next.
    pub(super) fn advance(&self) -> usize {
        STEP * self.shape.window.stride
    }

    /// The padding: columns stay in their order.
    fn window(&self) -> Window {
        Window { stride: 1, ..self.shape.window }
    }

    /// Image, and row of tiles within it.
    fn place(&self, row: usize) -> (usize, usize) {
        (row / self.rows, row % self.rows)
    }

    /// The padded rows that a row of tiles reads, as rows of the map; some are rows of zeros.
    fn sources(&self, row: usize) -> impl Iterator<Item = Option<usize>> + use<> {
        let (padding, height, first) = (self.shape.window.padding, self.shape.height, row * self.advance());
        let inside = move |index: usize| index < height + 2 * padding.size();
        (first..first + self.edge)
            .map(move |index| inside(index).then(|| padding.source(index, height)).flatten())
    }

    /// How the inputs of some rows of tiles are laid out.
    pub(super) fn inputs(&self, rows: &Range<usize>) -> Shape {
        Shape { edge: self.edge, advance: self.advance(), rows: rows.len(), columns: self.columns }
    }

    /// How the outputs of some rows of tiles are laid out.
    pub(super) fn outputs(&self, rows: &Range<usize>) -> Shape {
        Shape { edge: STEP, advance: STEP, rows: rows.len(), columns: self.columns }
    }

    /// Lays out what some rows of tiles read from one channel.
    pub(super) fn read<E: Real>(&self, x: &[E], channel: usize, rows: &Range<usize>, lines: &mut Lines<E>) {
        let shape = &self.shape;
        let mut padded = vec![E::zero(); self.inputs(rows).width()];
        for (index, row) in rows.clone().enumerate() {
            let (image, row) = self.place(row);
            let map = &x[(image * shape.inputs + channel) * shape.height * shape.width..];
            for (line, source) in self.sources(row).enumerate() {
                match source {
                    Some(row) => pad(&map[row * shape.width..][..shape.width], self.window(), &mut padded),
                    None => padded.fill(E::zero()),
                }
                lines.put(line, index, &padded);
            }
        }
    }

    /// Adds to the maps of one channel what [`Tiling::read`] would have read there for the `index`-th of its rows of tiles.
    /// `padded` is overwritten.
    pub(super) fn add<E: Real>(
        &self,
        map: &mut [E],
        row: usize,
        (lines, index): (&Lines<E>, usize),
        padded: &mut [E],
    ) {
        let width = self.shape.width;
        for (line, source) in self.sources(self.place(row).1).enumerate() {
            if let Some(source) = source {
                lines.take(line, index, padded);
                unpad(padded, self.window(), &mut map[source * width..][..width]);
            }
        }
    }

    /// Lays out one channel of the output's gradient; rows beyond the map are zero.
    pub(super) fn read_output<E: Real>(
        &self,
        dy: &[E],
        channel: usize,
        rows: &Range<usize>,
        lines: &mut Lines<E>,
    ) {
        let shape = &self.shape;
        let mut padded = vec![E::zero(); self.outputs(rows).width()];
        for (index, row) in rows.clone().enumerate() {
            let (image, first, count) = self.output(row);
            let map = &dy[(image * shape.outputs + channel) * shape.positions() + first..];
            for (line, from) in map.chunks_exact(shape.out_width).take(count).enumerate() {
                padded[..shape.out_width].copy_from_slice(from);
                lines.put(line, index, &padded);
            }
            padded.fill(E::zero());
            (count..STEP).for_each(|line| lines.put(line, index, &padded));
        }
    }

    /// The output's rows of a row of tiles: image, first position, and number of rows.
    pub(super) fn output(&self, row: usize) -> (usize, usize, usize) {
        let (image, row) = self.place(row);
        let lines = STEP.min(self.shape.out_height - row * STEP);
        (image, row * STEP * self.shape.out_width, lines)
    }
}
