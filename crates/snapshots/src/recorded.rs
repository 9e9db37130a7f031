//! A section's record against today's judge: what is said of its tables now must be what the record says.

use std::fs;
use std::path::Path;

use experiment::{Experiment, told};
use ledger::{Entry, Register, Snapshot};
use report::{Section, judged, recheck, recorded_tables};

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
    assert_damage_is_noticed(section, &folder);
}

/// Asserts that a record with a verdict or a number changed, and every checksum with it, is found out.
fn assert_damage_is_noticed<E: Experiment>(section: &Section<E>, folder: &Path) {
    let faults = |record: &Path| {
        let found = recheck(section, record, &root().join("paper/claims.toml"));
        found.unwrap_or_else(|error| panic!("the record of Section {}: {error}", section.number))
    };
    let sound = faults(folder);
    let damaged = |name: &str, damage: &dyn Fn(&str) -> Option<String>| {
        let copy = tempfile::tempdir().expect("a folder for a copy");
        copied(folder, copy.path());
        let text = fs::read_to_string(folder.join(name)).expect("a record can be read");
        let Some(text) = damage(&text) else { return };
        replace(copy.path(), name, text.as_bytes());
        let found = faults(copy.path()).faults;
        assert!(found.len() > sound.faults.len(), "{name} of Section {}: {found:?}", section.number);
    };
    let verdict = |text: &str| {
        Some(text.replacen("\"verdict\": \"", "\"verdict\": \"not ", 1))
            .filter(|text| text.contains("\"not reproduced\""))
    };
    damaged("claims.json", &verdict);
    if sound.kept == sound.runs {
        let table = fs::read_dir(folder.join("tables"))
            .expect("a record has tables")
            .flatten()
            .map(|file| file.file_name());
        let table =
            table.filter_map(|name| name.into_string().ok()).filter(|name| name.ends_with(".csv")).min();
        let digit = |text: &str| {
            text.rfind(|c: char| c.is_ascii_digit()).map(|at| format!("{}7{}", &text[..at], &text[at..]))
        };
        damaged(&format!("tables/{}", table.expect("a record has a small table")), &digit);
    }
}

/// Copies the files of a record.
fn copied(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder for a copy");
    for file in fs::read_dir(from).expect("a record can be read").flatten() {
        let (from, to) = (file.path(), to.join(file.file_name()));
        if from.is_dir() {
            copied(&from, &to)
        } else {
            fs::copy(from, to).map(drop).expect("a record can be copied")
        }
    }
}

/// Writes rows of the ledger into a record.
fn write(folder: &Path, entries: &[Entry]) {
    let mut bytes = serde_json::to_vec_pretty(entries).expect("rows are plain data");
    bytes.push(b'\n');
    replace(folder, "claims.json", &bytes);
}

/// Writes a file of a record, and its checksum into the provenance.
fn replace(folder: &Path, name: &str, bytes: &[u8]) {
    let [file, provenance] = [name, "provenance.json"].map(|name| folder.join(name));
    let hash = |bytes: &[u8]| blake3::hash(bytes).to_hex().to_string();
    let old = hash(&fs::read(&file).expect("a record has its files"));
    let text = fs::read_to_string(&provenance).expect("a record has its provenance");
    fs::write(&provenance, text.replace(&old, &hash(bytes))).expect("a record can be written");
    fs::write(&file, bytes).expect("a record can be written");
}
