//! The adopted reproduction is that of the snapshots.

#[test]
fn adopted_claims_are_as_in_their_snapshots() {
    snapshots::check_adopted();
}
