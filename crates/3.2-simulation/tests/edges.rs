//! The smallest experiments that are accepted, and odd ones, still give tables, figures and measurements.

use experiment::Profile;
use simulation::SECTION;
use simulation::experiment::Simulation;

/// Everything from a few networks with these parameters; the claims measured.
fn measured(sets: &[(&str, &str)]) -> usize {
    let least = [
        ("networks", "2"),
        ("early_networks", "2"),
        ("ladder", "[20,40]"),
        ("ladder_networks", "[2,2]"),
        ("averaging_widths", "[20,40]"),
        ("averaging_networks", "3"),
        ("input_sets", "2"),
        ("gamma_width", "20"),
        ("gamma_networks", "3"),
        ("distribution_width", "3"),
        ("distribution_samples", "2"),
        ("distribution_networks", "2"),
    ];
    let params = snapshots::params::<Simulation>(Profile::Smoke, &[&least, sets].concat()).expect("accepted");
    snapshots::claimed(&SECTION, &snapshots::computed(&SECTION, &params)).len()
}

/// One layer, two samples, one width; more samples than units, and networks that die; widths in any order by the literal
/// engine.
#[test]
fn odd_experiments_measure_everything() {
    for (sets, claims) in [
        (&[("widths", "[20]"), ("depth", "1"), ("samples", "2"), ("gammas", "[2]")][..], 14),
        (&[("widths", "[1,2,5]"), ("depth", "12"), ("samples", "40")], 15),
        (&[("widths", "[300,30]"), ("engines_width", "300"), ("engine", "direct"), ("depth", "3")], 15),
    ] {
        assert_eq!(measured(sets), claims, "{sets:?}");
    }
}
