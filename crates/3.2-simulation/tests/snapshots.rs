//! Pins the claims of this section, computed under the smoke profile, and pushes every measurement past its tolerance.

#[test]
fn claims_are_as_pinned() {
    snapshots::check(&simulation::SECTION);
}
