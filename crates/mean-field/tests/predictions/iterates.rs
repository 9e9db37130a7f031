//! Iterates, moments per layer, the asymptote, and the scale of the weights.

use std::f64::consts::PI;

use mean_field::asymptote::{corrected_gap, correction_remainder, leading_gap, offset};
use mean_field::iterate::naive_cosines;
use mean_field::{DomainError, Gaps, Inputs, SampleMoments, weight_variance};

use crate::oracle::{GAPS, relative_error, rows};

fn gap(first_cosine: f64, layer: usize) -> f64 {
    Gaps::from_gap(1.0 - first_cosine).nth(layer).unwrap()
}

#[test]
fn the_closed_form_iterated_in_c_loses_them_all() {
    for row in rows(GAPS).iter().filter(|row| row[0] == 0.0) {
        let naive = 1.0 - naive_cosines(row[0]).nth(row[1] as usize).unwrap();
        let error = relative_error(naive, row[2]);
        match row[1] as usize {
            ..=100 => assert!(error < 1e-12, "layer {}: {error:e}", row[1]),
            1_000_000 => assert!(error.is_nan() || error > 0.1, "layer {}: {error:e}", row[1]),
            _ => {}
        }
    }
}

#[test]
fn the_first_layer_sees_the_inputs_and_the_printed_index_is_one_off() {
    let moments: Vec<SampleMoments> = Inputs::STANDARD.moments().take(51).collect();
    assert_eq!((moments[0].layer, moments[0].squared_mean, moments[0].variance), (1, 0.0, 2.0));
    assert!((moments[1].squared_mean - 2.0 / PI).abs() < 1e-15);
    for (printed, next) in Inputs::STANDARD.moments_as_printed().zip(&moments[1..]) {
        assert_eq!(printed, SampleMoments { layer: next.layer - 1, ..*next });
    }
}

#[test]
fn moments_rise_fall_and_add_up() {
    let inputs = Inputs::new(3.0, -0.25).unwrap();
    let moments: Vec<SampleMoments> = inputs.moments().take(60).collect();
    assert_eq!((moments[0].squared_mean, moments[0].variance), (-1.5, 7.5));
    for pair in moments.windows(2) {
        assert!(pair[1].squared_mean > pair[0].squared_mean && pair[1].variance < pair[0].variance);
        assert!((pair[1].squared_mean + pair[1].variance - 6.0).abs() < 2e-15);
        assert_eq!(pair[1].total_variance, 6.0);
    }
    let fifty = moments[49];
    assert!((fifty.standard_deviation().powi(2) - fifty.variance).abs() < 1e-15);
    assert!((fifty.ratio() - fifty.squared_mean.sqrt() / fifty.standard_deviation()).abs() < 1e-13);
    assert!((fifty.total_standard_deviation() - 6f64.sqrt()).abs() < 1e-15);
}

#[test]
fn impossible_inputs_are_refused() {
    assert_eq!(Inputs::new(0.0, 0.0), Err(DomainError::MeanSquare(0.0)));
    assert!(matches!(Inputs::new(f64::INFINITY, 0.0), Err(DomainError::MeanSquare(_))));
    assert_eq!(Inputs::new(1.0, 1.5), Err(DomainError::Cosine(1.5)));
    assert!(matches!(Inputs::new(1.0, f64::NAN), Err(DomainError::Cosine(_))));
    assert_eq!(Inputs::new(1.0, 1.5).unwrap_err().to_string(), "the cosine must lie in [-1, 1], but is 1.5");
}

#[test]
fn the_gap_approaches_its_asymptote_at_the_derived_rate() {
    let b = offset(0.0);
    assert!(offset(1.0).is_nan());
    let (mut leading_before, mut corrected_before) = (f64::INFINITY, f64::INFINITY);
    for layer in [100, 1_000, 10_000, 100_000, 1_000_000] {
        let exact = gap(0.0, layer);
        let leading = leading_gap(layer) / exact - 1.0;
        let corrected = corrected_gap(layer, b) / exact - 1.0;
        assert!(leading > 0.0 && leading < leading_before && corrected > 0.0 && corrected < corrected_before);
        (leading_before, corrected_before) = (leading, corrected);

        // The leading form misses 3 ln l / l, the corrected one ln l / l² with the derived factors; what either
        // estimate leaves out is smaller by another ln l / l. The error of b (1e-8) enters as 2e-8/l.
        let l = layer as f64;
        let order = l.ln() / l;
        let expected = (3.0 * l.ln() + 2.0 * b) / l;
        assert!(
            (leading / expected - 1.0).abs() < 3.0 * order,
            "layer {layer}: {leading:e} against {expected:e}"
        );
        let expected = correction_remainder(layer, b);
        let allowed = 3.0 * order * expected + 2e-8 / l;
        assert!((corrected - expected).abs() < allowed, "layer {layer}: {corrected:e} against {expected:e}");
    }
    assert!(leading_before < 1e-4 && corrected_before < 1e-10);
}

#[test]
fn the_sample_standard_deviation_falls_as_three_pi_over_l() {
    let at = |layer: usize| Inputs::STANDARD.moments().nth(layer - 1).unwrap().standard_deviation();
    let ratio = |layer: usize| at(layer) * layer as f64 / (3.0 * PI);
    assert!((ratio(100_000) - 1.0).abs() < 3e-4);
    assert!((ratio(50) - 1.0).abs() > 0.15, "at the paper's depth the asymptote is not reached");
    // Subexponential: the ratio of successive gaps tends to 1, as 1 - 2/l.
    let successive = gap(0.0, 100_001) / gap(0.0, 100_000);
    assert!((successive - (1.0 - 2e-5)).abs() < 1e-8);
}

#[test]
fn the_total_variance_grows_by_gamma_a_layer() {
    for gamma in [0.5, 1.0, 1.1] {
        assert!(relative_error(weight_variance::total_variance(1.0, gamma, 1), 2.0 * gamma) < 1e-15);
        let (first, last) =
            (weight_variance::total_variance(1.5, gamma, 3), weight_variance::total_variance(1.5, gamma, 40));
        assert!(
            ((last / first).ln() - 37.0 * weight_variance::log_slope(gamma)).abs() < 1e-13,
            "γ = {gamma}"
        );
    }
    assert_eq!(weight_variance::total_variance(1.0, 1.0, 50), 2.0);
}
