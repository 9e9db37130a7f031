//! Rows of the padded maps of one channel, laid out line by line so that a register reads the same row of tiles side by
//! side. Numbers of a line come in fours, one after the other for successive tiles; where maps are read at every other
//! column, the even columns of a line come first. Tiles come out of registers in another order than they went in: the same
//! for all that has to do with a block.

use super::tile::LANES;
use crate::cpu::scratch::Scratch;
use crate::cpu::vector::Vector;
use crate::operation::Real;
use pulp::Simd;

/// Numbers of a line that stay together.
const QUAD: usize = 4;

/// How tiles are laid out.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    /// Numbers of a tile along each axis.
    pub(super) edge: usize,
    /// Fours of even columns and fours of odd ones (2), or fours of columns in their order (1).
    pub(super) stride: usize,
    /// Rows of tiles.
    pub(super) rows: usize,
    /// Tiles per row.
    pub(super) columns: usize,
}

impl Shape {
    /// Tiles, with zeros up to what is transformed together.
    pub(super) fn tiles(&self) -> usize {
        (self.rows * self.columns).next_multiple_of(LANES)
    }

    /// Numbers of a line of one remainder.
    #[inline(always)]
    pub(super) fn phase(&self) -> usize {
        QUAD * (self.columns + 1)
    }

    /// Numbers of a line.
    #[inline(always)]
    fn width(&self) -> usize {
        self.stride * self.phase()
    }

    /// From one line to the next: behind its numbers stands what tiles give to those of the tile beside them.
    #[inline(always)]
    fn pitch(&self) -> usize {
        self.width() + QUAD * self.columns
    }

    /// Where the first number of each tile stands; those that are there for their zeros share a place behind the others.
    pub(super) fn origins(&self) -> Vec<usize> {
        let size = self.edge * self.pitch();
        let origin = |tile: usize| match tile / self.columns {
            row if row < self.rows => row * size + QUAD * (tile % self.columns),
            _ => self.rows * size + QUAD * (tile % QUAD),
        };
        (0..self.tiles()).map(origin).collect()
    }
}

/// Which column of a tile is the `place`-th number of its `quad`-th four, if there is such a column.
#[inline(always)]
fn column<const M: usize>(quad: usize, place: usize) -> Option<usize> {
    let stride = if M % 2 == 1 { 2 } else { 1 };
    let column = if quad == 2 { stride * place + 1 } else { stride * (QUAD * quad + place) };
    if column < M { Some(column) } else { None }
}

/// Lines of the tiles of a block.
pub(super) struct Lines<'a, E: Real> {
    numbers: Scratch<E>,
    shape: Shape,
    origins: &'a [usize],
}

impl<'a, E: Real> Lines<'a, E> {
    /// Lines without meaning, with the [`Shape::origins`] of their shape.
    pub(super) fn new(shape: Shape, origins: &'a [usize]) -> Self {
        let first = shape.rows * shape.edge * shape.pitch();
        let mut numbers = Scratch::new(first + shape.edge * shape.pitch() + QUAD * QUAD);
        numbers[first..].fill(E::zero());
        Self { numbers, shape, origins }
    }

    /// Tiles, with zeros up to what is transformed together.
    pub(super) fn tiles(&self) -> usize {
        self.origins.len()
    }

    /// A line: every row of tiles has as many as a tile has rows.
    pub(super) fn line(&mut self, line: usize) -> &mut [E] {
        &mut self.numbers[line * self.shape.pitch()..][..self.shape.width()]
    }

    /// A line of tiles of more than four columns that were written: numbers that they share are added.
    pub(super) fn sum(&mut self, line: usize) -> &[E] {
        let (Shape { columns, .. }, pitch) = (self.shape, self.shape.pitch());
        let (line, beside) = self.numbers[line * pitch..][..pitch].split_at_mut(self.shape.width());
        line.chunks_exact_mut(self.shape.phase()).for_each(|line| line[QUAD * columns..].fill(E::zero()));
        line[QUAD..].iter_mut().zip(beside).for_each(|(line, beside)| *line += *beside);
        line
    }

