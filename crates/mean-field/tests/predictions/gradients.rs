//! Statistics of a batch, and gradients.

use std::f64::consts::PI;

use mean_field::batch_gradient::{Normalisation, Through, batch_variance, growth, log_mean_squares};
use mean_field::batch_norm::{amplification, gradient_slope, sigma_s};
use mean_field::{DomainError, cosine_map};

const PATHS: [Through; 3] = [Through::Full, Through::FixedDeviation, Through::FixedStatistics];

#[test]
fn constants_of_section_four() {
    // Computed with mpmath 1.3.0 to 40 digits; a few units in the last place are rounding.
    assert!((sigma_s() - 0.825_645_271_176_556_4).abs() < 5e-16, "{}", sigma_s());
    assert!((amplification() - 1.211_173_896_236_316_6).abs() < 1e-15, "{}", amplification());
    assert!((gradient_slope() + 0.383_180_102_968_505_6).abs() < 2e-16);
    assert!((batch_variance(4).unwrap() - 0.622_877_558_968_375_3).abs() < 5e-16);
    assert!((batch_variance(100).unwrap() - 0.679_857_136_284_476_2).abs() < 5e-16);
    assert!((gradient_slope() + 2.0 * amplification().ln()).abs() < 1e-15);
    let rounded = |value: f64, digits: usize| format!("{value:.digits$}");
    assert_eq!(
        (rounded(sigma_s(), 3), rounded(amplification(), 2), rounded(gradient_slope(), 3)),
        ("0.826".into(), "1.21".into(), "-0.383".into())
    );
}

#[test]
fn large_batches_tend_to_section_four() {
    let samples = 10_000_000;
    assert!((batch_variance(samples).unwrap() - sigma_s().powi(2)).abs() < 1e-6);
    for of in PATHS.map(Normalisation::BatchNorm).into_iter().chain([Normalisation::ScaleBias]) {
        assert!((growth(of, samples).unwrap().ln() + gradient_slope()).abs() < 1e-6, "{of:?}");
    }
    assert_eq!(growth(Normalisation::Kaiming, 7), Ok(1.0));
}

/// Averages over one unit of a batch of four: û is uniform on the sphere of radius 2 in the space orthogonal to (1,
/// 1, 1, 1), here taken point by point (midpoint rule in height and azimuth, which has equal areas).
fn over_the_sphere_of_four_samples(mut visit: impl FnMut([f64; 4])) -> f64 {
    const STEPS: usize = 400;
    for i in 0..STEPS {
        let height = 2.0 * (i as f64 + 0.5) / STEPS as f64 - 1.0;
        let radius = (1.0 - height * height).sqrt();
        for j in 0..STEPS {
            let azimuth = 2.0 * PI * (j as f64 + 0.5) / STEPS as f64;
            let (x, y, z) = (radius * azimuth.cos(), radius * azimuth.sin(), height);
            visit([x + y + z, x - y - z, y - x - z, z - x - y]);
        }
    }
    (STEPS * STEPS) as f64
}

/// Midpoint rule on 400 × 400 points for integrands that jump across great circles.
const SPHERE: f64 = 2e-3;

