//! The judge is tested by mutation: every kind of measurement, pushed just past its tolerance, changes the verdict, and
//! pushed just short of it does not.

#![allow(clippy::unwrap_used)]

use ledger::{Check, Entry, Estimate, Measurement, Register, Scale, Verdict, judge, merge};

fn register(kind: &str, fields: &str) -> Register {
    let text = format!(
        "[[claim]]\nid = \"x\"\nsection = \"1\"\nlocator = \"Eq. 1\"\nkind = \"{kind}\"\nstatement = \"s\"\n{fields}"
    );
    Register::parse(&text).unwrap()
}

fn verdict(register: &Register, measurement: &Measurement) -> Verdict {
    judge(&register.claims()[0], measurement).verdict
}

const SLOPE: &str = "printed = \"-0.383\"\nwrong = \"-0.381\"\nwrong_because = \"the rounded factor\"\n";

#[test]
fn a_printed_value_covers_its_rounding_interval_and_no_more() {
    let register = register("printed", SLOPE);
    let at = |value| {
        verdict(
            &register,
            &Measurement::new("x", vec![Check::value("slope", Estimate::computed(value, 1e-12))]),
        )
    };
    assert_eq!(at(-0.3834), Verdict::Reproduced);
    assert_eq!(at(-0.382_500_001), Verdict::Reproduced);
    assert_eq!(at(-0.382_499), Verdict::NotReproduced);
    assert_eq!(at(-0.383_501), Verdict::NotReproduced);
    assert_eq!(at(f64::NAN), Verdict::NotReproduced);
}

#[test]
fn an_exact_value_has_no_rounding_interval() {
    let register =
        register("exact", "printed = \"2\"\nwrong = \"1.9\"\nwrong_because = \"fan-in off by one\"\n");
    let at = |value, error| {
        verdict(
            &register,
            &Measurement::new("x", vec![Check::value("σ²", Estimate::sampled(value, error, 1000))]),
        )
    };
    assert_eq!(at(2.02, 0.01), Verdict::Reproduced);
    assert_eq!(at(2.04, 0.01), Verdict::NotReproduced);
    assert_eq!(at(2.04, 0.05), Verdict::Inconclusive, "an error that covers the wrong value decides nothing");
}

#[test]
fn measured_digits_bring_the_authors_error_along() {
    let fields = SLOPE.replace("-0.381", "-0.3") + "sampling = { replicates = 30 }\n";
    let (printed, measured) =
        (register("printed", &SLOPE.replace("-0.381", "-0.3")), register("measured", &fields));
    let measurement =
        Measurement::new("x", vec![Check::value("slope", Estimate::sampled(-0.3796, 0.001, 30))]);
    assert_eq!(verdict(&printed, &measurement), Verdict::Reproduced);
    let further = Measurement::new("x", vec![Check::value("slope", Estimate::sampled(-0.3782, 0.001, 30))]);
    assert_eq!(verdict(&printed, &further), Verdict::NotReproduced);
    assert_eq!(verdict(&measured, &further), Verdict::Reproduced);
}

#[test]
fn an_order_is_held_against_its_own_error() {
    let register = register("order", "");
    let at = |value, n: usize| {
        let checks = vec![Check::positive("b - a", Estimate::sampled(value, 0.1, 100)); n];
        verdict(&register, &Measurement::new("x", checks))
    };
    assert_eq!(at(0.31, 1), Verdict::Reproduced);
    assert_eq!(at(0.2, 1), Verdict::Inconclusive);
    assert_eq!(at(-0.31, 1), Verdict::NotReproduced);
    assert_eq!(at(0.31, 250), Verdict::Inconclusive, "250 comparisons need a wider, simultaneous bound");
    assert_eq!(at(f64::NAN, 1), Verdict::NotReproduced);
    let equal = Measurement::new("x", vec![Check::positive("b - a", Estimate::computed(0.0, 0.0))]);
    assert_eq!(verdict(&register, &equal), Verdict::NotReproduced);
}

#[test]
fn an_identity_must_resolve_what_would_matter() {
    let register = register("identity", "");
    let at = |value, error, resolution| {
        let check = Check::equal("left - right", Estimate::sampled(value, error, 100), resolution);
        verdict(&register, &Measurement::new("x", vec![check]))
    };
    assert_eq!(at(0.01, 0.01, 0.1), Verdict::Reproduced);
    assert_eq!(at(0.04, 0.01, 0.1), Verdict::NotReproduced);
    assert_eq!(at(0.04, 0.1, 0.1), Verdict::Inconclusive);
}

