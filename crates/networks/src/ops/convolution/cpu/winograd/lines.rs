//! Tiles of one channel, laid out line by line: a line holds the same row of every tile of a block, four numbers of a tile
//! at a time, so that numbers of the same column of all tiles come out side by side in registers, whatever the edges of
//! maps. Tiles come out in another order than they went in: the same for all that has to do with a block.

use super::tile::LANES;
use crate::cpu::vector::Vector;
use crate::operation::Real;
use pulp::{Arch, Simd, WithSimd};
use std::ops::Range;

/// Numbers of a line that stay together.
const QUAD: usize = 4;

/// How tiles are laid out.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    /// Numbers of a tile along each axis.
    pub(super) edge: usize,
    /// Numbers from one tile to the next: a multiple of four, and at most `edge`.
    pub(super) advance: usize,
    /// Rows of tiles.
    pub(super) rows: usize,
    /// Tiles per row.
    pub(super) columns: usize,
}

impl Shape {
    /// Tiles, with zeros up to what is transformed together.
    #[inline(always)]
    pub(super) fn tiles(&self) -> usize {
        (self.rows * self.columns).next_multiple_of(LANES)
    }

    /// Fours of a row of a tile; the last may have fewer numbers that count.
    #[inline(always)]
    fn quads(&self) -> usize {
        self.edge.div_ceil(QUAD)
    }

    /// Numbers that a row of tiles has in a line.
    pub(super) fn width(&self) -> usize {
        self.columns * self.advance + self.quads() * QUAD - self.advance
    }

    /// The fours of all tiles at one place.
    #[inline(always)]
    fn place(&self, line: usize, quad: usize) -> Range<usize> {
        let size = QUAD * self.tiles();
        let first = (line * self.quads() + quad) * size;
        first..first + size
    }

    /// Of these, a row of tiles.
    #[inline(always)]
    fn part(&self, line: usize, row: usize, quad: usize) -> Range<usize> {
        let first = self.place(line, quad).start + QUAD * row * self.columns;
        first..first + QUAD * self.columns
    }
}

/// Lines of the tiles of a block.
pub(super) struct Lines<E> {
    numbers: Vec<E>,
    shape: Shape,
}

impl<E: Real> Lines<E> {
    pub(super) fn new(shape: Shape) -> Self {
        Self { numbers: vec![E::zero(); shape.edge * shape.quads() * QUAD * shape.tiles()], shape }
    }

    /// Sets one line of a row of tiles.
    pub(super) fn put(&mut self, line: usize, row: usize, numbers: &[E]) {
        let shape = self.shape;
        for quad in 0..shape.quads() {
            let (to, from) = (&mut self.numbers[shape.part(line, row, quad)], &numbers[quad * QUAD..]);
            if shape.advance == QUAD {
                to.copy_from_slice(&from[..to.len()]);
            } else {
                let fours = to.as_chunks_mut::<QUAD>().0.iter_mut().zip(from.chunks(shape.advance));
                fours.for_each(|(to, from)| to.copy_from_slice(&from[..QUAD]));
            }
        }
    }

    /// The adjoint of [`Lines::put`]: numbers that tiles share are added.
    pub(super) fn take(&self, line: usize, row: usize, numbers: &mut [E]) {
        let shape = self.shape;
        numbers[shape.columns * shape.advance..].fill(E::zero());
        for quad in 0..shape.quads() {
            let (from, to) = (&self.numbers[shape.part(line, row, quad)], &mut numbers[quad * QUAD..]);
            let is_first = quad * QUAD < shape.advance;
            if shape.advance == QUAD && is_first {
                to[..from.len()].copy_from_slice(from);
            } else if shape.advance == QUAD {
                to.iter_mut().zip(from).for_each(|(to, from)| *to += *from);
            } else {
                for (from, to) in from.as_chunks::<QUAD>().0.iter().zip(to.chunks_mut(shape.advance)) {
                    let both = to.iter_mut().zip(from);
                    both.for_each(|(to, from)| *to = if is_first { *from } else { *to + *from });
                }
            }
        }
    }

    /// Sorts the numbers by their place in the tile: those of one place, `stride` from those of the next.
    pub(super) fn split(&self, places: &mut [E], stride: usize) {
        Arch::new().dispatch(Split { lines: self, places, stride });
    }

    /// The adjoint of [`Lines::split`], which is its inverse where tiles do not overlap.
    pub(super) fn join(&mut self, places: &[E], stride: usize) {
        Arch::new().dispatch(Join { lines: self, places, stride });
    }
}

struct Split<'a, E> {
    lines: &'a Lines<E>,
    places: &'a mut [E],
    stride: usize,
}

