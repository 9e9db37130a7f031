//! The images of CIFAR-10's stand-in.

use rand::Rng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

use super::spectrum::{Basis, Spectrum};
use crate::cifar10::{Cifar10, RECORD};
use crate::draw::{Purpose, generator};

/// Mean and standard deviation of the pixels, about those of the real images.
const MEAN: f32 = 120.0;
const SD: f32 = 62.0;
/// Standard deviation of a class's pattern over the pixels.
const PATTERN_SD: f32 = 9.0;
/// Patterns have periods of half an image and longer.
const PATTERN_FREQUENCY: f64 = 2.0;
/// A pattern appears up to this many pixels from its place, along each axis.
const SHIFT: usize = 2;
/// The share of a channel's field that all channels have in common, in standard deviations: natural images are mostly
/// light and shade.
const SHADE: f32 = 0.96;

const SIDE: usize = Cifar10::SIDE;
const PLANE: usize = SIDE * SIDE;

/// What all images of a stand-in share.
struct World {
    basis: Basis,
    natural: Spectrum,
    /// The pattern of each class, channel after channel.
    patterns: Vec<Vec<f32>>,
}

impl World {
    fn new(seed: u64) -> Self {
        let basis = Basis::new(SIDE);
        // The mean of an image varies as much as its lowest frequency.
        let natural = Spectrum::new(&basis, |frequency| 1.0 / frequency.max(1.0));
        let broad = Spectrum::new(&basis, |frequency| {
            f64::from(u8::from(frequency > 0.0 && frequency <= PATTERN_FREQUENCY))
        });
        let pattern = |class: usize| {
            let mut draw = generator(seed, Purpose::Patterns, [class as u64, 0]);
            (0..Cifar10::CHANNELS).flat_map(|_| broad.draw(&basis, &mut draw)).collect()
        };
        let patterns = (0..Cifar10::CLASSES).map(pattern).collect();
        Self { basis, natural, patterns }
    }

    /// Draws the pixels of an image of a class.
    fn scene(&self, class: usize, draw: &mut Xoshiro256PlusPlus, pixels: &mut [u8]) {
        let colour = (1.0 - SHADE * SHADE).sqrt();
        let shade = self.natural.draw(&self.basis, draw);
        let [down, right] = [(); 2].map(|()| draw.random_range(SIDE - SHIFT..=SIDE + SHIFT));
        let planes = pixels.chunks_exact_mut(PLANE).zip(self.patterns[class].chunks_exact(PLANE));
        for (pixels, pattern) in planes {
            let own = self.natural.draw(&self.basis, draw);
            for (place, pixel) in pixels.iter_mut().enumerate() {
                let field = SHADE * shade[place] + colour * own[place];
                let moved = (place / SIDE + down) % SIDE * SIDE + (place % SIDE + right) % SIDE;
                let level = MEAN + SD * field + PATTERN_SD * pattern[moved];
                *pixel = level.round().clamp(0.0, 255.0) as u8;
            }
        }
    }
}

/// Fills records of one label byte and 3072 pixels.
pub(super) fn fill(seed: u64, records: &mut [u8]) {
    let images = records.len() / RECORD;
    let mut labels: Vec<u8> = (0..images).map(|image| (image % Cifar10::CLASSES) as u8).collect();
    labels.shuffle(&mut generator(seed, Purpose::Labels, [0, 0]));
    let world = World::new(seed);
    records.par_chunks_exact_mut(RECORD).zip(labels).enumerate().for_each(|(image, (record, label))| {
        record[0] = label;
        let mut draw = generator(seed, Purpose::Scene, [image as u64, 0]);
        world.scene(usize::from(label), &mut draw, &mut record[1..]);
    });
}