#[test]
fn a_protocol_is_read_back_in_full() {
    let register = register("protocol", "stated = { networks = \"30\", depth = \"50\" }\n");
    let with = |settings: &[(&str, u32)], scale| {
        let checks = settings.iter().map(|&(name, ran)| Check::setting(name, ran)).collect();
        verdict(&register, &Measurement::new("x", checks).at(scale))
    };
    assert_eq!(with(&[("networks", 30), ("depth", 50)], Scale::Full), Verdict::Reproduced);
    assert_eq!(with(&[("networks", 3), ("depth", 50)], Scale::Full), Verdict::NotReproduced);
    assert_eq!(with(&[("networks", 3), ("depth", 50)], Scale::Reduced), Verdict::Inconclusive);
    assert_eq!(with(&[("networks", 30)], Scale::Full), Verdict::Inconclusive, "depth was not read back");
    assert_eq!(with(&[("networks", 30), ("depth", 50), ("colour", 1)], Scale::Full), Verdict::Inconclusive);
}

#[test]
fn a_misprint_needs_both_forms() {
    let register = register("misprint", "correction = \"1/√(2π)\"\n");
    let holds = vec![Check::equal("corrected", Estimate::computed(0.0, 1e-12), 1e-3)];
    let fails = vec![Check::equal("printed", Estimate::computed(0.84, 1e-12), 1e-3)];
    let of = |corrected: &[Check], printed: &[Check]| {
        verdict(&register, &Measurement::new("x", corrected.to_vec()).as_printed(printed.to_vec()))
    };
    assert_eq!(of(&holds, &fails), Verdict::Misprint);
    assert_eq!(of(&holds, &holds), Verdict::Reproduced);
    assert_eq!(of(&holds, &[]), Verdict::Inconclusive);
    assert_eq!(of(&fails, &fails), Verdict::NotReproduced);
}

#[test]
fn an_unstated_protocol_leaves_the_verdict_open_but_never_hides_a_failure() {
    let register = register("printed", SLOPE);
    let good = Measurement::new("x", vec![Check::value("slope", Estimate::computed(-0.383, 0.0))]);
    assert_eq!(verdict(&register, &good.clone().undecided("fit range unstated")), Verdict::Inconclusive);
    let bad = Measurement::new("x", vec![Check::value("slope", Estimate::computed(-0.4, 0.0))]);
    assert_eq!(verdict(&register, &bad.undecided("fit range unstated")), Verdict::NotReproduced);
}

#[test]
fn nothing_checked_decides_nothing() {
    assert_eq!(verdict(&register("order", ""), &Measurement::new("x", Vec::new())), Verdict::Inconclusive);
    assert_eq!(
        verdict(
            &register("printed", SLOPE),
            &Measurement::new("x", vec![Check::positive("y", Estimate::computed(1.0, 0.0))])
        ),
        Verdict::Inconclusive
    );
}

#[test]
fn the_published_deviation_is_the_one_that_flips_the_verdict() {
    let register = register("printed", SLOPE);
    let claim = &register.claims()[0];
    let check = Check::value("slope", Estimate::sampled(-0.383, 0.0002, 30));
    let visible =
        judge(claim, &Measurement::new("x", vec![check.clone()])).smallest_visible_deviation.unwrap();
    for (push, expected) in [(0.999, Verdict::Reproduced), (1.001, Verdict::NotReproduced)] {
        for sign in [-1.0, 1.0] {
            let pushed = Measurement::new("x", vec![check.pushed_to(-0.383 + sign * push * visible)]);
            assert_eq!(judge(claim, &pushed).verdict, expected);
        }
    }
}

#[test]
fn the_owner_s_row_carries_what_others_measured() {
    let register = register("printed", SLOPE);
    let claim = &register.claims()[0];
    let entry = |section: &str, value| {
        Entry::measured(
            claim,
            &Measurement::new("x", vec![Check::value("slope", Estimate::computed(value, 0.0))]),
            section,
        )
    };
    let rows = merge(register.claims(), &[entry("9", -0.3833), entry("1", -0.3831)]);
    assert_eq!(
        (rows[0].section.as_str(), rows[0].also.len(), rows[0].verdict),
        ("1", 1, Verdict::Reproduced)
    );
    let rows = merge(register.claims(), &[entry("1", -0.3831), entry("9", -0.4)]);
    assert_eq!(rows[0].verdict, Verdict::NotReproduced);
    assert!(rows[0].reason.contains("Section 9"));
    assert_eq!(merge(register.claims(), &[])[0].verdict, Verdict::NotMeasured);
}
