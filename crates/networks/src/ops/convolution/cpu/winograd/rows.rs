//! Between maps and tiles: rows of the padded map are laid out tile row by tile row, where tiles are read and written at
//! fixed distances whatever the edges.

use super::super::padded::Padded;
use super::lines::{Lines, Shape};
use super::tile::{LANES, STEP};
use crate::cpu::product::{Matrix, MatrixMut, Shared};
use crate::cpu::rows::combine;
use crate::operation::Real;
use crate::ops::Convolution;
use std::ops::Range;

/// Numbers of V and M of one block, at most, unless the block would be too small to multiply well.
const NUMBERS: usize = 3 << 19;
/// As many where there are few channels, whose products are short: they stay in the second cache.
const NUMBERS_OF_FEW: usize = 3 << 17;
/// Few channels: no more than this. Their products are not worth what a library for large matrices does in advance.
const FEW: usize = 64;
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

    /// Whether there are so few channels that products of matrices are small.
    pub(super) fn has_few_channels(&self) -> bool {
        self.shape.inputs.max(self.shape.outputs) <= FEW
    }

    /// `out` becomes left · right, whose rows are the numbers of a block at one point.
    pub(super) fn multiply<E: Real>(
        &self,
        left: Matrix<'_, E>,
        right: Matrix<'_, E>,
        out: &mut MatrixMut<'_, E>,
    ) {
        if self.has_few_channels() {
            combine(left.weights(), right.rows(), out)
        } else {
            out.multiply(left, right, false)
        }
    }

    /// Rows of tiles per block.
    fn block_rows(&self) -> usize {
        let points = self.edge * self.edge;
        let numbers = if self.has_few_channels() { NUMBERS_OF_FEW } else { NUMBERS };
        let tiles = (numbers / (points * (self.shape.inputs + self.shape.outputs))).max(TILES);
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

    /// Image, and row of tiles within it.
    fn place(&self, row: usize) -> (usize, usize) {
        (row / self.rows, row % self.rows)
    }

    /// For every padded row that some rows of tiles read: image, and row of its map, if it is one.
    pub(super) fn sources(&self, rows: &Range<usize>) -> Vec<(usize, Option<usize>)> {
        let (padding, height) = (self.shape.window.padding, self.shape.height);
        let source = |(row, line): (usize, usize)| {
            let (image, row) = self.place(row);
            let index = row * self.advance() + line;
            let inside = index < height + 2 * padding.size();
            (image, if inside { padding.source(index, height) } else { None })
        };
        rows.clone().flat_map(|row| (0..self.edge).map(move |line| (row, line))).map(source).collect()
    }

    /// Columns of one remainder in a line.
    fn phase(&self) -> usize {
        self.inputs(&(0..0)).phase()
    }

    /// How lines are padded.
    pub(super) fn padded(&self) -> Padded {
        Padded::new(self.shape.window, self.shape.width, self.phase())
    }

    /// How the inputs of some rows of tiles are laid out.
    pub(super) fn inputs(&self, rows: &Range<usize>) -> Shape {
        Shape { edge: self.edge, stride: self.shape.window.stride, rows: rows.len(), columns: self.columns }
    }

    /// How the outputs of some rows of tiles are laid out.
    pub(super) fn outputs(&self, rows: &Range<usize>) -> Shape {
        Shape { edge: STEP, stride: 1, rows: rows.len(), columns: self.columns }
    }

    /// Lays out what rows of tiles with these sources read from one channel.
    pub(super) fn read<E: Real>(
        &self,
        x: &[E],
        channel: usize,
        (padded, sources): (&Padded, &[(usize, Option<usize>)]),
        lines: &mut Lines<'_, E>,
    ) {
        let Convolution { inputs, height, width, .. } = self.shape;
        for (index, (image, source)) in sources.iter().enumerate() {
            let (to, phase) = (lines.line(index), self.phase());
            match source {
                Some(row) => {
                    let first = ((image * inputs + channel) * height + row) * width;
                    padded.pad(&x[first..][..width], to, phase);
                }
                None => to.fill(E::zero()),
            }
        }
    }

    /// Adds to the maps of one channel what [`Tiling::read`] would have read there.
    pub(super) fn add<E: Real>(
        &self,
        dx: &Shared<'_, E>,
        channel: usize,
        (padded, sources): (&Padded, &[(usize, Option<usize>)]),
        lines: &mut Lines<'_, E>,
    ) {
        let Convolution { inputs, height, width, .. } = self.shape;
        for (index, (image, source)) in sources.iter().enumerate() {
            if let Some(row) = source {
                let first = ((image * inputs + channel) * height + row) * width;
                // SAFETY: callers, which are side by side, have different channels.
                let (phase, mut to) = (self.phase(), unsafe { dx.block(first, [1, width], width) });
                padded.unpad(lines.sum(index), phase, to.row(0));
            }
        }
    }

    /// Lays out one channel of the output's gradient; rows beyond the map are zero.
    pub(super) fn read_output<E: Real>(
        &self,
        dy: &[E],
        channel: usize,
        rows: &Range<usize>,
        lines: &mut Lines<'_, E>,
    ) {
        let shape = &self.shape;
        for (index, row) in rows.clone().enumerate() {
            let (image, first, count) = self.output(row);
            let map = &dy[(image * shape.outputs + channel) * shape.positions() + first..];
            for (line, from) in map.chunks_exact(shape.out_width).take(count).enumerate() {
                let (to, beyond) = lines.line(index * STEP + line).split_at_mut(shape.out_width);
                to.copy_from_slice(from);
                beyond.fill(E::zero());
            }
            (count..STEP).for_each(|line| lines.line(index * STEP + line).fill(E::zero()));
        }
    }

    /// The output's rows of a row of tiles: image, first position, and number of rows.
    pub(super) fn output(&self, row: usize) -> (usize, usize, usize) {
        let (image, row) = self.place(row);
        let lines = STEP.min(self.shape.out_height - row * STEP);
        (image, row * STEP * self.shape.out_width, lines)
    }
}
