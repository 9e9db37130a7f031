//! Standardisation: per channel, subtract the mean over the data set and divide by the standard deviation over the data
//! set, both over all pixels of all images. The sums are of integers and exact; mean and standard deviation are f64.

use rayon::prelude::*;

/// Pixels whose squares are summed in 32 bits: 65 536 squares of at most 255 stay below 2³².
const SUMMED_AT_ONCE: usize = 1 << 16;

/// Mean and standard deviation of a channel over a data set, in grey levels from 0 to 255.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Channel {
    /// Mean over all pixels of all images.
    pub mean: f64,
    /// Standard deviation over the same pixels, as of a whole population: divided by their number.
    pub sd: f64,
}

impl Channel {
    /// What standardised values are multiplied by to give grey levels again: the standard deviation, or 1 for a
    /// channel that is constant and only centred.
    fn scale(self) -> f64 {
        if self.sd > 0.0 { self.sd } else { 1.0 }
    }

    /// The standardised value of a grey level.
    pub fn standardised(self, level: f64) -> f64 {
        (level - self.mean) / self.scale()
    }

    /// The same as a line, `slope · level + offset`, in the precision of a batch.
    pub(crate) fn line(self) -> Line {
        Line { slope: (1.0 / self.scale()) as f32, offset: (-self.mean / self.scale()) as f32 }
    }
}

/// A line from grey levels to standardised values.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line {
    slope: f32,
    offset: f32,
}

impl Line {
    /// The value at a level.
    #[inline(always)]
    pub fn at(self, level: f32) -> f32 {
        self.slope * level + self.offset
    }

    /// The values of many levels.
    pub fn fill(self, levels: &[u8], out: &mut [f32]) {
        for (value, level) in out.iter_mut().zip(levels) {
            *value = self.at(f32::from(*level));
        }
    }
}

/// How a data set is standardised.
#[derive(Debug, Clone, PartialEq)]
pub struct Standardisation {
    channels: Vec<Channel>,
}

impl Standardisation {
    /// Over images whose channels lie one after the other.
    pub(crate) fn over<'a>(images: impl IndexedParallelIterator<Item = &'a [u8]>, channels: usize) -> Self {
        let nothing = || vec![Sums::default(); channels];
        let sums = images
            .fold(nothing, |mut sums, image| {
                let planes = image.chunks_exact(image.len() / channels);
                sums.iter_mut().zip(planes).for_each(|(sums, plane)| sums.add(plane));
                sums
            })
            .reduce(nothing, |mut left, right| {
                left.iter_mut().zip(right).for_each(|(left, right)| left.join(right));
                left
            });
        Self { channels: sums.into_iter().map(Sums::channel).collect() }
    }

    /// Mean and standard deviation of each channel.
    pub fn channels(&self) -> &[Channel] {
        &self.channels
    }

    /// Standardises an image, channel after channel.
    pub(crate) fn fill(&self, image: &[u8], out: &mut [f32]) {
        let plane = image.len() / self.channels.len();
        let planes = image.chunks_exact(plane).zip(out.chunks_exact_mut(plane));
        for (channel, (levels, out)) in self.channels.iter().zip(planes) {
            channel.line().fill(levels, out);
        }
    }
}

/// Sums over pixels. Integers, so that the order in which threads add them does not matter.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    pixels: u64,
    levels: u64,
    squares: u64,
}

impl Sums {
    fn add(&mut self, plane: &[u8]) {
        for some in plane.chunks(SUMMED_AT_ONCE) {
            // Wrapping additions, which cannot wrap here, become vector instructions.
            let (levels, squares) = some.iter().fold((0u32, 0u32), |(levels, squares), level| {
                let level = u32::from(*level);
                (levels.wrapping_add(level), squares.wrapping_add(level * level))
            });
            self.levels += u64::from(levels);
            self.squares += u64::from(squares);
        }
        self.pixels += plane.len() as u64;
    }

    fn join(&mut self, other: Self) {
        self.pixels += other.pixels;
        self.levels += other.levels;
        self.squares += other.squares;
    }

    fn channel(self) -> Channel {
        let [pixels, levels, squares] = [self.pixels, self.levels, self.squares].map(u128::from);
        if pixels == 0 {
            return Channel { mean: 0.0, sd: 0.0 };
        }
        let spread = (pixels * squares - levels * levels) as f64;
        Channel { mean: levels as f64 / pixels as f64, sd: spread.sqrt() / pixels as f64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn over(images: &[Vec<u8>], channels: usize) -> Standardisation {
        Standardisation::over(images.par_iter().map(Vec::as_slice), channels)
    }

    #[test]
    fn mean_and_sd_are_those_of_each_channel() {
        let images = [vec![0, 2, 10, 10], vec![4, 6, 10, 10]];
        let found = over(&images, 2);
        assert_eq!(
            found.channels(),
            [Channel { mean: 3.0, sd: 5f64.sqrt() }, Channel { mean: 10.0, sd: 0.0 }]
        );
        let mut out = [0.0; 4];
        found.fill(&images[1], &mut out);
        for (value, expected) in out.iter().zip([1.0 / 5f32.sqrt(), 3.0 / 5f32.sqrt(), 0.0, 0.0]) {
            assert!((value - expected).abs() < 1e-6, "{value} {expected}");
        }
    }

    #[test]
    fn the_brightest_large_image_does_not_wrap() {
        let half = |level: u8| vec![level; 3 * SUMMED_AT_ONCE / 2 + 7];
        let found = over(&[half(255), half(255), half(253), half(253)], 1);
        assert_eq!(found.channels(), [Channel { mean: 254.0, sd: 1.0 }]);
    }

    #[test]
    fn a_standardised_set_has_mean_0_and_variance_1() {
        let images: Vec<Vec<u8>> =
            (0..50u64).map(|image| (0..300).map(|pixel| (image * pixel * 7 % 251) as u8).collect()).collect();
        let found = over(&images, 3);
        let mut sums = [[0.0f64; 2]; 3];
        for image in &images {
            let mut out = [0.0; 300];
            found.fill(image, &mut out);
            for (sums, plane) in sums.iter_mut().zip(out.chunks(100)) {
                for value in plane {
                    sums[0] += f64::from(*value) / 5000.0;
                    sums[1] += f64::from(*value).powi(2) / 5000.0;
                }
            }
        }
        for [mean, square] in sums {
            assert!(mean.abs() < 1e-6 && (square - 1.0).abs() < 1e-6, "{mean} {square}");
        }
    }
}
