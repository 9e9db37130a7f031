//! Finite numbers of samples, and finite width.

use mean_field::finite_samples::over_samples;
use mean_field::fluctuation::{activation_relative_variance, pre_activation_relative_variance};
use mean_field::{DomainError, Inputs};
use quadrature::clenshaw_curtis::integrate;

use crate::oracle::relative_error;

/// Rounding of a plain sum of 10 000 terms of order one, divided by their number.
const SUMMATION: f64 = 1e-12;

#[test]
fn averages_over_few_samples_follow_from_the_covariance() {
    // The covariance of T exchangeable samples written out: m² off the diagonal, m² + v² on it.
    for moments in Inputs::STANDARD.moments().step_by(7).take(5) {
        for samples in [2, 3, 10, 100] {
            let covariance =
                |a: usize, b: usize| moments.squared_mean + if a == b { moments.variance } else { 0.0 };
            let pairs = || (0..samples).flat_map(|a| (0..samples).map(move |b| (a, b)));
            let t = samples as f64;
            let squared_mean = pairs().map(|(a, b)| covariance(a, b)).sum::<f64>() / (t * t);
            let mean_square = (0..samples).map(|a| covariance(a, a)).sum::<f64>() / t;

            let estimated = over_samples(moments, samples).unwrap();
            assert!((estimated.squared_mean - squared_mean).abs() < SUMMATION);
            assert!((estimated.variance - (mean_square - squared_mean)).abs() < SUMMATION);
            assert_eq!((estimated.layer, estimated.total_variance), (moments.layer, moments.total_variance));
        }
    }
}

#[test]
fn a_hundred_samples_of_the_first_layer_have_a_ratio_of_a_tenth() {
    let first = Inputs::STANDARD.moments().next().unwrap();
    assert!((over_samples(first, 100).unwrap().ratio() - (1.0 / 99f64).sqrt()).abs() < 1e-15);
}

#[test]
fn the_ratio_falls_to_that_of_all_samples() {
    let fiftieth = Inputs::STANDARD.moments().nth(49).unwrap();
    let ratios: Vec<f64> = [2, 10, 100, 10_000, 100_000_000]
        .map(|samples| over_samples(fiftieth, samples).unwrap().ratio())
        .into();
    assert!(ratios.windows(2).all(|pair| pair[1] < pair[0]) && ratios[4] > fiftieth.ratio());
    assert!(relative_error(ratios[4], fiftieth.ratio()) < 1e-8);
}

#[test]
fn one_sample_has_no_variance_and_none_no_mean() {
    let fiftieth = Inputs::STANDARD.moments().nth(49).unwrap();
    let one = over_samples(fiftieth, 1).unwrap();
    assert_eq!((one.variance, one.ratio()), (0.0, f64::INFINITY));
    assert!(matches!(over_samples(fiftieth, 0), Err(DomainError::Samples { least: 1, given: 0, .. })));
}

#[test]
fn the_factor_of_one_layer_has_the_moments_of_a_squared_relu() {
    let gaussian_mean = |f: &dyn Fn(f64) -> f64| {
        integrate(|z| f(z) * (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt(), 0.0, 12.0, 1e-14)
            .integral
    };
    let mean = gaussian_mean(&|z| 2.0 * z.powi(2));
    let variance = gaussian_mean(&|z| 4.0 * z.powi(4)) - mean * mean;
    assert!((mean - 1.0).abs() < 1e-13);
    for width in [1, 30, 3000] {
        let one_layer = activation_relative_variance(width, 1);
        assert!(relative_error(one_layer, variance / width as f64) < 1e-12, "width {width}");
    }
}

#[test]
fn layers_multiply_their_second_moments() {
    assert_eq!(activation_relative_variance(100, 0), 0.0);
    assert!(relative_error(activation_relative_variance(1, 2), 35.0) < 1e-14);
    assert!(relative_error(activation_relative_variance(100, 50), 1.05f64.powi(50) - 1.0) < 1e-13);
    assert!(relative_error(pre_activation_relative_variance(100, 1), 0.02) < 1e-14);
    assert!(
        relative_error(pre_activation_relative_variance(30, 8), (7.0 / 6.0f64).powi(7) * (16.0 / 15.0) - 1.0)
            < 1e-13
    );
}
