//! Between maps and tiles: rows of the padded map are laid out tile row by tile row, where tiles are read and written at
//! fixed distances whatever the edges.

use super::tile::{LANES, Lanes, STEP, Tile};
use crate::cpu::padded::{pad, unpad};
use crate::cpu::real::Real;
use crate::ops::{Convolution, Window};
use std::ops::Range;

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

    /// Numbers in an input row.
    pub(super) fn width(&self) -> usize {
        self.columns * self.advance() + self.edge - self.advance()
    }

    /// Lays out what some rows of tiles read from one channel.
    pub(super) fn read<E: Real>(&self, x: &[E], channel: usize, rows: &Range<usize>, out: &mut Vec<E>) {
        let (shape, width) = (&self.shape, self.width());
        out.resize(rows.len() * self.edge * width, E::zero());
        for (row, out) in rows.clone().zip(out.chunks_exact_mut(self.edge * width)) {
            let (image, row) = self.place(row);
            let map = &x[(image * shape.inputs + channel) * shape.height * shape.width..];
            for (source, out) in self.sources(row).zip(out.chunks_exact_mut(width)) {
                match source {
                    Some(source) => pad(&map[source * shape.width..][..shape.width], self.window(), out),
                    None => out.fill(E::zero()),
                }
            }
        }
    }

    /// Adds to the maps of one channel what [`Tiling::read`] would have read there.
    pub(super) fn add<E: Real>(&self, map: &mut [E], row: usize, laid_out: &[E]) {
        let width = self.width();
        for (source, laid_out) in self.sources(self.place(row).1).zip(laid_out.chunks_exact(width)) {
            if let Some(source) = source {
                unpad(laid_out, self.window(), &mut map[source * self.shape.width..][..self.shape.width]);
            }
        }
    }

    /// Lays out one channel of the output's gradient.
    pub(super) fn read_output<E: Real>(
        &self,
        dy: &[E],
        channel: usize,
        rows: &Range<usize>,
        out: &mut Vec<E>,
    ) {
        let (shape, width) = (&self.shape, self.columns * STEP);
        out.resize(rows.len() * STEP * width, E::zero());
        for (row, out) in rows.clone().zip(out.chunks_exact_mut(STEP * width)) {
            let (image, row) = self.place(row);
            let map = &dy[(image * shape.outputs + channel) * shape.positions()..][..shape.positions()];
            let lines = map.chunks_exact(shape.out_width).skip(row * STEP);
            out.chunks_exact_mut(width)
                .zip(lines)
                .for_each(|(out, line)| out[..line.len()].copy_from_slice(line));
        }
    }

    /// The output's rows of a row of tiles: image, first position, and number of rows.
    pub(super) fn output(&self, row: usize) -> (usize, usize, usize) {
        let (image, row) = self.place(row);
        let lines = STEP.min(self.shape.out_height - row * STEP);
        (image, row * STEP * self.shape.out_width, lines)
    }

    /// Where each of several tiles from `first` on starts in rows laid out `height` at a time, `width` wide, for tiles that
    /// are `advance` apart. Beyond the last tile the last is repeated.
    #[inline(always)]
    pub(super) fn starts(
        &self,
        first: usize,
        tiles: usize,
        [height, width, advance]: [usize; 3],
    ) -> [usize; LANES] {
        let mut starts = [0; LANES];
        for (lane, start) in starts.iter_mut().enumerate() {
            let tile = (first + lane).min(tiles - 1);
            *start = tile / self.columns * height * width + tile % self.columns * advance;
        }
        starts
    }
}

/// Reads several tiles.
#[inline(always)]
pub(super) fn gather<E: Real, const N: usize>(
    rows: &[E],
    starts: &[usize; LANES],
    width: usize,
) -> Tile<E, N> {
    let mut tile = [[Lanes::zero(); N]; N];
    for (lane, start) in starts.iter().enumerate() {
        for (row, line) in tile.iter_mut().enumerate() {
            let from = &rows[start + row * width..][..N];
            for column in 0..N {
                line[column].0[lane] = from[column];
            }
        }
    }
    tile
}
