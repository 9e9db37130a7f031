//! A control variate: most of what makes one network's ratio r^l differ from another's has an average that is known
//! exactly, zero, and can be taken away.
//!
//! **Why.** At width n the ratio varies from network to network by about √(l/n) of itself, while its average lies below
//! the infinite-width value by a term that falls as 1/n. Averaging alone would need n times more networks to see the
//! second through the first, more than anyone draws.
//!
//! **What is known exactly.** Let G be the T×T matrix of inner products of the activations of layer l-1, divided by the
//! width. Given G, every unit of layer l is an independent Gaussian vector over the samples, with covariance 2G, at any
//! width. So the conditional expectations of what layer l shows are known:
//!
//! - of the squared sample mean of the pre-activations, 2p with p = Σ_ab G_ab/T²; of their mean square, 2q with
//!   q = Σ_a G_aa/T;
//! - of the mean square of the activations, q again; of the mean inner product o of two samples' activations,
//!   the average of √(G_aa G_bb) K(c_ab) over pairs, c_ab = G_ab/√(G_aa G_bb).
//!
//! What is found minus what was expected, layer by layer, is a sequence of deviations with expectation zero, exactly and
//! at any width; so is every sum of them with fixed coefficients.
//!
//! **Which sum.** To first order a deviation (δo, δq) of the activations is carried on by the cosine map at the
//! infinite-width cosine c:
//!
//! δq' = δq + deviation, δo' = K'(c) δo + (K(c) - c K'(c)) δq + deviation.
//!
//! The sum of all deviations so carried to layer l is, to first order, what r^l deviates by. Subtracting it leaves terms
//! of second order, whose average is the effect of finite width.
//!
//! **How much of it.** Any fixed multiple of something with average zero may be subtracted; only the error depends on
//! it. Terms of second order grow with depth about as l²/n: the multiple taken is 1 - l²/(4n), and none where that is
//! negative, which came closest to the best in networks of other seeds.

use ensemble::Network;
use mean_field::cosine_map::{closed_form, slope};
use statistics::Moments;

/// What is summed over the T×T inner products of a layer's activations.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Overlaps {
    /// q: mean square of the activations.
    pub(super) square: f64,
    /// o: mean inner product of two different samples, per unit.
    pub(super) inner: f64,
}

impl Overlaps {
    /// Of a Gram matrix of `samples` activation vectors of `units` elements, row by row.
    fn of(gram: &[f64], samples: usize, units: f64) -> Self {
        let square: f64 = (0..samples).map(|a| gram[a * samples + a]).sum();
        let inner: f64 = (1..samples).flat_map(|a| &gram[a * samples..a * samples + a]).sum();
        let pairs = (samples * (samples - 1) / 2) as f64;
        Self { square: square / samples as f64 / units, inner: inner / pairs / units }
    }

    /// p: the mean over all pairs of samples, each with itself included.
    fn mean(self, samples: f64) -> f64 {
        (self.square + (samples - 1.0) * self.inner) / samples
    }
}

// region: expected-next
/// The expected o of the next layer, whatever its width, given this layer's Gram matrix.
fn expected_inner(gram: &[f64], samples: usize, units: f64) -> f64 {
    let lengths: Vec<f64> = (0..samples).map(|a| (gram[a * samples + a] / units).sqrt()).collect();
    let mut sum = 0.0;
    for a in 1..samples {
        for b in 0..a {
            let size = lengths[a] * lengths[b];
            if size > 0.0 {
                let cosine = (gram[a * samples + b] / units / size).clamp(-1.0, 1.0);
                sum += size * closed_form(cosine);
            }
        }
    }
    sum / (samples * (samples - 1) / 2) as f64
}
// endregion: expected-next

/// What a layer of one network shows, and the part of it that is known to vanish on average.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Controlled {
    /// Of the activations below.
    pub(super) below: Overlaps,
    /// Squared sample mean and sample variance of the pre-activations over T samples, averaged over units.
    pub(super) moments: Moments,
    /// Multiple of the deviation of the squared sample mean whose average over networks is zero.
    pub(super) squared_mean_deviation: f64,
    /// The same for the sample variance.
    pub(super) variance_deviation: f64,
}

