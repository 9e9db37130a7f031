//! The claims of this section, computed under the smoke profile, against their snapshots, and every measurement pushed
//! past its tolerance.

#[test]
fn claims_are_as_in_their_snapshots() {
    snapshots::check(&discussion::SECTION);
}

#[test]
fn no_seed_refutes_at_a_small_size_what_another_does_not() {
    snapshots::check_seeds(&discussion::SECTION, 1..10);
}
