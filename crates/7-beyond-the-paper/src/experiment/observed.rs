//! What is taken from one network: how its samples differ in length and in direction, what a small change has grown to,
//! where a fresh sample has left the batch behind.

use ensemble::{Layer, Network};
use serde::{Deserialize, Serialize};

/// How the samples of one layer differ, from their Gram matrix.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// The squared coefficient of variation of |x_t| over samples; the variance is divided by T-1.
    pub lengths: f64,
    /// v²/m² = 1/r² of the next pre-activations, without the bias of finite T: the mean squared length less the mean product of two
    /// samples, over the latter.
    pub ratio: f64,
    /// The mean over pairs of 3π/√(2(1-c)), the depth at which an infinitely wide network has their cosine.
    pub depth: f64,
}

// region: spread
/// The spread of `samples` samples with this Gram matrix.
pub fn spread(gram: &[f64], samples: usize) -> Spread {
    let at = |a: usize, b: usize| gram[a * samples + b];
    let count = samples as f64;
    let lengths: Vec<f64> = (0..samples).map(|a| at(a, a).sqrt()).collect();
    let mean = lengths.iter().sum::<f64>() / count;
    let variance = lengths.iter().map(|length| (length - mean).powi(2)).sum::<f64>() / (count - 1.0);
    let (mut products, mut depths) = (0.0, 0.0);
    for a in 0..samples {
        for b in 0..a {
            products += at(a, b);
            let gap = 1.0 - at(a, b) / (lengths[a] * lengths[b]);
            depths += 3.0 * std::f64::consts::PI / (2.0 * gap).sqrt();
        }
    }
    let pairs = count * (count - 1.0) / 2.0;
    let square = lengths.iter().map(|length| length * length).sum::<f64>() / count;
    let product = products / pairs;
    Spread { lengths: variance / (mean * mean), ratio: (square - product) / product, depth: depths / pairs }
}
// endregion: spread

/// The variance over samples of squared lengths (divided by T), in units of their squared mean.
pub fn relative_variance(squares: &[f64]) -> f64 {
    let mean = squares.iter().sum::<f64>() / squares.len() as f64;
    squares.iter().map(|square| (square / mean - 1.0).powi(2)).sum::<f64>() / squares.len() as f64
}

/// What a layer keeps of the differences between samples, and what small changes of them have become.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// 1 - c: the mean over pairs, of the activations as the next weights see them.
    pub gap: f64,
    /// The mean square of the changes.
    pub change: f64,
}

/// Of one layer.
pub fn kept(layer: &Layer) -> Option<Kept> {
    Some(Kept { gap: 1.0 - layer.pairs?.cosine, change: layer.tangent? })
}

/// For each fresh sample the layer at which 2|x|²/n exceeds 2, interpolated in its logarithm; none where it does not. The
/// activations' mean square is half of that of the normalised pre-activations.
pub fn beyond_two(network: &Network, width: usize, samples: usize) -> Vec<Option<f64>> {
    let lengths: Vec<&[f64]> =
        network.layers.iter().skip(1).filter_map(|layer| layer.lengths.as_deref()).collect();
    let fresh = lengths.first().map_or(0, |lengths| lengths.len() - samples);
    let of = |sample: usize| {
        let logarithm = |index: usize| (lengths[index][samples + sample] / width as f64).ln();
        let beyond = (1..lengths.len()).find(|index| logarithm(*index) > 0.0)?;
        let (before, after) = (logarithm(beyond - 1), logarithm(beyond));
        Some((beyond + 1) as f64 - after / (after - before))
    };
    (0..fresh).map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_samples_by_hand() {
        // Lengths 1 and 3, product 1.5: mean 2, variance 2; mean square 5.
        let found = spread(&[1.0, 1.5, 1.5, 9.0], 2);
        assert!((found.lengths - 0.5).abs() < 1e-15 && (found.ratio - 3.5 / 1.5).abs() < 1e-15);
        assert!((found.depth - 3.0 * std::f64::consts::PI).abs() < 1e-12);
        assert!((relative_variance(&[1.0, 3.0]) - 0.25).abs() < 1e-15);
    }

    #[test]
    fn a_fresh_sample_passes_between_layers() {
        let layer = |fresh: f64| Layer { lengths: Some(vec![4.0, fresh]), ..Layer::default() };
        let network = Network { layers: [1.0, 4.0, 8.0, 16.0, 64.0].map(layer).to_vec() };
        // At width 16: ln(8/16) in layer 2, 0 in layer 3.
        assert_eq!(beyond_two(&network, 16, 1), [Some(3.0)]);
        assert_eq!(beyond_two(&network, 32, 1), [Some(3.5)]);
        assert_eq!(beyond_two(&network, 64, 1), [None]);
    }
}
