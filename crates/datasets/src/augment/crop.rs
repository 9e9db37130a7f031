//! CIFAR-10's augmentation: pad an image with zeros, 4 pixels per side, and cut out 32 × 32 pixels at random. The zeros
//! are pixels: black before standardisation, as in most implementations; the paper does not say.

use rand::Rng;

use crate::draw::{Purpose, generator};
use crate::standardise::{Line, Standardisation};

/// Pixels added on each side.
const PADDING: usize = 4;

/// Zero-padding and random cropping to the old size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PadAndCrop {
    /// Seed of the crops.
    pub seed: u64,
}

impl PadAndCrop {
    /// Where the crop of an image begins in the padded image: row and column, each 0 to 8 with equal probability.
    pub fn corner(&self, iteration: u64, index: usize) -> [usize; 2] {
        let mut draw = generator(self.seed, Purpose::Crop, [iteration, index as u64]);
        [(); 2].map(|()| draw.random_range(0..=2 * PADDING))
    }

    /// Fills `out` with the crop of a square image of this side, standardised.
    pub(crate) fn fill(
        &self,
        standardisation: &Standardisation,
        side: usize,
        pixels: &[u8],
        [iteration, index]: [u64; 2],
        out: &mut [f32],
    ) {
        let corner = self.corner(iteration, index as usize);
        let planes = pixels.chunks_exact(side * side).zip(out.chunks_exact_mut(side * side));
        for (channel, (plane, out)) in standardisation.channels().iter().zip(planes) {
            crop(channel.line(), side, plane, corner, out);
        }
    }
}

/// One channel of a crop: row by row, what lies within the image, and black around it.
fn crop(line: Line, side: usize, plane: &[u8], [top, left]: [usize; 2], out: &mut [f32]) {
    let black = line.at(0.0);
    let before = PADDING.saturating_sub(left);
    let first = left.saturating_sub(PADDING);
    let width = side - before - first;
    for (row, out) in out.chunks_exact_mut(side).enumerate() {
        let source = (row + top).checked_sub(PADDING).filter(|source| *source < side);
        let Some(source) = source else {
            out.fill(black);
            continue;
        };
        out[..before].fill(black);
        line.fill(&plane[source * side + first..][..width], &mut out[before..before + width]);
        out[before + width..].fill(black);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standardise::Channel;
    use crate::{Cifar10, Source, stand_in};

    /// Levels as they are: nothing subtracted, divided by one.
    fn plain() -> Line {
        Channel { mean: 0.0, sd: 0.0 }.line()
    }

    /// Against an image that is padded in full and then cut, for every corner.
    #[test]
    fn every_corner_cuts_the_padded_image() {
        let side = 6;
        let plane: Vec<u8> = (1..=36).collect();
        let padded = |row: usize, column: usize| {
            let inside = PADDING..PADDING + side;
            if inside.contains(&row) && inside.contains(&column) {
                f32::from(plane[(row - PADDING) * side + column - PADDING])
            } else {
                0.0
            }
        };
        for top in 0..=2 * PADDING {
            for left in 0..=2 * PADDING {
                let mut out = vec![f32::NAN; 36];
                crop(plain(), side, &plane, [top, left], &mut out);
                for (place, value) in out.iter().enumerate() {
                    assert_eq!(
                        *value,
                        padded(top + place / side, left + place % side),
                        "{top} {left} {place}"
                    );
                }
            }
        }
    }

    /// 81 corners, 8100 draws: each 100 times, six standard deviations are 60.
    #[test]
    fn every_corner_is_as_likely() {
        let mut counts = [0i32; 81];
        for draw in 0..8100 {
            let [top, left] = PadAndCrop { seed: 4 }.corner(draw / 90, draw as usize % 90);
            counts[top * 9 + left] += 1;
        }
        assert!(counts.iter().all(|count| (count - 100).abs() < 60), "{counts:?}");
    }

    #[test]
    fn a_crop_depends_on_seed_iteration_and_image_alone() {
        let set: Cifar10 = stand_in::cifar10(3, 20).unwrap();
        assert_eq!(set.source(), Source::StandIn);
        let batch = |seed, iteration, indices: &[usize]| {
            let mut out = vec![f32::NAN; indices.len() * Cifar10::PIXELS];
            set.fill_augmented(&PadAndCrop { seed }, iteration, indices, &mut out).unwrap();
            out
        };
        let all: Vec<usize> = (0..20).collect();
        let whole = batch(1, 5, &all);
        for index in [0, 7, 19] {
            let alone = batch(1, 5, &[index]);
            assert_eq!(alone, whole[index * Cifar10::PIXELS..][..Cifar10::PIXELS]);
        }
        assert_ne!(whole, batch(2, 5, &all));
        assert_ne!(whole, batch(1, 6, &all));
        let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let three_threads = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
        assert_eq!(one_thread.install(|| batch(1, 5, &all)), whole);
        assert_eq!(three_threads.install(|| batch(1, 5, &all)), whole);
    }

    #[test]
    fn the_middle_crop_is_the_image_itself() {
        let set = stand_in::cifar10(3, 30).unwrap();
        let augmentation = PadAndCrop { seed: 1 };
        let middle = (0..1000).find(|iteration| augmentation.corner(*iteration, 8) == [PADDING; 2]).unwrap();
        let mut out = [vec![0.0; Cifar10::PIXELS], vec![0.0; Cifar10::PIXELS]];
        set.fill(&[8], &mut out[0]).unwrap();
        set.fill_augmented(&augmentation, middle, &[8], &mut out[1]).unwrap();
        assert_eq!(out[0], out[1]);
    }
}
