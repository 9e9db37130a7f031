//! K, its derivatives and the map of gaps.

use std::f64::consts::{FRAC_PI_2, PI};

use mean_field::cosine_map::{closed_form, excess, next_gap, slope, value};
use proptest::prelude::*;

use crate::oracle::relative_error;

/// A handful of correctly rounded operations: measured at most 1.6 units of 2.2e-16.
const FEW_ULP: f64 = 8e-16;

#[test]
fn special_values_are_exact() {
    assert_eq!((value(1.0), value(-1.0), slope(1.0), slope(0.0), slope(-1.0)), (1.0, 0.0, 1.0, 0.5, 0.0));
    assert_eq!((next_gap(0.0), next_gap(2.0), excess(0.0)), (0.0, 1.0, 0.0));
    assert!((value(0.0) - 1.0 / PI).abs() < FEW_ULP);
}

#[test]
fn the_closed_form_agrees_but_loses_its_digits_near_minus_one() {
    for i in -100..=100 {
        let c = f64::from(i) / 100.0;
        assert!((closed_form(c) - value(c)).abs() < FEW_ULP, "c = {c}");
    }
    let near = -1.0 + 1e-12;
    assert!(relative_error(closed_form(near), value(near)) > 1.0);
}

#[test]
fn the_series_meets_the_trigonometric_form_where_they_change_over() {
    // At π/2 the direct form does not cancel: κ(π/2) = 1/π, and both sides of the change-over agree with it.
    for angle in [FRAC_PI_2 * (1.0 - 1e-15), FRAC_PI_2, FRAC_PI_2 * (1.0 + 1e-15)] {
        assert!((excess(angle) - (angle.sin() - angle * angle.cos()) / PI).abs() < FEW_ULP, "angle {angle}");
    }
}

#[test]
fn outside_its_range_the_map_is_not_a_number() {
    for c in [1.0 + 1e-9, -1.5, f64::NAN] {
        assert!(value(c).is_nan() && slope(c).is_nan() && closed_form(c).is_nan(), "c = {c}");
    }
    assert!(next_gap(-1e-9).is_nan() && next_gap(2.1).is_nan());
}

/// Cosines with gaps to -1 and to 1 of every magnitude.
fn cosine() -> impl Strategy<Value = f64> {
    prop_oneof![
        -1.0..=1.0_f64,
        (0.0..15.0_f64).prop_map(|x| 1.0 - 10f64.powf(-x)),
        (0.0..15.0_f64).prop_map(|x| 10f64.powf(-x) - 1.0)
    ]
}

proptest! {
    #[test]
    fn the_map_lies_above_the_diagonal(exponent in -28.0..0.3_f64, c in cosine()) {
        // In terms of gaps the strict inequality survives rounding: at 1e-28 the decrement is still 30 units of the
        // gap.
        let gap = 10f64.powf(exponent);
        prop_assert!(next_gap(gap) < gap);
        prop_assert!(value(c) >= c);
    }

    #[test]
    fn the_map_rises_and_stays_in_range(a in cosine(), b in cosine()) {
        let (low, high) = (value(a.min(b)), value(a.max(b)));
        prop_assert!((0.0..=1.0).contains(&low));
        prop_assert!(low <= high * (1.0 + FEW_ULP));
        prop_assert!(a.max(b) - a.min(b) < 1e-6 || low < high);
    }

    #[test]
    fn the_map_is_convex(a in cosine(), b in cosine()) {
        prop_assert!(value(0.5 * (a + b)) <= 0.5 * (value(a) + value(b)) + FEW_ULP);
        prop_assert!(slope(a.min(b)) <= slope(a.max(b)));
    }

    #[test]
    fn the_odd_part_of_the_map_is_half_the_identity(c in cosine()) {
        // f(z) - f(-z) = z, so the part of K that is odd in c is c/2.
        prop_assert!((value(c) - value(-c) - c).abs() < FEW_ULP);
    }

    #[test]
    fn the_slope_is_the_limit_of_differences(c in -0.99..0.99_f64) {
        // Truncation: h²/6 times a third derivative of at most 113; rounding: 2e-16/h.
        let h = 1e-5;
        prop_assert!(((value(c + h) - value(c - h)) / (2.0 * h) - slope(c)).abs() < 3e-9);
    }

    #[test]
    fn gap_and_cosine_say_the_same(c in cosine()) {
        prop_assert!((next_gap(1.0 - c) - (1.0 - value(c))).abs() < FEW_ULP);
    }
}
