//! The claims of this section, computed under the smoke profile, against their snapshots, and every measurement pushed
//! past its tolerance.

#[test]
fn claims_are_as_in_their_snapshots() {
    snapshots::check(&beyond_the_paper::SECTION);
}
