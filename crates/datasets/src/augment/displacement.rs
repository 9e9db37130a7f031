//! Elastic displacement of an image: random vectors on a coarse grid, and a smooth surface through them.
//!
//! As in Ronneberger et al. (2015), whom the paper cites: 3 × 3 nodes over the image, displacements Gaussian with a
//! standard deviation of 10 pixels, bicubic interpolation between them. What they leave open is chosen here: the outer
//! nodes lie on the outermost pixels; the interpolation is cubic convolution (Keys 1981, a = -½, the spline of Catmull
//! and Rom), which passes through the nodes; and the ring of nodes around the image that it needs is drawn as all the
//! others are, so that the border is nothing special.

use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::error::RequestError;

/// How strongly and how coarsely images are warped.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Warp {
    nodes: usize,
    sd: f64,
}

impl Warp {
    /// 3 × 3 nodes, 10 pixels (Ronneberger et al. 2015).
    pub const RONNEBERGER: Self = Self { nodes: 3, sd: 10.0 };

    /// `nodes` × `nodes` over the image; displacements of the nodes along each axis are N(0, sd²), in pixels.
    ///
    /// # Errors
    /// When there are fewer than 2 nodes or more than 1000, or `sd` is negative or not finite.
    pub fn new(nodes: usize, sd: f64) -> Result<Self, RequestError> {
        RequestError::unless_within("the nodes of a warp", nodes, 2, 1000)?;
        if !(sd.is_finite() && sd >= 0.0) {
            return Err(RequestError::Displacement { given: sd });
        }
        Ok(Self { nodes, sd })
    }
}

/// One warp of an image: a displacement for every pixel.
#[derive(Debug, Clone)]
pub(crate) struct Displacement {
    /// Nodes along a side, the ring around the image included.
    ringed: usize,
    /// Where the pixels of a row or column lie between the nodes.
    stations: Vec<Station>,
    /// Displacements of the nodes, down and to the right, in pixels, row by row.
    nodes: [Vec<f32>; 2],
}

/// The four nodes that a pixel lies among along one axis, by the first of them, and their weights.
#[derive(Debug, Clone, Copy)]
struct Station {
    first: usize,
    weights: [f32; 4],
}

impl Station {
    /// The station of a pixel of an image of this side.
    fn of(pixel: usize, side: usize, nodes: usize) -> Self {
        let place = pixel as f64 * (nodes - 1) as f64 / side.saturating_sub(1).max(1) as f64;
        let first = (place.floor() as usize).min(nodes - 2);
        let t = place - first as f64;
        let weights = [
            ((2.0 - t) * t - 1.0) * t / 2.0,
            ((3.0 * t - 5.0) * t * t + 2.0) / 2.0,
            ((4.0 - 3.0 * t) * t + 1.0) * t / 2.0,
            (t - 1.0) * t * t / 2.0,
        ];
        Self { first, weights: weights.map(|weight| weight as f32) }
    }

    /// The weighted sum over four values.
    #[inline(always)]
    fn sum(&self, values: [f32; 4]) -> f32 {
        let [a, b, c, d] = self.weights;
        (a * values[0] + b * values[1]) + (c * values[2] + d * values[3])
    }
}

impl Displacement {
    /// Draws the displacement of a square image of this side.
    pub(crate) fn draw(warp: Warp, side: usize, draw: &mut impl Rng) -> Self {
        let ringed = warp.nodes + 2;
        let mut node = || -> f64 { StandardNormal.sample(draw) };
        let nodes = [(); 2].map(|()| (0..ringed * ringed).map(|_| (warp.sd * node()) as f32).collect());
        let stations = (0..side).map(|pixel| Station::of(pixel, side, warp.nodes)).collect();
        Self { ringed, stations, nodes }
    }

    /// The displacements of some pixels of a row, from column `left` on: how far down and how far to the right of a
    /// pixel its new value is taken from, in pixels.
    pub(crate) fn row(&self, row: usize, left: usize, [down, right]: [&mut [f32]; 2]) {
        let vertical = self.stations[row];
        for (nodes, out) in self.nodes.iter().zip([down, right]) {
            let rows: [&[f32]; 4] =
                std::array::from_fn(|index| &nodes[(vertical.first + index) * self.ringed..][..self.ringed]);
            let between: Vec<f32> = (0..self.ringed)
                .map(|column| vertical.sum(std::array::from_fn(|index| rows[index][column])))
                .collect();
            for (value, station) in out.iter_mut().zip(&self.stations[left..]) {
                let four = &between[station.first..station.first + 4];
                *value = station.sum([four[0], four[1], four[2], four[3]]);
            }
        }
    }

