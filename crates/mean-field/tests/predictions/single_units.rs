//! Large sample means, and the ReLU as an affine map: single units of an infinitely wide layer.

use std::f64::consts::{FRAC_PI_2, PI};

use mean_field::large_mean::{large_mean_share, large_mean_share_of};
use mean_field::nearly_linear::residual_share;
use mean_field::{DomainError, Inputs, SampleMoments};

fn moments(squared_mean: f64, variance: f64) -> SampleMoments {
    SampleMoments { layer: 1, squared_mean, variance, total_variance: squared_mean + variance }
}

#[test]
fn student_of_one_and_two_degrees_of_freedom_has_closed_forms() {
    // Without means over all samples, ū/s is t/√T.
    for deviations in [0.1, 0.5, 1.0, 2.0, 10.0] {
        let share = |samples| large_mean_share_of(moments(0.0, 3.0), deviations, samples).unwrap();
        let (a, b) = (deviations * 2f64.sqrt(), deviations * 3f64.sqrt());
        assert!((share(2) - (1.0 - 2.0 * a.atan() / PI)).abs() < 1e-13, "Cauchy at {a}");
        assert!((share(3) - (1.0 - b / (2.0 + b * b).sqrt())).abs() < 1e-13, "two degrees of freedom at {b}");
    }
}

#[test]
fn many_samples_show_the_share_of_all() {
    let deep = Inputs::STANDARD.moments().nth(49).unwrap();
    let all = large_mean_share(deep, 2.0);
    let off = |samples| large_mean_share_of(deep, 2.0, samples).unwrap() - all;
    // The first correction is of order 1/T.
    assert!((off(1_000_000) * 10.0 / off(100_000) - 1.0).abs() < 1e-3, "{} {}", off(1_000_000), off(100_000));
    assert!(off(1_000_000).abs() < 1e-6);
    assert!(matches!(large_mean_share_of(deep, 2.0, 1), Err(DomainError::Samples { .. })));
}

#[test]
fn a_wide_unit_exceeds_one_deviation_as_often_as_a_gaussian() {
    assert!((large_mean_share(moments(1.0, 1.0), 1.0) - 0.317_310_507_862_914_1).abs() < 1e-14);
    assert_eq!(large_mean_share(moments(0.0, 1.0), 2.0), 0.0);
}

/// Variance over ξ of f(M + ξ) and what its best affine map leaves, averaged over M of variance r² (v = 1), by sums on a
/// grid: no closed form but Φ is used.
fn by_sums(ratio: f64) -> f64 {
    const STEPS: i32 = 400;
    const REACH: f64 = 8.0;
    let step = REACH / f64::from(STEPS);
    let weights: Vec<(f64, f64)> = (-STEPS..=STEPS)
        .map(|i| f64::from(i) * step)
        .map(|x| (x, step * (-0.5 * x * x).exp() / (2.0 * PI).sqrt()))
        .collect();
    let (mut left, mut all) = (0.0, 0.0);
    for (z, weight) in &weights {
        let (mut sums, mean) = ([0.0; 3], ratio * z);
        for (x, w) in &weights {
            let f = (mean + x).max(0.0);
            sums[0] += w * f;
            sums[1] += w * f * f;
            sums[2] += w * f * x;
        }
        let variance = sums[1] - sums[0] * sums[0];
        all += weight * variance;
        left += weight * (variance - sums[2] * sums[2]);
    }
    left / all
}

#[test]
fn the_chord_less_the_tangent_is_what_an_affine_map_leaves() {
    assert!((residual_share(1.0) - (FRAC_PI_2 - 1.0) / (PI - 1.0)).abs() < 1e-15);
    for gap in [1.0_f64, 0.5, 0.1, 0.0125] {
        let ratio = ((1.0 - gap) / gap).sqrt();
        let summed = by_sums(ratio);
        assert!((residual_share(gap) / summed - 1.0).abs() < 1e-4, "gap {gap}: {summed}");
    }
}

#[test]
fn it_falls_with_depth_as_one_over_the_layer() {
    let shares: Vec<f64> = Inputs::STANDARD.gaps().take(100_000).map(residual_share).collect();
    assert!(shares.windows(2).all(|pair| pair[1] < pair[0]));
    assert!((shares[99_999] * 1e5 - 1.0).abs() < 1e-3, "{}", shares[99_999]);
    assert!(residual_share(1.5).is_finite() && residual_share(3.0).is_nan() && residual_share(0.0).is_nan());
}