impl<E: Real> WithSimd for Split<'_, E> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { lines: Lines { numbers, shape }, places, stride } = self;
        let (lanes, edge) = (E::Vector::<S>::LANES, shape.edge);
        for quad in 0..edge * shape.quads() {
            let (line, first) = (quad / shape.quads(), QUAD * (quad % shape.quads()));
            let numbers = &numbers[shape.place(line, first / QUAD)];
            for tile in (0..shape.tiles()).step_by(lanes) {
                let mut fours = [E::Vector::<S>::splat(simd, E::zero()); QUAD];
                for part in 0..QUAD {
                    fours[part] = E::Vector::<S>::load(simd, &numbers[QUAD * tile + part * lanes..]);
                }
                let columns = E::Vector::<S>::split(fours);
                for column in 0..QUAD.min(edge - first) {
                    columns[column].store(&mut places[(line * edge + first + column) * stride + tile..]);
                }
            }
        }
    }
}

struct Join<'a, E> {
    lines: &'a mut Lines<E>,
    places: &'a [E],
    stride: usize,
}

impl<E: Real> WithSimd for Join<'_, E> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { lines: Lines { numbers, shape }, places, stride } = self;
        let (lanes, edge) = (E::Vector::<S>::LANES, shape.edge);
        for quad in 0..edge * shape.quads() {
            let (line, first) = (quad / shape.quads(), QUAD * (quad % shape.quads()));
            let numbers = &mut numbers[shape.place(line, first / QUAD)];
            for tile in (0..shape.tiles()).step_by(lanes) {
                let mut columns = [E::Vector::<S>::splat(simd, E::zero()); QUAD];
                for (column, vector) in columns.iter_mut().enumerate().take(edge - first) {
                    let place = (line * edge + first + column) * stride + tile;
                    *vector = E::Vector::<S>::load(simd, &places[place..]);
                }
                let fours = E::Vector::<S>::join(columns);
                for part in 0..QUAD {
                    fours[part].store(&mut numbers[QUAD * tile + part * lanes..]);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Inputs of stride 1 and 2, and outputs: odd numbers of tiles, fewer and more than a register holds.
    fn shapes() -> impl Iterator<Item = Shape> {
        let kinds = [(6, 4), (9, 8), (4, 4)].into_iter();
        kinds.flat_map(|(edge, advance)| {
            [(1, 1), (3, 5), (5, 7)].map(|(rows, columns)| Shape { edge, advance, rows, columns })
        })
    }

    /// Every line of every row of tiles, put and sorted.
    fn sorted(shape: Shape, number: impl Fn(usize, usize, usize) -> f64) -> Vec<f64> {
        let mut lines = Lines::new(shape);
        for (line, row) in (0..shape.edge).flat_map(|line| (0..shape.rows).map(move |row| (line, row))) {
            let numbers: Vec<f64> = (0..shape.width()).map(|column| number(line, row, column)).collect();
            lines.put(line, row, &numbers);
        }
        let mut places = vec![f64::NAN; shape.edge * shape.edge * shape.tiles()];
        lines.split(&mut places, shape.tiles());
        places
    }

    #[test]
    fn every_tile_comes_out_whole_and_the_rest_is_zero() {
        for shape in shapes() {
            let number = |line, row, column| (1 + (line * shape.rows + row) * shape.width() + column) as f64;
            let (places, stride) = (sorted(shape, number), shape.tiles());
            let mut expected: Vec<Vec<f64>> = vec![vec![0.0; shape.edge * shape.edge]; stride];
            for (tile, numbers) in expected.iter_mut().take(shape.rows * shape.columns).enumerate() {
                let (row, first) = (tile / shape.columns, tile % shape.columns * shape.advance);
                for (place, value) in numbers.iter_mut().enumerate() {
                    *value = number(place / shape.edge, row, first + place % shape.edge);
                }
            }
            let of = |tile: usize| places.iter().skip(tile).step_by(stride).copied().collect::<Vec<f64>>();
            let mut found: Vec<Vec<f64>> = (0..stride).map(of).collect();
            found.sort_by(|one, other| one[0].total_cmp(&other[0]));
            expected.sort_by(|one, other| one[0].total_cmp(&other[0]));
            assert_eq!(found, expected);
        }
    }

    /// ⟨split put x, p⟩ = ⟨x, take join p⟩.
    #[test]
    fn joining_is_the_adjoint_of_splitting() {
        for shape in shapes() {
            // What is beyond the numbers that count does not come back.
            let counts = shape.columns * shape.advance + shape.edge - shape.advance;
            let number = |line: usize, row: usize, column: usize| match column {
                column if column < counts => ((line * 5 + row * 3 + column) % 7) as f64 - 3.0,
                _ => 0.0,
            };
            let split = sorted(shape, number);
            let places: Vec<f64> = (0..split.len()).map(|index| (index * index % 11) as f64 - 5.0).collect();
            let mut lines = Lines::new(shape);
            lines.join(&places, shape.tiles());
            let (mut taken, mut sum) = (vec![f64::NAN; shape.width()], 0.0);
            for (line, row) in (0..shape.edge).flat_map(|line| (0..shape.rows).map(move |row| (line, row))) {
                lines.take(line, row, &mut taken);
                sum += taken.iter().enumerate().map(|(at, taken)| taken * number(line, row, at)).sum::<f64>();
            }
            assert_eq!(split.iter().zip(&places).map(|(split, place)| split * place).sum::<f64>(), sum);
        }
    }
}
