//! The judge is tested by mutation: every kind of measurement, pushed just past its tolerance, changes the verdict, and
//! pushed just short of it does not.

#![allow(clippy::unwrap_used)]

use ledger::{
    Check, Data, Entry, Estimate, Measurement, Register, Scale, Share, Time, Verdict, judge, merge,
};

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
    assert_eq!(at(f64::NAN), Verdict::Inconclusive, "no number was measured");
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
    assert_eq!(
        at(1.96, 0.021),
        Verdict::Inconclusive,
        "nor one that reaches it from where the measurement is"
    );
    let of_the_cell = Check::value("σ²", Estimate::sampled(2.02, 0.01, 1000)).instead_of(1.98);
    assert_eq!(verdict(&register, &Measurement::new("x", vec![of_the_cell])), Verdict::Inconclusive);
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
fn an_order_is_held_against_its_own_error_and_a_false_one_fails() {
    let register = register("order", "");
    let at = |value, error, n: usize| {
        let checks = vec![Check::positive("b - a", Estimate::sampled(value, error, 100), 0.05); n];
        verdict(&register, &Measurement::new("x", checks))
    };
    assert_eq!(at(0.31, 0.1, 1), Verdict::Reproduced);
    assert_eq!(at(0.2, 0.1, 1), Verdict::Inconclusive);
    assert_eq!(at(-0.31, 0.1, 1), Verdict::NotReproduced);
    assert_eq!(at(0.31, 0.1, 250), Verdict::Inconclusive, "250 comparisons need a wider, simultaneous bound");
    assert_eq!(at(0.0, 0.1, 1), Verdict::Inconclusive, "too coarse to say");
    assert_eq!(at(0.0, 0.01, 1), Verdict::NotReproduced, "equal within what would matter");
    assert_eq!(at(0.01, 0.001, 1), Verdict::NotReproduced, "sure, and too small to matter");
    assert_eq!(at(0.04, 0.01, 1), Verdict::Reproduced, "above zero, and may be what matters");
    let equal = Measurement::new("x", vec![Check::positive("b - a", Estimate::computed(0.0, 0.0), 0.05)]);
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
    assert_eq!(
        at(0.07, 0.03, 0.1),
        Verdict::Inconclusive,
        "not told from a false equality within the resolution"
    );
    assert_eq!(at(0.0, 0.03, 0.1), Verdict::Reproduced);
}

#[test]
fn nearness_is_two_one_sided_tests() {
    let register = register("trend", "");
    let at = |value, error| {
        let check = Check::within("left - right", Estimate::sampled(value, error, 100), 0.1);
        verdict(&register, &Measurement::new("x", vec![check]))
    };
    for sign in [-1.0, 1.0] {
        assert_eq!(at(sign * 0.06, 0.01), Verdict::Reproduced, "real, and too small to matter");
        assert_eq!(at(sign * 0.09, 0.01), Verdict::Inconclusive);
        assert_eq!(at(sign * 0.14, 0.01), Verdict::NotReproduced);
    }
}

#[test]
fn a_share_of_replicates_has_a_bound_even_where_all_agree() {
    let register = register("trend", "");
    let at = |having, of| {
        verdict(&register, &Measurement::new("x", vec![Check::most("turned", Share::new(having, of), 0.5)]))
    };
    assert_eq!(at(30, 30), Verdict::Reproduced);
    assert_eq!(at(5, 5), Verdict::Inconclusive, "five of five may be half of many");
    assert_eq!(at(0, 30), Verdict::NotReproduced);
    assert_eq!(at(0, 0), Verdict::Inconclusive);
}

#[test]
fn censored_times_are_judged_as_censored() {
    use Time::{Beyond, Reached};
    let register = register("order", "");
    let at = |pairs: &[[Time; 2]]| {
        verdict(&register, &Measurement::new("x", vec![Check::longer("time", pairs, 0.1)]))
    };
    let (slower, faster) = ([Beyond(320.0), Reached(100.0)], [Reached(100.0), Beyond(320.0)]);
    assert_eq!(at(&[slower; 4]), Verdict::Inconclusive, "the spread of the others is no error of a bound");
    assert_eq!(at(&[slower; 5]), Verdict::Reproduced);
    assert_eq!(at(&[faster; 5]), Verdict::NotReproduced);
    assert_eq!(at(&[&[slower; 4][..], &[faster; 2]].concat()), Verdict::Inconclusive);
    assert_eq!(at(&[[Beyond(320.0), Beyond(320.0)]; 20]), Verdict::Inconclusive, "nothing was reached");
    let alike = [Reached(100.0), Reached(101.0)];
    let with_one = [&[alike; 7][..], &[[Reached(101.0), Beyond(320.0)]]].concat();
    assert_eq!(at(&with_one), Verdict::NotReproduced, "no difference that matters");
    // With every time known it is Student's t.
    assert_eq!(
        at(&[[Reached(300.0), Reached(100.0)], [Reached(310.0), Reached(100.0)]]),
        Verdict::Inconclusive
    );
    let known: Vec<[Time; 2]> = (0..5).map(|i| [Reached(300.0 + f64::from(i)), Reached(100.0)]).collect();
    assert_eq!(at(&known), Verdict::Reproduced);
}

