//! A checked ensemble as the engines see it: sizes, streams of random numbers, and the fixed division of the work.

use crate::random::{Purpose, Stream};
use crate::{Config, Engine, Observables};
use std::ops::Range;

/// Units that are multiplied, reduced and forgotten together: their single and double precision copies stay in a core's
/// cache, and the number is a multiple of the tiles of the multiplication kernels.
pub(crate) const BLOCK_ROWS: usize = 192;

/// Units whose sums are formed on one thread. Sums over a layer are sums of these, taken in order, so that no result
/// depends on the number of threads.
pub(crate) const CHUNK_ROWS: usize = 16 * BLOCK_ROWS;

/// The exact engine draws the weights of a layer one by one where its fan-in is at most this many times the columns of
/// the joint matrix: W then has no more to draw than the projection and the factor cost.
const NARROW: usize = 2;

/// The columns that pass through a network together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Columns {
    /// Samples of the batch (T).
    pub(crate) samples: usize,
    /// Fresh samples, which use the batch's statistics.
    pub(crate) fresh: usize,
    /// Perturbations of the first samples of the batch.
    pub(crate) tangents: usize,
}

impl Columns {
    /// All columns of the joint matrix.
    pub(crate) fn total(&self) -> usize {
        self.samples + self.fresh + self.tangents
    }

    /// Columns that hold vectors, not perturbations.
    pub(crate) fn vectors(&self) -> usize {
        self.samples + self.fresh
    }
}

/// Everything that a pass through a network needs to know.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) config: Config,
    pub(crate) observables: Observables,
    pub(crate) columns: Columns,
    /// Fan-in up to which the exact engine draws the weights.
    pub(crate) narrow: usize,
    /// A mistake in the backward law, for the tests that must notice it.
    #[cfg(test)]
    pub(crate) mistake: Mistake,
    pub(crate) seed: u64,
}

/// Makes a mistake in Uᵀδ or XᵀE, which it is given, or in E.
#[cfg(test)]
pub(crate) type Mistake = fn(Vec<f64>, Vec<f64>, &mut [f32]) -> [Vec<f64>; 2];

impl Plan {
    /// The plan of a checked configuration.
    pub(crate) fn new(config: &Config, observables: &Observables) -> Self {
        let columns =
            Columns { samples: config.samples, fresh: observables.fresh, tangents: observables.tangents };
        let widths = (config.width as u64) << 32 ^ config.input_width() as u64;
        let mut observables = observables.clone();
        if let Some(watch) = &mut observables.watch {
            watch.units.sort_unstable();
            watch.units.dedup();
        }
        Self {
            config: config.clone(),
            observables,
            columns,
            narrow: NARROW * columns.total(),
            #[cfg(test)]
            mistake: |known, drawn, _| [known, drawn],
            seed: scramble(config.seed ^ scramble(widths)),
        }
    }

    /// Whether the weights of layer `layer` are drawn one by one; if not, its pre-activations come from the Gram matrix of its
    /// inputs.
    pub(crate) fn draws_weights(&self, layer: usize) -> bool {
        self.config.engine == Engine::Direct || self.config.fan_in(layer) <= self.narrow
    }

    /// The standard deviation of the weights into layer `layer`: √(γ·2/n^{l-1}).
    pub(crate) fn weight_deviation(&self, layer: usize) -> f64 {
        (self.config.gamma * 2.0 / self.config.fan_in(layer) as f64).sqrt()
    }

    /// Units of layer `layer`, 0 for the inputs.
    pub(crate) fn units(&self, layer: usize) -> usize {
        if layer == 0 { self.config.input_width() } else { self.config.width }
    }

    /// The random numbers of `network`, `layer` and `purpose`. Input vectors that the networks share are network 0's.
    pub(crate) fn stream(&self, network: usize, layer: usize, purpose: Purpose) -> Stream {
        let shared = self.config.shared_inputs && matches!(purpose, Purpose::Inputs | Purpose::FreshInputs);
        Stream::new(self.seed, if shared { 0 } else { network as u32 }, layer as u32, purpose)
    }

    /// Whether the activations of `layer` need their Gram matrix, for the next layer or for an observation.
    pub(crate) fn needs_gram(&self, layer: usize) -> bool {
        let next = layer < self.config.depth && !self.draws_weights(layer + 1);
        next || self.observables.pairs || self.observables.lengths || self.observables.grams.contains(&layer)
    }

    /// Whether the activations of `layer` are kept whole, to be multiplied by weights.
    pub(crate) fn needs_activations(&self, layer: usize) -> bool {
        layer < self.config.depth && self.draws_weights(layer + 1)
    }
}

/// A bijection of 64-bit words that spreads every bit over all others (the finaliser of SplitMix64).
fn scramble(word: u64) -> u64 {
    let word = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

/// Some rows in parts of `size`, the last of which may be smaller.
pub(crate) fn parts(rows: Range<usize>, size: usize) -> impl Iterator<Item = Range<usize>> {
    let end = rows.end;
    rows.step_by(size).map(move |first| first..end.min(first + size))
}

/// The rows of a layer in chunks of [`CHUNK_ROWS`].
pub(crate) fn chunks(units: usize) -> impl Iterator<Item = Range<usize>> {
    parts(0..units, CHUNK_ROWS)
}

/// Units from a multiple of the block size on, in blocks of [`BLOCK_ROWS`].
pub(crate) fn blocks(rows: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    parts(rows, BLOCK_ROWS)
}