    /// How far down and how far to the right of the pixel at row and column its new value is taken from, in pixels;
    /// `None` outside the image.
    #[cfg(test)]
    pub(crate) fn at(&self, row: usize, column: usize) -> Option<[f32; 2]> {
        if row.max(column) >= self.stations.len() {
            return None;
        }
        let [mut down, mut right] = [[0.0]; 2];
        self.row(row, column, [&mut down, &mut right]);
        Some([down[0], right[0]])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::{Purpose, generator};

    fn drawn(warp: Warp, side: usize, number: u64) -> Displacement {
        Displacement::draw(warp, side, &mut generator(1, Purpose::Warp, [number, 0]))
    }

    /// 4000 draws: the standard error of a standard deviation is 10/√8000 = 0.11, of a mean 0.16, of a correlation
    /// 0.016; five of them are allowed.
    #[test]
    fn nodes_move_by_the_standard_deviation_and_independently() {
        let side = 101;
        let nodes = [0, 50, 100].map(|row| [0, 50, 100].map(|column| [row, column])).concat();
        let draws: Vec<Displacement> =
            (0..4000).map(|number| drawn(Warp::RONNEBERGER, side, number)).collect();
        let all = |[row, column]: [usize; 2], axis: usize| -> Vec<f64> {
            draws.iter().map(|draw| f64::from(draw.at(row, column).unwrap()[axis])).collect()
        };
        let moment = |left: &[f64], right: &[f64]| -> f64 {
            left.iter().zip(right).map(|(left, right)| left * right).sum::<f64>() / left.len() as f64
        };
        for node in &nodes {
            for axis in [0, 1] {
                let moves = all(*node, axis);
                let (mean, sd) = (moment(&moves, &vec![1.0; 4000]), moment(&moves, &moves).sqrt());
                assert!(mean.abs() < 0.8, "{node:?}: mean {mean}");
                assert!((sd - 10.0).abs() < 0.56, "{node:?}: standard deviation {sd}");
            }
            assert!(moment(&all(*node, 0), &all(*node, 1)).abs() < 8.0, "{node:?}: axes");
        }
        assert!(moment(&all(nodes[4], 0), &all(nodes[5], 0)).abs() < 8.0, "neighbours");
    }

    /// A cubic convolution reproduces a plane, and its slope has no jump at a node.
    #[test]
    fn the_surface_is_smooth() {
        let side = 201;
        let ringed = 5;
        let plane = |index: usize| (3 * (index / ringed)) as f32 - 2.0 * (index % ringed) as f32;
        let mut displacement = drawn(Warp::RONNEBERGER, side, 0);
        displacement.nodes[0] = (0..ringed * ringed).map(plane).collect();
        for row in 0..side {
            for column in [0, 1, 77, 100, 200] {
                let expected = 3.0 * (1.0 + row as f32 / 100.0) - 2.0 * (1.0 + column as f32 / 100.0);
                assert!((displacement.at(row, column).unwrap()[0] - expected).abs() < 1e-5);
            }
        }
        for number in 0..20 {
            let displacement = drawn(Warp::RONNEBERGER, side, number);
            let value = |row: usize| displacement.at(row, 30).unwrap()[1];
            for row in 1..side - 1 {
                let bend = (value(row + 1) - 2.0 * value(row) + value(row - 1)).abs();
                assert!(bend < 0.05, "row {row}: the slope jumps by {bend} pixels per pixel");
            }
        }
    }

    #[test]
    fn no_displacement_without_deviation_and_none_outside() {
        let still = drawn(Warp::new(2, 0.0).unwrap(), 7, 0);
        assert!((0..49).all(|place| still.at(place / 7, place % 7) == Some([0.0, 0.0])));
        assert_eq!((still.at(7, 0), still.at(0, 7)), (None, None));
        let one = drawn(Warp::RONNEBERGER, 1, 3);
        assert!(one.at(0, 0).is_some());
    }

    #[test]
    fn senseless_warps_are_refused() {
        let said = |nodes, sd| Warp::new(nodes, sd).unwrap_err().to_string();
        assert_eq!(said(1, 1.0), "the nodes of a warp must be from 2 to 1000, not 1");
        assert_eq!(
            said(3, -1.0),
            "the standard deviation of displacements must be finite and at least 0, not -1"
        );
        assert!(said(3, f64::NAN).ends_with("not NaN"));
        assert_eq!(Warp::new(3, 10.0), Ok(Warp::RONNEBERGER));
    }
}
