//! Eq. 11 for any law at all that lives on finitely many points, and with those for every law they come near to.

use mechanism::experiment::relu::discrete;
use proptest::prelude::*;

/// Points between -10 and 10 with weights, as probabilities.
fn laws() -> impl Strategy<Value = Vec<(f64, f64)>> {
    proptest::collection::vec((-10.0f64..10.0, 0.01f64..1.0), 1..12).prop_map(|points| {
        let total: f64 = points.iter().map(|point| point.1).sum();
        points.into_iter().map(|(at, weight)| (at, weight / total)).collect()
    })
}

/// Rounding of a dozen products of order 100.
const ROUNDING: f64 = 1e-12;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    /// The mean rises by what lies below zero and the second moment falls by its square, whatever else there is.
    #[test]
    fn means_rise_and_second_moments_fall(law in laws(), lowest in -10.0f64..-0.001, weight in 0.001f64..1.0) {
        let others = law.iter().map(|(at, probability)| (*at, probability * (1.0 - weight)));
        let points: Vec<(f64, f64)> = std::iter::once((lowest, weight)).chain(others).collect();
        let effect = discrete(&points);
        prop_assert!(effect.below_zero > 0.0);
        prop_assert!(effect.mean_after > effect.mean_before);
        prop_assert!(effect.second_after < effect.second_before);
        prop_assert!(effect.mean_gain >= -weight * lowest - ROUNDING);
        prop_assert!(effect.second_loss >= weight * lowest * lowest - ROUNDING);
    }

    /// Var x - Var f(x) = Var q + 2⟨p⟩⟨q⟩ with the parts p above and q below zero, which is never negative.
    #[test]
    fn variances_do_not_rise(law in laws()) {
        let effect = discrete(&law);
        let below = |power: i32| law.iter().map(|(at, p)| p * (-at).max(0.0).powi(power)).sum::<f64>();
        let expected = below(2) - below(1).powi(2) + 2.0 * effect.mean_after * below(1);
        let loss = effect.variance_before() - effect.variance_after();
        prop_assert!((loss - expected).abs() < ROUNDING * 100.0);
        prop_assert!(loss > -ROUNDING * 100.0);
    }

    /// Without mass below zero nothing changes, by a single bit.
    #[test]
    fn what_is_positive_stays(law in laws()) {
        let positive: Vec<(f64, f64)> = law.iter().map(|(at, probability)| (at.abs(), *probability)).collect();
        let effect = discrete(&positive);
        prop_assert_eq!([effect.below_zero, effect.mean_gain, effect.second_loss], [0.0; 3]);
    }

    /// A single point below zero has no variance to lose; any second point gives it some.
    #[test]
    fn only_a_point_keeps_its_variance(at in -10.0f64..-0.01, apart in 0.1f64..10.0, weight in 0.05f64..0.95) {
        let point = discrete(&[(at, 1.0)]);
        prop_assert_eq!(point.variance_after(), 0.0);
        prop_assert!(point.variance_before().abs() < ROUNDING * 100.0);
        let two = discrete(&[(at, weight), (at + apart, 1.0 - weight)]);
        prop_assert!(two.variance_before() - two.variance_after() > ROUNDING);
    }
}
