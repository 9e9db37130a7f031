//! The adopted reproduction is the pinned one.

#[test]
fn adopted_claims_are_as_pinned() {
    snapshots::check_adopted();
}
