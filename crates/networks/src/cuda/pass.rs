//! Launches the kernels of `pass.cu`: operations that pass over their maps once or twice.

use super::machine::{Address, Machine};

/// The kernels' source.
pub(super) const SOURCE: &str = include_str!("pass.cu");

/// The kernels.
pub(super) const KERNELS: [&str; 23] = [
    "rectify",
    "rectify_back",
    "max_pool",
    "max_pool_back",
    "subsample",
    "subsample_back",
    "join",
    "join_back",
    "one_position",
    "one_position_back",
    "average",
    "average_back",
    "channel_sums",
    "moments",
    "normalise",
    "batch_normalise_back",
    "normalise_back",
    "stretch",
    "stretch_back",
    "channel_products",
    "losses",
    "mean_loss",
    "losses_back",
];

/// Threads of a block, and of one that sums.
const THREADS: usize = 256;
const SUMMANDS: usize = 512;

/// What a pass reads and writes; each kernel uses some of it.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub(super) struct Pass {
    /// What goes into the operation; in some backward kernels what came out of it.
    pub x: Address,
    /// The gradient with respect to what comes out.
    pub gradient: Address,
    /// What comes out, or the gradient with respect to what goes in.
    pub to: Address,
    /// Mean of each channel.
    pub mean: Address,
    /// Variance of each channel.
    pub variance: Address,
    /// Gain of each channel.
    pub gain: Address,
    /// Shift of each channel.
    pub shift: Address,
    /// Loss at each position, in double precision.
    pub losses: Address,
    /// Class at each position, 64 bits each.
    pub labels: Address,
    /// Images of the maps.
    pub images: i64,
    /// Channels of the maps.
    pub channels: i64,
    /// Height of the maps.
    pub height: i64,
    /// Width of the maps.
    pub width: i64,
    /// Channels before these, in the maps that these are joined into.
    pub first: i64,
    /// Channels of the maps that these are joined into.
    pub all: i64,
    /// What is added to variances.
    pub epsilon: f64,
}

impl Pass {
    /// A pass over maps: images, channels, height, width.
    pub fn over([images, channels, height, width]: [usize; 4]) -> Self {
        let size = |size: usize| size as i64;
        let (images, channels, height, width) = (size(images), size(channels), size(height), size(width));
        Self { images, channels, height, width, ..Self::default() }
    }

    /// Runs a kernel.
    pub fn run<M: Machine>(self, machine: &M, kernel: &'static str) -> Result<(), M::Error> {
        let [images, channels, plane] =
            [self.images, self.channels, self.height * self.width].map(|size| size as usize);
        let each = |count: usize| (count.div_ceil(THREADS), THREADS);
        let (blocks, threads) = match kernel {
            "average" => (images * channels, SUMMANDS),
            "channel_sums" | "channel_products" | "moments" | "batch_normalise_back" => (channels, SUMMANDS),
            "mean_loss" => (1, SUMMANDS),
            "losses" | "losses_back" => each(images * plane),
            "one_position" | "one_position_back" => each(images * channels),
            "max_pool" | "max_pool_back" | "subsample" | "subsample_back" => {
                each(images * channels * plane / 4)
            }
            _ => each(images * channels * plane),
        };
        match blocks {
            0 => Ok(()),
            _ => machine.launch(kernel, [blocks, 1, 1], threads, self),
        }
    }
}
