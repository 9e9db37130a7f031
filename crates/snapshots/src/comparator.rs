//! Comparing snapshots within the error of their numbers.

use insta::comparator::Comparator;
use insta::internals::SnapshotContents;
use ledger::Snapshot;

/// Two snapshots of a claim agree when all words are alike and numbers agree within the digits their error warrants.
#[derive(Debug, Clone, Copy)]
pub struct WithinError;

fn read(snapshot: &insta::Snapshot) -> Option<Snapshot> {
    match snapshot.contents() {
        SnapshotContents::Text(text) => Snapshot::parse(&text.to_string()).ok(),
        _ => None,
    }
}

impl Comparator for WithinError {
    fn matches(&self, reference: &insta::Snapshot, test: &insta::Snapshot) -> bool {
        match (read(reference), read(test)) {
            (Some(reference), Some(test)) => reference.agrees_with(&test),
            _ => reference.contents() == test.contents(),
        }
    }

    fn dyn_clone(&self) -> Box<dyn Comparator> {
        Box::new(*self)
    }
}
