//! The adopted reproduction: the ledger of `data/records` against `snapshots/adopted`.

use std::fs;

use experiment::told;
use ledger::{Entry, Totals, merge};
use runner::results;
use workspace::Crates;

use crate::{differing, register, root};

/// Compares every claim of the adopted ledger with its snapshot.
///
/// # Panics
/// When a record is no whole result, a claim differs from its snapshot, or the README states other totals.
pub fn check_adopted() {
    let (root, register) = (root(), register());
    let crates = Crates::read(&root).unwrap_or_else(|error| panic!("{}", told(&error)));
    let sections = workspace::sections(&crates).unwrap_or_else(|error| panic!("{}", told(&error)));
    let mut measured: Vec<Entry> = Vec::new();
    let folders = sections.iter().map(|section| root.join("data/records").join(section.slug()));
    for folder in folders.filter(|folder| folder.exists()) {
        measured.extend(results::measured(&folder).unwrap_or_else(|error| panic!("{}", told(&error))).1);
    }
    assert!(!measured.is_empty(), "there are no records");
    let rows = merge(register.claims(), &measured);
    let readme = fs::read_to_string(root.join("README.md")).expect("the root has a README");
    assert!(
        readme.contains(&Totals::of(&rows).to_string()),
        "README.md states other totals: run `cargo xtask adopt`"
    );
    let changed = differing("adopted", rows.iter().map(|row| (row.id.as_str(), row)));
    assert!(changed.is_none(), "{}", changed.unwrap_or_default());
}
