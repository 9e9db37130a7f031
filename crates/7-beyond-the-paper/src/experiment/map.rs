//! The map of lengths under scale+bias initialisation, T lengths at a time: what `mean_field::runaway` has as a density, without
//! taking the samples of a batch as independent. No network is drawn; what is predicted of one is its noise.

use mean_field::runaway::{Averages, centred, variance_of_square};
use rand_distr::{Distribution, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

/// A length that noise would take below zero stays above.
const LEAST: f64 = 1e-3;

// region: map
/// The relative variance of `samples` squared lengths in layers 0, …, `depth` of a network of width `width`.
pub fn relative_variances(width: usize, samples: usize, depth: usize, seed: u64) -> Vec<f64> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut normal = || <StandardNormal as Distribution<f64>>::sample(&StandardNormal, &mut random);
    let (n, t) = (width as f64, samples as f64);
    let mut squares: Vec<f64> = (0..samples).map(|_| 1.0 + (2.0 / n).sqrt() * normal()).collect();
    let mut variances = vec![2.0 / n];
    for _ in 1..=depth {
        let mean = squares.iter().sum::<f64>() / t;
        squares.iter_mut().for_each(|square| *square /= mean);
        variances.push(squares.iter().map(|square| (square - 1.0).powi(2)).sum::<f64>() / t);
        let averages = Averages { root: squares.iter().map(|p| p.sqrt()).sum::<f64>() / t, square: 1.0 };
        for square in &mut squares {
            let noise = (variance_of_square(*square, averages.root) / n).sqrt();
            *square = (centred(*square, t, averages) + noise * normal()).max(LEAST);
        }
    }
    variances
}
// endregion: map

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_density_is_a_few_percent_early() {
        let (width, samples, networks) = (3000, 100, 301);
        let passed = |seed| relative_variances(width, samples, 90, seed).iter().position(|v| *v > 1.0);
        let mut layers: Vec<usize> = (0..networks).filter_map(passed).collect();
        layers.sort_unstable();
        let density = mean_field::runaway::layer(width, samples, 90).unwrap().unwrap();
        let ratio = (layers[layers.len() / 2] as f64 - 0.5) / density;
        assert!((1.0..1.06).contains(&ratio), "{ratio}");
    }
}
