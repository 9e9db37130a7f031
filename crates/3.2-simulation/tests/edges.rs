//! The smallest experiments that are accepted, and odd ones, still give tables, figures and measurements.

use simulation::SECTION;

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
    let sets: Vec<(&str, &str)> = least.iter().chain(sets).copied().collect();
    report::show(&SECTION, &sets, 5).expect("accepted, and this small").1.len()
}

#[test]
fn one_layer_two_samples_one_width() {
    assert_eq!(measured(&[("widths", "[20]"), ("depth", "1"), ("samples", "2"), ("gammas", "[2]")]), 14);
}

#[test]
fn more_samples_than_units_and_networks_that_die() {
    assert_eq!(measured(&[("widths", "[1,2,5]"), ("depth", "12"), ("samples", "40")]), 15);
}

#[test]
fn widths_in_any_order_by_the_literal_engine() {
    let sets = [("widths", "[300,30]"), ("engines_width", "300"), ("engine", "direct"), ("depth", "3")];
    assert_eq!(measured(&sets), 15);
}