    /// Whether the numbers of a register of so many stand side by side.
    #[inline(always)]
    fn is_straight(&self, lanes: usize) -> bool {
        lanes <= QUAD || self.shape.columns.is_multiple_of(lanes / QUAD)
    }

    /// Row `line` of as many tiles as a register holds numbers, from tile `first` on.
    #[inline(always)]
    pub(super) fn load<S: Simd, const M: usize>(
        &self,
        simd: S,
        first: usize,
        line: usize,
    ) -> [E::Vector<S>; M] {
        let lanes = E::Vector::<S>::LANES;
        let mut row = [E::Vector::<S>::splat(simd, E::zero()); M];
        for quad in 0..M.div_ceil(QUAD) {
            let start = [0, QUAD, self.shape.phase()][quad] + line * self.shape.pitch();
            let mut fours = [E::Vector::<S>::splat(simd, E::zero()); QUAD];
            if self.is_straight(lanes) {
                for (part, four) in fours.iter_mut().enumerate() {
                    let (tile, place) = (part * lanes / QUAD, part * lanes % QUAD);
                    let at = self.origins[first + tile] + place + start;
                    *four = E::Vector::<S>::load(simd, &self.numbers[at..]);
                }
            } else {
                let mut gathered = [E::zero(); QUAD * LANES];
                for tile in 0..lanes {
                    let four = &self.numbers[self.origins[first + tile] + start..][..QUAD];
                    gathered[QUAD * tile..][..QUAD].copy_from_slice(four);
                }
                for (part, four) in fours.iter_mut().enumerate() {
                    *four = E::Vector::<S>::load(simd, &gathered[part * lanes..]);
                }
            }
            let columns = E::Vector::<S>::split(fours);
            for (place, values) in columns.into_iter().enumerate() {
                if let Some(column) = column::<M>(quad, place) {
                    row[column] = values;
                }
            }
        }
        row
    }

