//! Section 7: lengths and angles at finite width, the price of preserved variance, and the depth of normalisation.

use std::f64::consts::PI;

use mean_field::asymptote::depth_of_gap;
use mean_field::lengths::{self, Weights};
use mean_field::runaway::Averages;
use mean_field::{Gaps, evaluation, price, runaway};

#[test]
fn lengths_converge_and_orthogonal_weights_keep_them_together() {
    for (weights, first) in [(Weights::Gaussian, 1.75), (Weights::Orthogonal, 1.25)] {
        // Inputs 1/2, and 3/2 - κ(0) = 5/4, of which orthogonal weights leave 3/4.
        assert!((lengths::coefficients(weights).nth(1).unwrap() - first).abs() < 1e-14);
        let (limit, deep) = (lengths::limit(weights), lengths::coefficients(weights).nth(200_000).unwrap());
        let missing = if weights == Weights::Gaussian { 9.0 } else { 4.5 };
        let tail = missing * PI.powi(2) / 200_000.0;
        assert!((limit - deep - tail).abs() < 1e-2 * tail, "{limit} {deep} {tail}");
    }
    assert!((lengths::squares(1.0) - 1.5).abs() < 1e-15 && (lengths::squares(0.0) - 0.25).abs() < 1e-15);
}

#[test]
fn figure_2_is_the_sum_of_two_terms() {
    // Read off the paper's Fig. 2 in layer 50, to 0.1, of 30 networks; in narrower ones terms of order 1/n² show.
    for (width, printed) in [(300, 4.8), (1000, 6.8), (3000, 8.0)] {
        let ratio = lengths::ratio(width, 50, Weights::Gaussian);
        assert!((ratio - printed).abs() < 0.15, "{width}: {ratio}");
    }
}

#[test]
fn angles_of_narrow_networks_are_deeper() {
    let wide = depth_of_gap(Gaps::from_gap(1.0).nth(100).unwrap());
    let at = |width, weights| lengths::depths(width, weights).nth(100).unwrap();
    assert!((at(1 << 30, Weights::Gaussian) / wide - 1.0).abs() < 1e-5);
    assert!(at(100, Weights::Gaussian) > 3.0 * wide);
    // The scaling limit, beside which (3/2) ln N is small.
    let scaled = |width: f64, layer: f64| 0.5 * width * ((2.0 * layer / width).exp() - 1.0);
    let deep = lengths::depths(20_000, Weights::Gaussian).nth(20_000).unwrap();
    assert!((deep / scaled(20_000.0, 20_000.0) - 1.0).abs() < 2e-3, "{deep}");
    let orthogonal = at(300, Weights::Orthogonal) / at(600, Weights::Gaussian);
    assert!((orthogonal - 1.0).abs() < 1e-12);
}

#[test]
fn the_price_is_linear_for_little_variance_and_the_paper_s_for_all() {
    let gap = price::kept_gap(1e-4);
    let (v, growth) = (price::kept_deviation(gap), price::growth(gap));
    assert!((growth / price::small_growth(v) - 1.0).abs() < 1e-4, "{growth} at {v}");
    assert!((price::kept_gap(1.0) - 1.0).abs() < 1e-12);
    assert!((price::growth(1.0) + (1.0 - 1.0 / PI).ln()).abs() < 1e-15);
    for share in [0.05, 0.3, 0.7] {
        let growth = -(-price::removed(share)).ln_1p();
        assert!((price::growth(price::kept_gap(share)) - growth).abs() < 1e-12);
    }
}

#[test]
fn fresh_samples_run_away_after_root_t() {
    assert!((evaluation::constant() - 2.8886).abs() < 1e-4);
    let over_root =
        |samples: usize| evaluation::layer_beyond(2.0, samples).unwrap() / (samples as f64).sqrt();
    assert!((over_root(100_000_000) - evaluation::constant()).abs() < 0.01);
    assert!(over_root(100) < 2.0);
    assert!(evaluation::mean_squares(3).is_err());
}

#[test]
fn lengths_run_away_with_the_third_root_of_the_width() {
    let at = |width, samples| runaway::layer(width, samples, 2000).unwrap();
    // The last layers, in which the longest sample grows by a constant factor, do not scale: the exponent comes from below.
    let wide = [1_000, 8_000, 64_000].map(|width| at(width, 10_000).unwrap());
    let exponents = [1, 2].map(|index| (wide[index] / wide[index - 1]).log(8.0));
    assert!(
        exponents.is_sorted() && exponents[0] > 0.25 && exponents[1] < 1.0 / 3.0,
        "{wide:?} {exponents:?}"
    );
    // A small batch holds lengths together: there the exponent is larger, and very wide networks never let go.
    assert!((at(100_000, 25).unwrap() / at(10_000, 25).unwrap()).log10() > 0.4);
    assert_eq!(runaway::layer(1_000_000, 25, 500).unwrap(), None);
}

/// F has the mean that the layer divides by, a slope of one around P = 1 for all samples, and less for a batch.
#[test]
fn nothing_pulls_a_length_back_but_the_batch() {
    let averages = Averages { root: 1.0, square: 1.0 };
    let slope = |samples: f64| {
        let at = |p| runaway::centred(p, samples, averages);
        (at(1.0 + 1e-6) - at(1.0 - 1e-6)) / (2e-6 * at(1.0))
    };
    assert!((slope(1e12) - 1.0).abs() < 1e-8);
    let pull = (0.5 - 1.0 / PI) / (1.0 - 1.0 / PI);
    assert!((slope(100.0) - (1.0 - pull / 100.0)).abs() < 1e-4);
    // κ, from the second difference.
    let at = |p| runaway::centred(p, 1e12, averages) / runaway::centred(1.0, 1e12, averages);
    let curvature = (at(1.001) - 2.0 + at(0.999)) / 2e-6;
    assert!((curvature - runaway::amplification()).abs() < 1e-5);
}