/// Layers 1, 2, … of one network: its Gram matrices up to the last layer but one and its moments are needed, and the
/// infinite-width cosines c⁰, c¹, …. The inputs have `inputs` elements and the layers `width` units.
///
/// `None` when something was not observed.
// region: control
pub(super) fn controlled(
    network: &Network,
    (inputs, width): (f64, f64),
    samples: usize,
    cosines: &[f64],
) -> Option<Vec<Controlled>> {
    let mut found = Vec::with_capacity(cosines.len());
    let mut carried = Overlaps { square: 0.0, inner: 0.0 }; // δq and δo
    let mut expected = Overlaps { square: 1.0, inner: 0.0 };
    let t = samples as f64;
    for (below, pair) in network.layers.windows(2).enumerate() {
        let units = if below == 0 { inputs } else { width };
        let gram = pair[0].gram.as_deref()?;
        let (here, moments) = (Overlaps::of(gram, samples, units), pair[1].moments?);
        let multiple = multiple(below + 1, width);
        let (mut of_squared_mean, mut of_mean_square) = (0.0, 0.0);
        if multiple > 0.0 {
            let (c, k) =
                (below.checked_sub(1)).and_then(|l| cosines.get(l)).map_or((0.0, 0.0), |c| (*c, slope(*c)));
            let of_square = if below == 0 { 0.0 } else { closed_form(c) - c * k };
            carried.inner = k * carried.inner + of_square * carried.square + here.inner - expected.inner;
            carried.square += here.square - expected.square;
            expected = Overlaps { square: here.square, inner: expected_inner(gram, samples, units) };
            of_squared_mean = 2.0 * carried.mean(t) + moments.squared_mean - 2.0 * here.mean(t);
            of_mean_square = 2.0 * carried.square + moments.mean_square - 2.0 * here.square;
        }
        found.push(Controlled {
            below: here,
            moments,
            squared_mean_deviation: multiple * of_squared_mean,
            variance_deviation: multiple * (of_mean_square - of_squared_mean),
        });
    }
    Some(found)
}

/// The multiple of the deviations that is subtracted in layer l of networks of `width` units.
fn multiple(layer: usize, width: f64) -> f64 {
    (1.0 - (layer * layer) as f64 / (4.0 * width)).max(0.0)
}
// endregion: control

#[cfg(test)]
mod tests {
    use super::*;

    /// Two samples of three units, by hand.
    #[test]
    fn overlaps_are_means_over_units_and_pairs() {
        let gram = [9.0, 3.0, 3.0, 4.0];
        let found = Overlaps::of(&gram, 2, 3.0);
        assert!((found.square - 6.5 / 3.0).abs() < 1e-15);
        assert!((found.inner - 1.0).abs() < 1e-15);
        // c = 1/2, an angle of 60 degrees: K = (√3/2 + (2π/3)/2)/π.
        let k = (3f64.sqrt() / 2.0 + std::f64::consts::PI / 3.0) / std::f64::consts::PI;
        assert!((expected_inner(&gram, 2, 3.0) - 2.0 * k).abs() < 1e-14);
        assert!((found.mean(2.0) - (9.0 + 3.0 + 3.0 + 4.0) / 12.0).abs() < 1e-15);
    }

    #[test]
    fn a_sample_whose_units_are_all_off_expects_nothing() {
        assert_eq!(expected_inner(&[0.0, 0.0, 0.0, 4.0], 2, 1.0), 0.0);
    }

    #[test]
    fn the_multiple_falls_from_one_to_none() {
        assert!((multiple(1, 1e6) - 1.0).abs() < 1e-6);
        assert_eq!(multiple(50, 625.0), 0.0);
        assert_eq!(multiple(50, 30.0), 0.0);
        assert!(multiple(20, 300.0) > multiple(20, 200.0));
    }
}