    /// The adjoint of [`Lines::load`], up to [`Lines::sum`].
    #[inline(always)]
    pub(super) fn store<S: Simd, const M: usize>(
        &mut self,
        simd: S,
        first: usize,
        line: usize,
        row: [E::Vector<S>; M],
    ) {
        let lanes = E::Vector::<S>::LANES;
        for quad in 0..M.div_ceil(QUAD) {
            let mut columns = [E::Vector::<S>::splat(simd, E::zero()); QUAD];
            for (place, values) in columns.iter_mut().enumerate() {
                if let Some(column) = column::<M>(quad, place) {
                    *values = row[column];
                }
            }
            let fours = E::Vector::<S>::join(columns);
            let start = [0, self.shape.width(), self.shape.phase()][quad] + line * self.shape.pitch();
            if self.is_straight(lanes) {
                for (part, four) in fours.iter().enumerate() {
                    let (tile, place) = (part * lanes / QUAD, part * lanes % QUAD);
                    let at = self.origins[first + tile] + place + start;
                    four.store(&mut self.numbers[at..]);
                }
            } else {
                let mut gathered = [E::zero(); QUAD * LANES];
                for (part, four) in fours.iter().enumerate() {
                    four.store(&mut gathered[part * lanes..]);
                }
                for tile in 0..lanes {
                    let four = &mut self.numbers[self.origins[first + tile] + start..][..QUAD];
                    four.copy_from_slice(&gathered[QUAD * tile..][..QUAD]);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pulp::{Arch, WithSimd};

    /// Tiles read from lines, and numbers of tiles that are written to lines.
    struct Copied<'a, 'b, const M: usize> {
        lines: &'a mut Lines<'b, f64>,
        places: &'a mut [f64],
        write: bool,
    }

    impl<const M: usize> WithSimd for Copied<'_, '_, M> {
        type Output = ();

        #[inline(always)]
        fn with_simd<S: Simd>(self, simd: S) {
            let Self { lines, places, write } = self;
            let (tiles, lanes) = (lines.tiles(), S::F64_LANES);
            for (first, line) in
                (0..tiles).step_by(lanes).flat_map(|first| (0..M).map(move |line| (first, line)))
            {
                let places = places[line * M * tiles..][..M * tiles].chunks_exact_mut(tiles);
                if write {
                    let mut row = [<f64 as Real>::Vector::<S>::splat(simd, 0.0); M];
                    row.iter_mut()
                        .zip(places)
                        .for_each(|(row, places)| *row = Vector::load(simd, &places[first..]));
                    lines.store::<S, M>(simd, first, line, row);
                } else {
                    let row = lines.load::<S, M>(simd, first, line);
                    row.iter().zip(places).for_each(|(row, places)| row.store(&mut places[first..]));
                }
            }
        }
    }

    /// Odd numbers of tiles, fewer and more than a register holds.
    const SIZES: [(usize, usize); 5] = [(1, 1), (3, 5), (5, 7), (3, 8), (2, 4)];

    /// Tiles are four strides from each other.
    fn check<const M: usize>(stride: usize) {
        for (rows, columns) in SIZES {
            let shape = Shape { edge: M, stride, rows, columns };
            let (origins, tiles) = (shape.origins(), shape.tiles());
            let counts = QUAD * stride * (columns - 1) + M;
            let number = |line: usize, column: usize| (1 + line * 100 + column) as f64;
            let place = |column: usize| column % stride * shape.phase() + column / stride;
            let mut lines = Lines::new(shape, &origins);
            for line in 0..rows * M {
                lines.line(line).fill(f64::NAN);
                (0..counts).for_each(|column| lines.line(line)[place(column)] = number(line, column));
            }
            let mut places = vec![f64::NAN; M * M * tiles];
            let dispatch = |copied: Copied<'_, '_, M>| Arch::new().dispatch(copied);
            dispatch(Copied { lines: &mut lines, places: &mut places, write: false });
            let mut found: Vec<Vec<f64>> =
                (0..tiles).map(|tile| places.iter().skip(tile).step_by(tiles).copied().collect()).collect();
            let mut expected = vec![vec![0.0; M * M]; tiles];
            for (tile, expected) in expected.iter_mut().take(rows * columns).enumerate() {
                let (row, first) = (tile / columns * M, tile % columns * QUAD * stride);
                let numbers = (0..M * M).map(|index| number(row + index / M, first + index % M));
                *expected = numbers.collect();
            }
            found.sort_by(|one, other| one[0].total_cmp(&other[0]));
            expected.sort_by(|one, other| one[0].total_cmp(&other[0]));
            assert_eq!(found, expected, "{rows} {columns}");

            // What is written of tiles is the adjoint of what is read: ⟨read x, p⟩ = ⟨x, write p⟩.
            let read = places;
            let mut places: Vec<f64> =
                (0..read.len()).map(|index| (index * index % 11) as f64 - 5.0).collect();
            let product = read.iter().zip(&places).map(|(read, place)| read * place).sum::<f64>();
            let mut lines = Lines::new(shape, &origins);
            dispatch(Copied { lines: &mut lines, places: &mut places, write: true });
            let sum_of = |line: usize| {
                // Tiles of four share nothing.
                let numbers = if M > QUAD { lines.sum(line) } else { &*lines.line(line) };
                (0..counts).map(|column| number(line, column) * numbers[place(column)]).sum::<f64>()
            };
            assert_eq!((0..rows * M).map(sum_of).sum::<f64>(), product, "{rows} {columns}");
        }
    }

    #[test]
    fn tiles_come_out_whole_and_go_back() {
        check::<4>(1);
        check::<6>(1);
        check::<9>(2);
    }
}
