//! A section's record against today's judge: what is said of its tables now must be what the record says.

use std::fs;
use std::path::Path;

use experiment::{Experiment, told};
use ledger::{Entry, Register, Snapshot};
use report::{Section, judged, recorded_tables};

use crate::root;

/// Set in the environment, it makes the tests write today's verdicts into the records, in place of failing: the tables
/// stay, and what changed is a diff of `claims.json`.
const REJUDGE: &str = "REJUDGE";

/// Judges the tables of a section's record anew, if it has one, and compares.
///
/// # Panics
/// When the tables lack something that is asked for now, or a row of the ledger is not what today's code gives.
pub(crate) fn check<E: Experiment>(section: &Section<E>, register: &Register) {
    let folder = root().join("data/records").join(section.folder());
    if !folder.exists() {
        return;
    }
    let failed = |why: String| -> ! { panic!("the record of Section {}: {why}", section.number) };
    let tables = recorded_tables(&folder).unwrap_or_else(|error| failed(error.to_string()));
    let (_, entries) = judged(section, &tables, register).unwrap_or_else(|error| failed(told(&error)));
    let path = folder.join("claims.json");
    let recorded = ledger::read_entries(&path).unwrap_or_else(|error| panic!("{}", told(&error)));
    if std::env::var_os(REJUDGE).is_some() {
        return write(&folder, &entries);
    }
    let snapshots = |rows: &[Entry]| rows.iter().map(Snapshot::of).collect::<Vec<_>>();
    let (old, new) = (snapshots(&recorded), snapshots(&entries));
    let same = |one: &Snapshot| new.iter().any(|other| one.agrees_with(other));
    let changed: Vec<&str> =
        old.iter().filter(|one| !same(one)).filter_map(|one| one.field("claim")).collect();
    assert!(
        changed.is_empty() && old.len() == new.len(),
        "the record of Section {} has {} claims, today's code judges {} from its tables, and differs in: {}; adopt it anew, \
         or `{REJUDGE}=1 cargo test` judges its tables anew",
        section.number,
        old.len(),
        new.len(),
        changed.join(", "),
    );
}

/// Writes rows of the ledger into a record, and their checksum into its provenance.
fn write(folder: &Path, entries: &[Entry]) {
    let [claims, provenance] = ["claims.json", "provenance.json"].map(|name| folder.join(name));
    let hash = |bytes: &[u8]| blake3::hash(bytes).to_hex().to_string();
    let mut bytes = serde_json::to_vec_pretty(entries).expect("rows are plain data");
    bytes.push(b'\n');
    let old = hash(&fs::read(&claims).expect("a record has claims"));
    let text = fs::read_to_string(&provenance).expect("a record has its provenance");
    fs::write(&provenance, text.replace(&old, &hash(&bytes))).expect("a record can be written");
    fs::write(&claims, bytes).expect("a record can be written");
}
