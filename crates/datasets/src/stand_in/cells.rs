//! Cells that tile the plane: a Voronoi tessellation whose points are weighted (a power diagram), so that cells differ
//! in size. One point lies in every square of a grid, anywhere in it.

use rand::Rng;

/// Squares of the grid beyond the page on each side: two are searched, one is a margin for wavy borders.
const MARGIN: usize = 3;
/// Squares searched on each side of a pixel's own.
const REACH: usize = 2;

/// A cell: its point, its weight, and what it looks like.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell {
    /// Row and column of the point, in pixels.
    pub point: [f32; 2],
    /// Moves the border away from the point.
    weight: f32,
    /// Grey level inside, against the mean of all cells, from -1 to 1.
    pub shade: f32,
    /// Radius of the organelle at the point, in pixels; 0 if there is none.
    pub organelle: f32,
}

/// A tessellation of a page.
#[derive(Debug, Clone)]
pub(super) struct Cells {
    spacing: f32,
    columns: usize,
    cells: Vec<Cell>,
}

impl Cells {
    /// Draws the cells of a square page; `spacing` is the side of the squares, in pixels.
    pub fn draw(side: usize, spacing: f32, draw: &mut impl Rng) -> Self {
        let columns = (side as f32 / spacing).ceil() as usize + 2 * MARGIN;
        let cell = |place: usize| {
            let mut corner = |index: usize| (index as f32 - MARGIN as f32 + draw.random::<f32>()) * spacing;
            let point = [corner(place / columns), corner(place % columns)];
            Cell {
                point,
                weight: draw.random::<f32>() * (0.9 * spacing).powi(2),
                shade: 2.0 * draw.random::<f32>() - 1.0,
                organelle: (draw.random::<f32>() - 0.6).max(0.0) * 0.5 * spacing,
            }
        };
        Self { spacing, columns, cells: (0..columns * columns).map(cell).collect() }
    }

    /// The cell at a place and the distance to its border, both in pixels.
    pub fn at(&self, place: [f32; 2]) -> (&Cell, f32) {
        let square = place.map(|along| {
            ((along / self.spacing + MARGIN as f32) as usize).clamp(REACH, self.columns - REACH - 1)
        });
        let near = || {
            let rows = square[0] - REACH..=square[0] + REACH;
            rows.flat_map(|row| &self.cells[row * self.columns + square[1] - REACH..][..2 * REACH + 1])
        };
        let power = |cell: &Cell| {
            let [down, right] = [0, 1].map(|axis| place[axis] - cell.point[axis]);
            down * down + right * right - cell.weight
        };
        let mut own = (&self.cells[square[0] * self.columns + square[1]], f32::INFINITY);
        for cell in near() {
            let power = power(cell);
            if power < own.1 {
                own = (cell, power);
            }
        }
        let mut border = f32::INFINITY;
        for cell in near() {
            let [down, right] = [0, 1].map(|axis| cell.point[axis] - own.0.point[axis]);
            let between = (down * down + right * right).sqrt();
            if between > 0.0 {
                border = border.min((power(cell) - own.1) / (2.0 * between));
            }
        }
        (own.0, border)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::{Purpose, generator};

    /// Going straight away from a cell's point, one pixel less of distance per pixel at most, and the border where
    /// another cell begins.
    #[test]
    fn the_distance_is_to_the_next_cell() {
        let cells = Cells::draw(200, 40.0, &mut generator(1, Purpose::Tissue, [0, 0]));
        let mut crossed = 0;
        for row in (0..200).step_by(9) {
            let mut before: Option<(f32, f32)> = None;
            for step in 0..2000 {
                let (cell, distance) = cells.at([row as f32, step as f32 / 10.0]);
                assert!(distance >= 0.0);
                if let Some((column, last)) = before {
                    assert!((distance - last).abs() <= 0.1001, "a step of a tenth of a pixel");
                    if column != cell.point[1] {
                        assert!(distance < 0.11 && last < 0.11, "{distance} {last}");
                        crossed += 1;
                    }
                }
                before = Some((cell.point[1], distance));
            }
        }
        assert!(crossed > 50, "{crossed}");
    }
}
