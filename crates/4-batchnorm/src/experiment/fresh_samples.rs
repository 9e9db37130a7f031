//! What batch normalisation does to samples that are not in the batch, in infinite width.
//!
//! Let û be the pre-activations after the batch's T samples have set each unit's mean and deviation. Within the batch
//! mean square 1 and product ρ = -1/(T-1) between two samples hold by construction. For fresh samples f that use the
//! same statistics let q = <û_f²> and p = <û_f û_f'>, averages over units; p is also the squared mean over samples that
//! a unit keeps, and q - p its variance. A fresh sample has no product with one of the batch: centring makes the
//! products with all T samples of the batch add up to zero, and they are all alike.
//!
//! One layer on, with k = K(ρ) and U for raw pre-activations, <U_b²> = 1, <U_b U_b'> = k, <U_f²> = q,
//! <U_f U_f'> = q K(p/q) and <U_f U_b> = √q K(0). Taking away the batch's mean, whose square is A = (1 + (T-1)k)/T, and
//! dividing by the batch's variance s², which is independent of U_f minus that mean and has <1/s²> = T/((1-k)(T-3)),
//!
//! q' = (q - 2√q K(0) + A) T/((1-k)(T-3)),  p' = (q K(p/q) - 2√q K(0) + A) T/((1-k)(T-3)).
//!
//! For T → ∞ the fixed point is q = 1, p = 0, but only just: the slope of q' there is (1 - 1/π)/(1 - 1/π) = 1, and the
//! second derivative is positive. Nothing pulls the length of a fresh sample back. A finite batch adds about 2.5/T a
//! layer, so that q - 1 grows in proportion to the depth at first and then without bound, after a number of layers
//! of order √T.

use mean_field::cosine_map::value;

/// Mean square and squared sample mean of the pre-activations of fresh samples in one layer, averaged over units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fresh {
    /// q = <û_f²>, over units and fresh samples.
    pub mean_square: f64,
    /// p, the squared mean over all fresh samples.
    pub squared_mean: f64,
}

impl Fresh {
    /// q - p, the variance over all fresh samples.
    pub fn variance(&self) -> f64 {
        self.mean_square - self.squared_mean
    }
}

// region: fresh-samples
/// The pre-activations of fresh samples in layers 1, 2, …, `depth`, for batches of T = `samples` ≥ 4 and inputs of
/// mean square 1 with cosine similarity 0.
pub fn predicted(depth: usize, samples: usize) -> Vec<Fresh> {
    let t = samples as f64;
    let mut layers = Vec::with_capacity(depth);
    // Layer 1 sees the inputs: all samples alike, no products between them.
    let (mut square, mut pair, mut cross, mut shared) = (1.0, 0.0, 0.0, 0.0);
    for _ in 0..depth {
        let batch_mean = (1.0 + (t - 1.0) * shared) / t;
        let inverse_variance = t / ((1.0 - shared) * (t - 3.0));
        let mean_square = (square - 2.0 * cross + batch_mean) * inverse_variance;
        let squared_mean = (pair - 2.0 * cross + batch_mean) * inverse_variance;
        layers.push(Fresh { mean_square, squared_mean });
        square = mean_square;
        pair = mean_square * value(squared_mean / mean_square);
        cross = mean_square.sqrt() * value(0.0);
        shared = value(-1.0 / (t - 1.0));
    }
    layers
}
// endregion: fresh-samples

/// A bound on what extrapolating ln q of layer 2 from batches of T = `small` and T' = `large` to infinite ones, as a line
/// in 1/T, leaves out: the second-order term of ln q = 6.55/T + O(1/T²) has a coefficient between 9 and 12.
pub fn remainder(small: f64, large: f64) -> f64 {
    12.0 / (small * large)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_huge_batch_stands_for_all_samples() {
        for layer in predicted(50, 100_000_000) {
            assert!((layer.mean_square - 1.0).abs() < 1e-5 && layer.squared_mean.abs() < 1e-5);
        }
    }

    #[test]
    fn in_the_first_layer_the_errors_of_mean_and_variance_remain() {
        // For independent Gaussians: <(u - ū)²/s²> = (1 + 1/T) T/(T-3) and the mean's own part of it, 1/(T-3).
        let first = predicted(1, 100)[0];
        assert!((first.mean_square - 101.0 / 97.0).abs() < 1e-14);
        assert!((first.squared_mean - 1.0 / 97.0).abs() < 1e-14);
        assert!((first.variance() - 100.0 / 97.0).abs() < 1e-14);
    }

    #[test]
    fn early_growth_is_about_two_and_a_half_over_t() {
        // 3/T from <1/s²>, (1/2 - 1/π)/(1 - 1/π)/T from the batch's mean, -1/(2(1 - 1/π)T) from k: 2.53/T.
        let t = 10_000_000;
        let layers = predicted(3, t);
        let growth = (layers[2].mean_square - layers[1].mean_square) * t as f64;
        assert!((growth - 2.53).abs() < 0.01, "{growth}");
    }

    #[test]
    fn deep_layers_leave_the_fixed_point_for_good() {
        let last = predicted(50, 100)[49];
        assert!(last.mean_square > 1000.0);
    }

    #[test]
    fn two_batches_leave_less_than_the_remainder_says() {
        let logarithm = |samples| predicted(2, samples)[1].mean_square.ln();
        for (small, large) in [(25, 50), (40, 60), (50, 100), (100, 200)] {
            let (t, u) = (small as f64, large as f64);
            let limit = (u * logarithm(large) - t * logarithm(small)) / (u - t);
            let bound = remainder(t, u);
            assert!(limit.abs() < bound && limit.abs() > 0.5 * bound, "{limit} against {bound}");
        }
    }
}
