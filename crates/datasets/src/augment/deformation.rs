//! ISBI 2012's augmentation: a random rotation by a multiple of 90° with or without a reflection, an elastic warp, and
//! a random crop.
//!
//! A pixel takes its value from the place that the warp points to: the image between its four pixels linearly, the
//! labels from the nearest pixel, so that they stay labels. Beyond its border the image is mirrored at the outermost
//! pixels, which are not repeated.

use rand::Rng;

use crate::draw::{Purpose, generator};

use super::{Displacement, Symmetry, Warp};

/// What is done to the pages of a stack, at random.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Deformation {
    seed: u64,
    crop: usize,
    turns: bool,
    warp: Option<Warp>,
}

impl Deformation {
    /// Random crops, `crop` pixels along each side, and nothing else: the other methods add to it.
    pub fn cropping(seed: u64, crop: usize) -> Self {
        Self { seed, crop, turns: false, warp: None }
    }

    /// The paper's: rotations, reflections and elastic warps, then crops.
    pub fn of_the_paper(seed: u64, crop: usize) -> Self {
        Self::cropping(seed, crop).turning().warping(Warp::RONNEBERGER)
    }

    /// Adds rotations and reflections, all eight with equal probability.
    pub fn turning(self) -> Self {
        Self { turns: true, ..self }
    }

    /// Adds elastic warps.
    pub fn warping(self, warp: Warp) -> Self {
        Self { warp: Some(warp), ..self }
    }

    /// Pixels along each side of a crop.
    pub fn crop(&self) -> usize {
        self.crop
    }

    /// What is done to a page of this side, at least that of the crop, in this iteration.
    pub(crate) fn drawn(&self, side: usize, place: [u64; 2]) -> Deformed {
        let draw = |purpose| generator(self.seed, purpose, place);
        let mut corner = draw(Purpose::Crop);
        Deformed {
            side,
            crop: self.crop,
            corner: [(); 2].map(|()| corner.random_range(0..=side - self.crop)),
            symmetry: if self.turns {
                Symmetry::draw(&mut draw(Purpose::Symmetry))
            } else {
                Symmetry::IDENTITY
            },
            displacement: self.warp.map(|warp| Displacement::draw(warp, side, &mut draw(Purpose::Warp))),
        }
    }
}

/// What is done to one page.
#[derive(Debug, Clone)]
pub(crate) struct Deformed {
    side: usize,
    crop: usize,
    corner: [usize; 2],
    symmetry: Symmetry,
    displacement: Option<Displacement>,
}

impl Deformed {
    /// Hands place in the crop, grey level and label of each pixel of the crop to `put`, row by row.
    pub(crate) fn apply(&self, pixels: &[u8], labels: &[u8], mut put: impl FnMut(usize, f32, u8)) {
        let pixels = self.symmetry.apply(pixels, self.side);
        let labels = self.symmetry.apply(labels, self.side);
        let [top, left] = self.corner;
        let [mut down, mut right] = [(); 2].map(|()| vec![0.0; self.crop]);
        for row in 0..self.crop {
            if let Some(displacement) = &self.displacement {
                displacement.row(top + row, left, [&mut down, &mut right]);
            }
            for (column, (down, right)) in down.iter().zip(&right).enumerate() {
                let y = mirrored((top + row) as f32 + down, self.side);
                let x = mirrored((left + column) as f32 + right, self.side);
                let label = labels[nearest(y) * self.side + nearest(x)];
                put(row * self.crop + column, between(&pixels, self.side, [y, x]), label);
            }
        }
    }
}

/// A coordinate folded back into an image: the mirrors stand at the first and the last pixel.
#[inline(always)]
fn mirrored(place: f32, side: usize) -> f32 {
    let last = (side - 1) as f32;
    if (0.0..=last).contains(&place) {
        return place;
    }
    folded(place, last)
}

#[cold]
fn folded(place: f32, last: f32) -> f32 {
    if last == 0.0 {
        return 0.0;
    }
    let turned = place.rem_euclid(2.0 * last);
    // Rounding may carry a tiny negative number to the period itself.
    turned.min((2.0 * last - turned).max(0.0))
}

/// The pixel nearest to a coordinate within the image.
#[inline(always)]
fn nearest(place: f32) -> usize {
    (place + 0.5) as usize
}

/// The grey level at row and column within the image, linear between pixels along each axis.
#[inline(always)]
fn between(pixels: &[u8], side: usize, [y, x]: [f32; 2]) -> f32 {
    let [top, left] = [y, x].map(|place| place as usize);
    let [below, beside] = [top, left].map(|place| (place + 1).min(side - 1));
    let [down, right] = [y - top as f32, x - left as f32];
    let level = |row: usize, column: usize| f32::from(pixels[row * side + column]);
    let along = |row: usize| {
        let first = level(row, left);
        first + right * (level(row, beside) - first)
    };
    let upper = along(top);
    upper + down * (along(below) - upper)
}

#[cfg(test)]
mod tests;
