//! The pages of ISBI 2012's stand-in: cells with dark membranes, organelles, and the noise of a microscope.

use rand_distr::{Distribution, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

use super::cells::{Cell, Cells};
use crate::augment::{Displacement, Warp};
use crate::draw::{Purpose, generator};
use crate::error::RequestError;

/// The share of a page that is labelled membrane, as in the real stack.
const MEMBRANE_SHARE: f64 = 0.22;
/// Pixels per cell along each axis.
const SPACING: f32 = 46.0;
/// Grey levels: inside of a cell, how much cells differ, how much darker membranes and organelles are at most.
const INSIDE: f32 = 147.0;
const CELLS_DIFFER: f32 = 18.0;
const MEMBRANE_DEPTH: f32 = 115.0;
const ORGANELLE_DEPTH: f32 = 70.0;
/// Grey levels: noise of the specimen, blurred by the microscope, and of the camera.
const SPECIMEN_NOISE: f32 = 65.0;
const CAMERA_NOISE: f32 = 12.0;

/// Smooth random surfaces: how far apart their nodes are, in pixels, and their standard deviation there.
struct Waves {
    spacing: usize,
    sd: f64,
}

/// How borders bend, in pixels.
const BENDS: Waves = Waves { spacing: 14, sd: 2.5 };
/// How the inside of cells is mottled, in grey levels.
const MOTTLE: Waves = Waves { spacing: 6, sd: 20.0 };
/// How the contrast of membranes varies along them, as a share of it.
const FAINTNESS: Waves = Waves { spacing: 30, sd: 0.35 };

impl Waves {
    fn draw(&self, size: usize, draw: &mut Xoshiro256PlusPlus) -> Result<Displacement, RequestError> {
        Ok(Displacement::draw(Warp::new(size / self.spacing + 2, self.sd)?, size, draw))
    }
}

/// Fills pages of `size` × `size` pixels and their labels.
pub(super) fn fill(seed: u64, size: usize, pixels: &mut [u8], labels: &mut [u8]) -> Result<(), RequestError> {
    let pages = pixels.par_chunks_exact_mut(size * size).zip(labels.par_chunks_exact_mut(size * size));
    pages.enumerate().try_for_each(|(page, (pixels, labels))| {
        let mut draw = generator(seed, Purpose::Tissue, [page as u64, 0]);
        let specimen = Specimen::draw(size, &mut draw)?;
        let mut levels = specimen.levels(&mut draw);
        blur(&mut levels, size);
        for (pixel, level) in pixels.iter_mut().zip(levels) {
            let noise: f32 = StandardNormal.sample(&mut draw);
            *pixel = (level + CAMERA_NOISE * noise).round().clamp(0.0, 255.0) as u8;
        }
        for (label, (_, border)) in labels.iter_mut().zip(&specimen.places) {
            *label = if *border < specimen.thickness { 0 } else { 255 };
        }
        Ok(())
    })
}

/// What lies under the microscope.
struct Specimen {
    size: usize,
    /// The cell of each pixel with the distance to its point, and the distance to the border.
    places: Vec<((Cell, f32), f32)>,
    /// Half of a membrane, in pixels.
    thickness: f32,
    mottle: Displacement,
    faintness: Displacement,
}

impl Specimen {
    fn draw(size: usize, draw: &mut Xoshiro256PlusPlus) -> Result<Self, RequestError> {
        let cells = Cells::draw(size, SPACING, draw);
        let bends = BENDS.draw(size, draw)?;
        let mut places = Vec::with_capacity(size * size);
        let [mut down, mut right] = [(); 2].map(|()| vec![0.0; size]);
        for row in 0..size {
            bends.row(row, 0, [&mut down, &mut right]);
            places.extend(down.iter().zip(&right).enumerate().map(|(column, (down, right))| {
                let place = [row as f32 + down, column as f32 + right];
                let (cell, border) = cells.at(place);
                let from_point = (place[0] - cell.point[0]).hypot(place[1] - cell.point[1]);
                ((*cell, from_point), border)
            }));
        }
        let mut borders: Vec<f32> = places.iter().map(|(_, border)| *border).collect();
        let rank = (MEMBRANE_SHARE * borders.len() as f64) as usize;
        let thickness = *borders.select_nth_unstable_by(rank, f32::total_cmp).1;
        let [mottle, faintness] = [MOTTLE.draw(size, draw)?, FAINTNESS.draw(size, draw)?];
        Ok(Self { size, places, thickness, mottle, faintness })
    }

    /// The grey levels before the microscope blurs them.
    fn levels(&self, draw: &mut Xoshiro256PlusPlus) -> Vec<f32> {
        let mut levels = Vec::with_capacity(self.places.len());
        let rows = || vec![0.0; self.size];
        let [mut mottle, mut faintness, mut unused] = [rows(), rows(), rows()];
        for (row, places) in self.places.chunks_exact(self.size).enumerate() {
            self.mottle.row(row, 0, [&mut mottle, &mut unused]);
            self.faintness.row(row, 0, [&mut faintness, &mut unused]);
            for (column, ((cell, from_point), border)) in places.iter().enumerate() {
                let noise: f32 = StandardNormal.sample(draw);
                let contrast = (0.8 + faintness[column]).clamp(0.15, 1.0);
                let membrane = (-(border / self.thickness).powi(2)).exp();
                let organelle = (cell.organelle - from_point).clamp(0.0, 2.0) / 2.0;
                levels.push(
                    INSIDE + CELLS_DIFFER * cell.shade + mottle[column] + SPECIMEN_NOISE * noise
                        - MEMBRANE_DEPTH * contrast * membrane
                        - ORGANELLE_DEPTH * organelle * (1.0 - membrane),
                );
            }
        }
        levels
    }
}

/// Blurs by weights of ¼, ½, ¼ along each axis, the outermost pixels repeated.
fn blur(levels: &mut [f32], size: usize) {
    let mut line = vec![0.0; size];
    for axis in [[size, 1], [1, size]] {
        let [across, along] = axis;
        for number in 0..size {
            let place = |index: usize| number * across + index * along;
            line.iter_mut().enumerate().for_each(|(index, value)| *value = levels[place(index)]);
            for index in 0..size {
                let neighbours = line[index.saturating_sub(1)] + line[(index + 1).min(size - 1)];
                levels[place(index)] = 0.5 * line[index] + 0.25 * neighbours;
            }
        }
    }
}
