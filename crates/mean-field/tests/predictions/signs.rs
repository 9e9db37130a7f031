//! The share of units with one sign for all samples.

use std::f64::consts::PI;

use mean_field::orthant::same_sign_probability;
use mean_field::{DomainError, Inputs};
use proptest::prelude::*;

use crate::oracle::relative_error;

/// Rounding of a sum of some thousand positive terms, raised to the power T; the largest error seen is 2e-15.
const ROUNDING: f64 = 2e-14;

fn probability(c: f64, samples: usize) -> f64 {
    same_sign_probability(1.0 - c, samples).unwrap()
}

#[test]
fn two_and_three_samples_have_closed_forms() {
    for c in [0.0, 1e-8, 0.01, 0.3, 0.5, 0.9, 0.999, 1.0 - 1e-9, 1.0] {
        assert!((probability(c, 1) - 1.0).abs() < ROUNDING, "c = {c}");
        assert!((probability(c, 2) - (0.5 + c.asin() / PI)).abs() < ROUNDING, "c = {c}");
        assert!((probability(c, 3) - (0.25 + 1.5 * c.asin() / PI)).abs() < ROUNDING, "c = {c}");
    }
}

#[test]
fn special_correlations_have_closed_forms_for_any_number_of_samples() {
    for samples in [1, 2, 10, 100, 1000] {
        assert_eq!(probability(1.0, samples), 1.0);
        assert_eq!(probability(0.0, samples), (1.0 - samples as f64).exp2());
        // With c = 1/2 the signs are those of T differences to one more iid variable, whose rank is uniform.
        assert!(
            relative_error(probability(0.5, samples), 2.0 / (samples as f64 + 1.0)) < ROUNDING,
            "{samples}"
        );
    }
}

#[test]
fn deep_units_are_mostly_always_on_or_always_off() {
    let shares: Vec<f64> =
        Inputs::STANDARD.gaps().take(50).map(|gap| same_sign_probability(gap, 100).unwrap()).collect();
    assert!(shares.windows(2).all(|pair| pair[1] > pair[0]));
    assert_eq!(format!("{:.4}", shares[49]), "0.7776", "layer 50 of 100 samples");
}

#[test]
fn what_does_not_exist_is_refused() {
    assert_eq!(same_sign_probability(1.2, 5), Err(DomainError::Gap(1.2)));
    assert!(matches!(same_sign_probability(f64::NAN, 5), Err(DomainError::Gap(_))));
    assert!(matches!(same_sign_probability(0.5, 0), Err(DomainError::Samples { .. })));
}

proptest! {
    #[test]
    fn more_correlation_helps_and_more_samples_do_not(exponent in -12.0..0.0_f64, samples in 2_usize..200) {
        let gap = 10f64.powf(exponent);
        let here = same_sign_probability(gap, samples).unwrap();
        prop_assert!(same_sign_probability(0.9 * gap, samples).unwrap() > here);
        prop_assert!(same_sign_probability(gap, samples + 1).unwrap() < here);
    }
}