#[test]
fn what_holds_by_construction_decides_nothing_alone() {
    let register = register("identity", "");
    let made = || Check::equal("made so", Estimate::computed(0.0, 1e-9), 1e-3).by_construction();
    let tested = |value| Check::equal("tested", Estimate::computed(value, 1e-9), 1e-3);
    let of = |checks| verdict(&register, &Measurement::new("x", checks));
    assert_eq!(of(vec![made(), made()]), Verdict::ByConstruction);
    assert_eq!(of(vec![made(), tested(0.0)]), Verdict::Reproduced);
    assert_eq!(of(vec![made(), tested(1.0)]), Verdict::NotReproduced);
    assert_eq!(
        of(vec![made().pushed_to(1.0), tested(0.0)]),
        Verdict::NotReproduced,
        "a fault of the program"
    );
}

#[test]
fn bad_statistics_decide_nothing() {
    let order = register("order", "");
    let value = register("exact", "printed = \"2\"\nwrong = \"1\"\nwrong_because = \"w\"\n");
    for bad in [
        Estimate::sampled(2.0, f64::INFINITY, 1),
        Estimate::sampled(2.0, 0.1, 1),
        Estimate::sampled(2.0, 0.0, 30),
        Estimate::sampled(2.0, f64::NAN, 30),
        Estimate::sampled(f64::NAN, 0.1, 30),
        Estimate::sampled(f64::INFINITY, 0.1, 30),
        Estimate::computed(f64::NEG_INFINITY, 0.0),
        Estimate::mean_of(&[]),
        Estimate::mean_of(&[2.0]),
        Estimate::mean_of(&[2.0, 2.0]),
    ] {
        for check in
            [Check::positive("p", bad, 0.1), Check::equal("e", bad, 3.0), Check::within("w", bad, 3.0)]
        {
            assert_eq!(
                verdict(&order, &Measurement::new("x", vec![check])),
                Verdict::Inconclusive,
                "{bad:?}"
            );
        }
        let check = Check::value("v", bad);
        assert_eq!(verdict(&value, &Measurement::new("x", vec![check])), Verdict::Inconclusive, "{bad:?}");
    }
}

#[test]
fn a_reduced_run_refutes_only_beyond_chance_and_a_stand_in_never() {
    let register = register("order", "");
    let at = |value, scale| {
        let check = Check::positive("b - a", Estimate::sampled(value, 0.1, 1000), 0.05);
        verdict(&register, &Measurement::new("x", vec![check]).at(scale))
    };
    assert_eq!(at(-0.35, Scale::Full), Verdict::NotReproduced);
    assert_eq!(at(-0.35, Scale::Reduced), Verdict::Inconclusive);
    assert_eq!(at(-0.55, Scale::Reduced), Verdict::NotReproduced);
    assert_eq!(at(0.35, Scale::Reduced), Verdict::Reproduced);
    let false_order = vec![Check::positive("b - a", Estimate::computed(-1.0, 0.0), 0.05)];
    let found = Measurement::new("x", false_order).on(Data::StandIn);
    assert_eq!(verdict(&register, &found), Verdict::NotReproduced, "an identity holds for any images");
    assert_eq!(verdict(&register, &found.undecided("a stand-in")), Verdict::Inconclusive);
}

#[test]
fn a_series_is_held_against_what_was_read_from_its_figure() {
    let read = "printed = \"3.2\"\nwrong = \"1.85\"\nwrong_because = \"another width\"\nreading = \"0.1\"\nsampling = { replicates = 30 }\n";
    let at = |value| {
        let checks = vec![Check::value("r", Estimate::sampled(value, 0.02, 30))];
        verdict(&register("series", read), &Measurement::new("x", checks))
    };
    assert_eq!(at(3.28), Verdict::Reproduced);
    assert_eq!(at(3.5), Verdict::NotReproduced);
    let trend = Measurement::new("x", vec![Check::positive("rise", Estimate::computed(1.0, 0.0), 0.1)]);
    let judged = judge(&register("series", "").claims()[0], &trend);
    assert!(judged.reason.contains("the trend alone is judged"), "{}", judged.reason);
    assert_eq!(verdict(&register("series", read), &trend), Verdict::Inconclusive);
}

#[test]
fn what_is_said_to_be_visible_is_of_the_number_shown() {
    let register = register("order", "");
    let (coarse, fine) = (Estimate::sampled(2.0, 0.1, 1000), Estimate::sampled(1.0, 0.01, 1000));
    let checks = vec![Check::positive("fine", fine, 0.1), Check::positive("coarse", coarse, 0.1)];
    let visible = |shown: Vec<Estimate>| {
        let found = Measurement::new("x", checks.clone()).showing(shown);
        judge(&register.claims()[0], &found).smallest_visible_deviation
    };
    assert!(visible(vec![]).unwrap() < 0.04);
    assert!(visible(vec![coarse]).unwrap() > 0.3);
    assert_eq!(visible(vec![Estimate::sampled(5.0, 0.1, 1000)]), None, "no check is about this number");
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
            &Measurement::new("x", vec![Check::positive("y", Estimate::computed(1.0, 0.0), 0.1)])
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
