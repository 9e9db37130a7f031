//! Comparing snapshots within the error of their numbers.

use insta::Snapshot;
use insta::comparator::Comparator;
use insta::internals::SnapshotContents;
use ledger::Pinned;

/// Two pinned claims agree when all words are alike and numbers agree within the digits their error warrants.
#[derive(Debug, Clone, Copy)]
pub struct WithinError;

fn pinned(snapshot: &Snapshot) -> Option<Pinned> {
    match snapshot.contents() {
        SnapshotContents::Text(text) => Pinned::parse(&text.to_string()).ok(),
        _ => None,
    }
}

impl Comparator for WithinError {
    fn matches(&self, reference: &Snapshot, test: &Snapshot) -> bool {
        match (pinned(reference), pinned(test)) {
            (Some(reference), Some(test)) => reference.agrees_with(&test),
            _ => reference.contents() == test.contents(),
        }
    }

    fn dyn_clone(&self) -> Box<dyn Comparator> {
        Box::new(*self)
    }
}
