//! Padded maps in which what a tap of the kernel sees, at all positions of a block of the output, is one row of numbers side
//! by side. Positions are counted with the few beyond the right and lower edges where taps see other rows: what is computed
//! there is not read. With a stride, rows and columns are sorted by their remainders.

use super::padded::{Padded, phase};
use crate::cpu::rows::LANES;
use crate::operation::Real;
use crate::ops::Convolution;
use std::ops::Range;

/// Positions of a block, about.
const POSITIONS: usize = 1024;
/// Blocks of several images, at least.
const BLOCKS: usize = 4;

/// Some rows of the output of one image, or all rows of several images.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    shape: Convolution,
    pub(super) images: Range<usize>,
    rows: Range<usize>,
    /// Positions of a row with those that are not read.
    phase: usize,
    /// Rows of one remainder that taps see in an image.
    lines: usize,
    /// Positions with those that are not read.
    count: usize,
}

/// Divides the output into blocks, by its shape alone.
pub(super) fn blocks(shape: &Convolution) -> Vec<Block> {
    let whole = Block::new(shape, 0..shape.images, 0..shape.out_height);
    let each = whole.lines * whole.phase;
    if each <= POSITIONS {
        let some = (POSITIONS / each).min(shape.images.div_ceil(BLOCKS));
        let starts = (0..shape.images).step_by(some);
        let images = starts.map(|start| start..shape.images.min(start + some));
        return images.map(|images| Block::new(shape, images, 0..shape.out_height)).collect();
    }
    let some = (POSITIONS / whole.phase).max(1);
    let parts = shape.out_height.div_ceil(some);
    // Blocks of one image are as equal as they can be.
    let bound = |part: usize| part * shape.out_height / parts;
    let of_image =
        |image| (0..parts).map(move |part| Block::new(shape, image..image + 1, bound(part)..bound(part + 1)));
    (0..shape.images).flat_map(of_image).collect()
}

impl Block {
    fn new(shape: &Convolution, images: Range<usize>, rows: Range<usize>) -> Self {
        let lines = rows.len() + (shape.kernel_height - 1) / shape.window.stride;
        let phase = phase(shape);
        Self { shape: *shape, count: images.len() * lines * phase, images, rows, phase, lines }
    }

    /// How long rows of numbers are.
    pub(super) fn length(&self) -> usize {
        self.count.next_multiple_of(LANES)
    }

    /// Numbers of a channel of the padded maps.
    pub(super) fn channel(&self) -> usize {
        self.shape.window.stride.pow(2) * self.count
    }

    /// What the remainders of rows and columns are that a tap sees, as one number, and how far on its positions stand.
    pub(super) fn tap(&self, tap: usize) -> (usize, usize) {
        let (stride, width) = (self.shape.window.stride, self.shape.kernel_width);
        let (row, column) = (tap / width, tap % width);
        (row % stride * stride + column % stride, row / stride * self.phase + column / stride)
    }

    /// How far on a tap's positions stand at most.
    pub(super) fn margin(&self) -> usize {
        let Convolution { kernel_height, kernel_width, window, .. } = self.shape;
        (kernel_height - 1) / window.stride * self.phase + (kernel_width - 1) / window.stride
    }

    /// Where the row of each weight of an output channel starts in the padded maps.
    pub(super) fn starts(&self) -> Vec<usize> {
        let taps = self.shape.kernel_height * self.shape.kernel_width;
        let start = |weight: usize| {
            let (remainder, on) = self.tap(weight % taps);
            weight / taps * self.channel() + remainder * self.count + on
        };
        (0..self.shape.fan_in()).map(start).collect()
    }

    /// For every padded row of the images that is a row of a map: image, row of the map, and where the padded row stands,
    /// for the first remainder of its columns; for rows of zeros the latter alone.
    fn sources(&self, pitch: usize) -> Vec<(usize, Option<usize>, usize)> {
        let (Convolution { window, height, .. }, lines) = (self.shape, self.lines);
        let padded = height + 2 * window.padding.size();
        let source = |image: usize, row: usize| {
            let place = (image * lines + row / window.stride) * self.phase;
            let first = row % window.stride * window.stride * pitch + place;
            let row = Some(self.rows.start * window.stride + row).filter(|row| *row < padded);
            (image, row.and_then(|row| window.padding.source(row, height)), first)
        };
        let rows = window.stride * lines;
        let places = (0..self.images.len()).flat_map(|image| (0..rows).map(move |row| (image, row)));
        places.map(|(image, row)| source(image, row)).collect()
    }

    /// Pads what the block sees of the maps of all images.
    pub(super) fn pad<E: Real>(&self, x: &[E], padded: &mut Vec<E>) {
        let (Convolution { inputs, height, width, window, .. }, channel) = (self.shape, self.channel());
        padded.resize(inputs * channel + self.margin() + LANES, E::zero());
        padded[inputs * channel..].fill(E::zero());
        let (rows, sources) = (Padded::new(window, width, self.phase), self.sources(self.count));
        for (input, padded) in padded.chunks_exact_mut(channel).take(inputs).enumerate() {
            for (image, source, first) in &sources {
                let map = ((self.images.start + image) * inputs + input) * height * width;
                match source {
                    Some(row) => {
                        rows.pad(&x[map + row * width..][..width], &mut padded[*first..], self.count);
                    }
                    None => rows.clear(&mut padded[*first..], self.count),
                }
            }
        }
    }

    /// Adds padded maps to some of the maps of the block's images: `dx` starts with the first of these images. Remainders
    /// are `pitch` apart, channels [`Block::length`].
    pub(super) fn unpad<E: Real>(&self, padded: &[E], pitch: usize, dx: &mut [E]) {
        let (Convolution { height, width, window, .. }, length) = (self.shape, self.length());
        let channels = dx.len() / (self.images.len() * height * width);
        let (rows, sources) = (Padded::new(window, width, self.phase), self.sources(pitch));
        for channel in 0..channels {
            for (image, source, first) in &sources {
                let Some(source) = source else { continue };
                let to = &mut dx[((image * channels + channel) * height + source) * width..][..width];
                rows.unpad(&padded[first + channel * length..], pitch, to);
            }
        }
    }

    /// For every row of the output's maps: where it stands in those of the first channel, and where in the block.
    pub(super) fn outputs(&self) -> Vec<(Range<usize>, usize)> {
        let Convolution { outputs, out_height, out_width, .. } = self.shape;
        let output = |image: usize, index: usize| {
            let map = (self.images.start + image) * outputs;
            let start = (map * out_height + self.rows.start + index) * out_width;
            (start..start + out_width, (image * self.lines + index) * self.phase)
        };
        let rows = self.rows.len();
        let places = (0..self.images.len()).flat_map(|image| (0..rows).map(move |index| (image, index)));
        places.map(|(image, index)| output(image, index)).collect()
    }

    /// The gradient of the output at the block's positions, behind a margin of zeros for each channel; zero at those
    /// positions that are not read.
    pub(super) fn spread<E: Real>(&self, dy: &[E], spread: &mut Vec<E>) {
        let (margin, rows, positions) = (self.margin(), self.outputs(), self.shape.positions());
        let pitch = margin + self.length();
        spread.clear();
        spread.resize(self.shape.outputs * pitch, E::zero());
        for (output, spread) in spread.chunks_exact_mut(pitch).enumerate() {
            let dy = &dy[output * positions..];
            for (from, to) in &rows {
                spread[margin + to..][..from.len()].copy_from_slice(&dy[from.clone()]);
            }
        }
    }
}
