//! Bad parameters are refused before any work, with the limit named.

use experiment::{Experiment, Profile, checked, told};
use simulation::experiment::Simulation;

/// What setting these parameters is answered with.
fn refused(sets: &[(&str, &str)]) -> String {
    let sets: Vec<(String, String)> =
        sets.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    told(checked::<Simulation>(Profile::Quick, &sets).expect_err("refused").as_ref())
}

#[test]
fn counts_that_leave_nothing_to_measure() {
    assert!(refused(&[("widths", "[0]")]).contains("0 is outside 1 to"));
    assert!(refused(&[("depth", "0")]).contains("0 is outside 1 to"));
    assert!(refused(&[("samples", "1")]).contains("1 is outside 2 to"));
    assert!(refused(&[("networks", "1")]).contains("1 is outside 2 to"));
    assert!(refused(&[("engine", "inexact")]).contains("`exact`"));
    assert!(refused(&[("widths", "[300,300]")]).contains("twice"));
    assert!(refused(&[("gammas", "[-1]")]).contains("gamma must be a positive number"));
    assert!(refused(&[("gammas", "[10]")]).contains("single precision"));
}

#[test]
fn sizes_beyond_memory() {
    let message = refused(&[("widths", "[3000]"), ("samples", "100000")]);
    assert!(message.contains("run width-3000") && message.contains("limit is 16.0 GiB"), "{message}");
    assert!(refused(&[("depth", "100000")]).contains("limit is 16.0 GiB"));
}

#[test]
fn every_parameter_can_be_set_and_every_profile_runs() {
    for profile in [Profile::Smoke, Profile::Quick, Profile::Paper] {
        checked::<Simulation>(profile, &[]).expect("accepted");
    }
    let set = |name: &str, value: &str| {
        checked::<Simulation>(Profile::Quick, &[(name.to_owned(), value.to_owned())])
    };
    let params = set("widths", "[3000,100000]").expect("widths of one's own");
    let names: Vec<String> = Simulation::runs(&params).iter().map(Simulation::name).collect();
    assert!(names.starts_with(&["width-3000".to_owned(), "width-100000".to_owned()]));
    assert!(
        !names.iter().any(|name| name.starts_with("direct")),
        "engines are compared at a width of Fig. 2 only"
    );
    let params = set("engine", "direct").expect("the literal engine");
    assert!(Simulation::runs(&params).iter().map(Simulation::name).any(|name| name == "exact-300"));
}
