//! The address of a random number: which stream it belongs to and its position there.
//!
//! A stream belongs to one seed, network, layer and purpose. Its numbers stand in chunks of 64: sixteen counters, whose
//! four words each make four normals; the word decides which sixteenth-of-64 the number falls in, so that neighbouring
//! counters write neighbouring numbers. A matrix of n rows and k columns is the first n·k numbers of a stream, row by
//! row; a block of rows that starts at a multiple of 64 starts at a chunk.

use super::normal;
use super::threefry::Key;

/// Numbers in a chunk. Positions handed to a [`Stream`] are multiples of it.
pub(crate) const CHUNK: usize = 64;

/// Counters in a chunk, one lane of a vector unit each.
const LANES: usize = CHUNK / 4;

/// What a stream is drawn for; streams of different purposes are independent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Purpose {
    /// The input vectors x⁰ whose statistics are taken.
    Inputs = 1,
    /// Input vectors that use the batch's statistics without contributing to them.
    FreshInputs = 2,
    /// Directions in which the inputs are perturbed.
    Tangents = 3,
    /// The weights W of a layer, drawn one by one.
    Weights = 4,
    /// W applied to an orthonormal basis of the layer's inputs (N in the derivation).
    Projection = 5,
    /// The part of Wᵀδ that the forward pass does not know (Z in the derivation).
    Complement = 6,
    /// The weights w of the loss L = w·x^L.
    Readout = 7,
}

/// The normals of one seed, network, layer and purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stream {
    key: Key,
}

impl Stream {
    /// The stream of `purpose` in `layer` (below 2²⁴) of `network`.
    pub(crate) fn new(seed: u64, network: u32, layer: u32, purpose: Purpose) -> Self {
        debug_assert!(layer < 1 << 24, "the layer shares a word with the purpose");
        Self { key: Key::new([seed as u32, (seed >> 32) as u32, network, (purpose as u32) << 24 | layer]) }
    }

    /// The four words of the generator's key, for a kernel on a graphics card.
    #[cfg(any(test, feature = "cuda"))]
    pub(crate) fn key(&self) -> [u32; 4] {
        let [a, b, c, d, _] = self.key.0;
        [a, b, c, d]
    }

    /// Fills `out` with `scale` times the N(0, 1) numbers from position `first` on, a multiple of [`CHUNK`].
    pub(crate) fn normals(&self, first: usize, scale: f32, out: &mut [f32]) {
        assert!(first.is_multiple_of(CHUNK), "a stream is read from the start of a chunk");
        fill(self.key, (first / 4) as u64, scale, out);
    }

    /// Fills `out` with the 32-bit words from position `first` on, a multiple of [`CHUNK`].
    pub(crate) fn words(&self, first: usize, out: &mut [u32]) {
        assert!(first.is_multiple_of(CHUNK), "a stream is read from the start of a chunk");
        for (counter, chunk) in (first as u64 / 4..).step_by(LANES).zip(out.chunks_mut(CHUNK)) {
            for lane in 0..LANES {
                for (word, value) in self.key.encrypt(counter + lane as u64).into_iter().enumerate() {
                    if let Some(slot) = chunk.get_mut(word * LANES + lane) {
                        *slot = value;
                    }
                }
            }
        }
    }
}

/// Compiled for every vector unit that the build knows, the best one chosen when the program runs.
#[pulp::with_simd(fill = pulp::Arch::new())]
#[inline(always)]
fn fill_with<S: pulp::Simd>(_simd: S, key: Key, counter: u64, scale: f32, out: &mut [f32]) {
    let mut counter = counter;
    let (chunks, rest) = out.as_chunks_mut::<CHUNK>();
    for chunk in chunks {
        fill_chunk(key, counter, scale, chunk);
        counter = counter.wrapping_add(LANES as u64);
    }
    if !rest.is_empty() {
        let mut last = [0.0; CHUNK];
        fill_chunk(key, counter, scale, &mut last);
        rest.copy_from_slice(&last[..rest.len()]);
    }
}

