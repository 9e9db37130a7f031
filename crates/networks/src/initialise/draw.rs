//! The N(0, 1) numbers that weights are made from: looked up by seed, layer and position, not consumed, so that nothing
//! depends on the number of threads, on the device, or on what else is drawn.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;

/// Numbers that are drawn one after the other. Each chunk has a stream of its own.
const CHUNK: usize = 1 << 14;

/// The first `count` N(0, 1) numbers of layer `layer` of the network of seed `seed`.
pub(crate) fn normals(seed: u64, layer: usize, count: usize) -> Vec<f64> {
    let mut numbers = vec![0.0; count];
    numbers.par_chunks_mut(CHUNK).enumerate().for_each(|(chunk, numbers)| {
        let mut stream = ChaCha8Rng::seed_from_u64(seed);
        stream.set_stream((layer as u64) << 32 | chunk as u64);
        numbers.iter_mut().for_each(|number| *number = StandardNormal.sample(&mut stream));
    });
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_depends_on_seed_layer_and_position_alone() {
        let whole = normals(3, 1, 3 * CHUNK + 5);
        assert_eq!(normals(3, 1, CHUNK + 1), whole[..CHUNK + 1]);
        assert_ne!(normals(3, 2, 100), whole[..100]);
        assert_ne!(normals(4, 1, 100), whole[..100]);
        assert_ne!(whole[..100], whole[CHUNK..CHUNK + 100]);
    }

    /// Mean and mean square within five standard errors, and no correlation between layers or chunks.
    #[test]
    fn numbers_are_standard_and_independent() {
        let count = 8 * CHUNK;
        let (here, there) = (normals(5, 1, count), normals(5, 2, count));
        let mean = |term: &dyn Fn(usize) -> f64| (0..count).map(term).sum::<f64>() / count as f64;
        let error = 5.0 / (count as f64).sqrt();
        assert!(mean(&|i| here[i]).abs() < error);
        assert!((mean(&|i| here[i] * here[i]) - 1.0).abs() < error * 2f64.sqrt());
        assert!(mean(&|i| here[i] * there[i]).abs() < error);
        assert!(mean(&|i| here[i] * here[(i + CHUNK) % count]).abs() < error);
    }
}
