//! Bad parameters are refused before any work, with the limit named.

use experiment::{Experiment, Profile};
use simulation::experiment::Simulation;

#[test]
fn what_leaves_nothing_to_measure_or_does_not_fit() {
    snapshots::refuses::<Simulation>(
        Profile::Quick,
        &[
            (&[("widths", "[0]")], "0 is outside 1 to"),
            (&[("depth", "0")], "0 is outside 1 to"),
            (&[("samples", "1")], "1 is outside 2 to"),
            (&[("networks", "1")], "1 is outside 2 to"),
            (&[("engine", "inexact")], "`exact`"),
            (&[("widths", "[300,300]")], "twice"),
            (&[("gammas", "[-1]")], "gamma must be a positive number"),
            (&[("gammas", "[10]")], "single precision"),
            (&[("widths", "[3000]"), ("samples", "100000")], "run width-3000"),
            (&[("widths", "[3000]"), ("samples", "100000")], "limit is 16.0 GiB"),
            (&[("depth", "100000")], "limit is 16.0 GiB"),
            (&[("ladder_networks", "[2]")], "widths and `ladder_networks` 1"),
            (&[("gammas", "[0.5, 1]")], "must not contain 1"),
        ],
    );
}

#[test]
fn parameters_decide_which_runs_there_are() {
    let names = |set: (&str, &str)| -> Vec<String> {
        let params = snapshots::params::<Simulation>(Profile::Quick, &[set]).expect("accepted");
        Simulation::runs(&params).iter().map(Simulation::name).collect()
    };
    let own = names(("widths", "[3000,100000]"));
    assert!(own.starts_with(&["width-3000".to_owned(), "width-100000".to_owned()]));
    let compared = own.iter().any(|name| name.starts_with("direct"));
    assert!(!compared, "engines are compared at a width of Fig. 2 only");
    assert!(names(("engine", "direct")).contains(&"exact-300".to_owned()));
}