#[test]
fn one_unit_of_four_samples_integrated_directly_gives_the_same_gradient() {
    // Gradients of two samples have the product e = `overlap`, of one sample d = 1; the unit's own (1/s²) is left out
    // and Kaiming's factor 2 put in. ∂L/∂u = B h with the projection B written out as a matrix.
    for path in PATHS {
        for overlap in [1.0, 0.2, -1.0 / 3.0] {
            let (mut diagonal, mut whole, mut kernel) = (0.0, 0.0, 0.0);
            let points = over_the_sphere_of_four_samples(|u| {
                kernel += 2.0 * u[0].max(0.0) * u[1].max(0.0);
                let project = |a: usize, b: usize| {
                    let identity = if a == b { 1.0 } else { 0.0 };
                    match path {
                        Through::Full => identity - 0.25 - u[a] * u[b] / 4.0,
                        Through::FixedDeviation => identity - 0.25,
                        Through::FixedStatistics => identity,
                    }
                };
                for (b, c) in (0..4).flat_map(|b| (0..4).map(move |c| (b, c))) {
                    if u[b] > 0.0 && u[c] > 0.0 {
                        let product = if b == c { 1.0 } else { overlap };
                        for a in 0..4 {
                            diagonal += 2.0 * product * project(a, b) * project(a, c) / 4.0;
                            for other in 0..4 {
                                whole += 2.0 * product * project(a, b) * project(other, c);
                            }
                        }
                    }
                }
            });
            let (diagonal, whole, kernel) = (diagonal / points, whole / points, kernel / points);
            assert!((kernel - cosine_map::value(-1.0 / 3.0)).abs() < SPHERE);
            if path != Through::FixedStatistics {
                assert!(whole.abs() < 1e-12, "the gradient of a centred unit sums to zero over samples");
            }

            // The same number out of the crate: the last of two layers has overlap 1, the layers in between -1/3.
            let of = Normalisation::BatchNorm(path);
            let curve = log_mean_squares(of, 3, 4).unwrap();
            let inverse_square = 4.0 / (1.0 - cosine_map::value(-1.0 / 3.0));
            // The factor is linear in the overlap.
            let (first, steady) = ((curve[2] - curve[3]).exp(), growth(of, 4).unwrap());
            let expected = steady + (first - steady) * (overlap + 1.0 / 3.0) / (4.0 / 3.0);
            assert!(
                (diagonal * inverse_square / expected - 1.0).abs() < SPHERE,
                "{path:?}, e = {overlap}: {diagonal}"
            );
        }
    }
}

#[test]
fn gradient_curves_bend_at_both_ends() {
    let curve = log_mean_squares(Normalisation::BatchNorm(Through::Full), 50, 100_000).unwrap();
    assert_eq!((curve.len(), curve[50]), (51, 0.0));
    let first_step = (0.5 - 1.0 / PI) / (1.0 - 1.0 / PI);
    assert!((curve[49] - first_step.ln()).abs() < 1e-3, "next to the loss");
    assert!((curve[1] - curve[49] + 48.0 * gradient_slope()).abs() < 1e-3, "a line in between");
    assert!(
        (curve[0] - curve[1] - 0.5f64.ln()).abs() < 1e-3,
        "raw pre-activations of layer 1 have variance 2"
    );

    let flat = log_mean_squares(Normalisation::Kaiming, 5, 1).unwrap();
    assert_eq!(flat, vec![0.0; 6]);
    let steady = log_mean_squares(Normalisation::ScaleBias, 5, 100).unwrap();
    assert!(
        (steady[4] - growth(Normalisation::ScaleBias, 100).unwrap().ln()).abs() < 1e-15,
        "nothing special at the loss"
    );
}

#[test]
fn growth_falls_with_the_batch_and_with_what_is_detached() {
    let of = |path, samples| growth(Normalisation::BatchNorm(path), samples).unwrap();
    for samples in [4, 10, 100, 1000] {
        assert!(of(Through::Full, samples) < of(Through::FixedDeviation, samples));
        assert!(of(Through::FixedDeviation, samples) < of(Through::FixedStatistics, samples));
        assert!(of(Through::Full, samples) > of(Through::Full, 2 * samples));
    }
}

#[test]
fn batches_too_small_are_refused() {
    assert!(matches!(
        growth(Normalisation::BatchNorm(Through::Full), 3),
        Err(DomainError::Samples { least: 4, given: 3, .. })
    ));
    assert!(matches!(
        log_mean_squares(Normalisation::ScaleBias, 5, 1),
        Err(DomainError::Samples { least: 2, .. })
    ));
    assert!(matches!(batch_variance(1), Err(DomainError::Samples { least: 2, given: 1, .. })));
    assert_eq!(growth(Normalisation::ScaleBias, 2), Ok(2.0));
}
