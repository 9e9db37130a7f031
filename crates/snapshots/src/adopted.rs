//! The adopted reproduction, pinned: the ledger of `data/records` against `snapshots/adopted`.

use std::fs;

use ledger::{Entry, Totals, merge};

use crate::{pin, register, root};

/// Compares every claim of the adopted ledger with its snapshot.
///
/// # Panics
/// When a record is damaged, a claim differs from its snapshot, or the README states other totals.
pub fn check_adopted() {
    let register = register();
    let mut measured: Vec<Entry> = Vec::new();
    let mut folders: Vec<_> = fs::read_dir(root().join("data/records"))
        .map(|listing| listing.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect())
        .unwrap_or_default();
    folders.sort();
    for folder in folders {
        let Ok(text) = fs::read_to_string(folder.join("claims.json")) else { continue };
        let rows: Vec<Entry> =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        measured.extend(rows);
    }
    let rows = merge(register.claims(), &measured);
    let readme = fs::read_to_string(root().join("README.md")).unwrap_or_default();
    assert!(
        readme.contains(&Totals::of(&rows).to_string()),
        "README.md states other totals: run `cargo xtask adopt`"
    );
    pin("adopted", rows.iter().map(|row| (row.id.as_str(), row)));
}