/// One chunk of 64 numbers from the sixteen counters that start at `counter`, a multiple of sixteen. The loop over
/// lanes becomes vector instructions, one lane a counter.
#[inline(always)]
fn fill_chunk(key: Key, counter: u64, scale: f32, chunk: &mut [f32; CHUNK]) {
    for lane in 0..LANES {
        let words = key.encrypt(counter | lane as u64);
        let [a, b] = normal::pair(words[0], words[1]);
        let [c, d] = normal::pair(words[2], words[3]);
        chunk[lane] = scale * a;
        chunk[lane + LANES] = scale * b;
        chunk[lane + 2 * LANES] = scale * c;
        chunk[lane + 3 * LANES] = scale * d;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::distribution::{ChiSquared, ContinuousCDF, Normal};

    fn stream(network: u32, purpose: Purpose) -> Stream {
        Stream::new(20_190_214, network, 3, purpose)
    }

    fn draws(count: usize) -> Vec<f32> {
        let mut out = vec![0.0; count];
        stream(0, Purpose::Weights).normals(0, 1.0, &mut out);
        out
    }

    #[test]
    fn a_number_depends_on_its_position_alone() {
        let whole = draws(1000);
        for (first, length) in [(0, 1000), (64, 130), (128, 1), (640, 64), (960, 40)] {
            let mut part = vec![0.0; length];
            stream(0, Purpose::Weights).normals(first, 1.0, &mut part);
            assert_eq!(part, whole[first..first + length]);
        }
    }

    #[test]
    fn words_and_normals_share_their_positions() {
        let mut words = vec![0; 100];
        stream(0, Purpose::Weights).words(64, &mut words);
        let mut normals = vec![0.0; 100];
        stream(0, Purpose::Weights).normals(64, 1.0, &mut normals);
        let expected = normal::pair(words[5], words[LANES + 5]);
        assert_eq!([normals[5], normals[LANES + 5]], expected);
    }

    /// Moments one to six of two million draws, within five standard errors; the standard error of the mean of z^k is
    /// √((E z^2k - (E z^k)²)/count).
    #[test]
    fn moments_are_those_of_the_normal_law() {
        let draws = draws(2_000_000);
        let even = |order: i32| (1..order).step_by(2).map(f64::from).product::<f64>();
        for order in 1..=6 {
            let mean = draws.iter().map(|z| f64::from(*z).powi(order)).sum::<f64>() / draws.len() as f64;
            let expected = if order % 2 == 0 { even(order) } else { 0.0 };
            let error = ((even(2 * order) - expected * expected) / draws.len() as f64).sqrt();
            assert!(
                (mean - expected).abs() < 5.0 * error,
                "moment {order}: {mean}, not {expected} ± {error}"
            );
        }
    }

    /// 4000 bins of equal probability, and the numbers beyond four standard deviations counted on their own.
    #[test]
    fn bins_and_tails_fill_as_they_should() {
        let draws = draws(4_000_000);
        let normal = Normal::new(0.0, 1.0).unwrap();
        let (bins, mut counts) = (4000usize, vec![0u32; 4000]);
        for z in &draws {
            counts[((normal.cdf(f64::from(*z)) * bins as f64) as usize).min(bins - 1)] += 1;
        }
        let expected = draws.len() as f64 / bins as f64;
        let statistic =
            counts.iter().map(|count| (f64::from(*count) - expected).powi(2) / expected).sum::<f64>();
        let p = ChiSquared::new((bins - 1) as f64).unwrap().sf(statistic);
        assert!((0.0005..0.9995).contains(&p), "p = {p}");
        for sign in [-1.0, 1.0] {
            let beyond = draws.iter().filter(|z| sign * **z > 4.0).count() as f64;
            let expected = draws.len() as f64 * normal.sf(4.0);
            assert!((beyond - expected).abs() < 4.0 * expected.sqrt(), "{beyond} beyond 4, not {expected}");
        }
    }

    /// The correlation of two independent streams of m draws is 0 ± 1/√m: neighbours within a stream, numbers of one
    /// chunk that share a counter, and streams that differ in network or purpose.
    #[test]
    fn neighbours_and_streams_are_uncorrelated() {
        let count = 1_000_000;
        let here = draws(count);
        let mut network = vec![0.0; count];
        stream(1, Purpose::Weights).normals(0, 1.0, &mut network);
        let mut purpose = vec![0.0; count];
        stream(0, Purpose::Projection).normals(0, 1.0, &mut purpose);
        let correlation = |left: &[f32], right: &[f32], power: i32| {
            let pairs = left.len().min(right.len());
            let product = |(l, r): (&f32, &f32)| {
                let (l, r) = (f64::from(*l).powi(power), f64::from(*r).powi(power));
                if power == 2 { (l - 1.0) * (r - 1.0) / 2.0 } else { l * r }
            };
            left.iter().zip(right).map(product).sum::<f64>() / (pairs as f64).sqrt()
        };
        for power in [1, 2] {
            for lag in [1, LANES, 2 * LANES, CHUNK] {
                assert!(correlation(&here, &here[lag..], power).abs() < 4.0, "lag {lag}, power {power}");
            }
            assert!(correlation(&here, &network, power).abs() < 4.0);
            assert!(correlation(&here, &purpose, power).abs() < 4.0);
        }
    }
}
