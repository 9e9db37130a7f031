//! A section's record against today's judge: what is said of its tables now must be what the record says.

use std::fs;
use std::path::Path;

use experiment::{Experiment, told};
use ledger::{Entry, Register};
use report::{Section, judged, recheck, recorded_tables};

use crate::root;

/// Set in the environment, it makes the tests write today's verdicts into the records, in place of failing: the tables
/// stay, and what changed is a diff of `claims.json`.
const REJUDGE: &str = "REJUDGE";

/// Has today's code judge the tables of a section's record, if it has one, and make them of its runs, and compares. A record
/// with a verdict or a number changed, and every checksum with it, must be found out. Says where a row of the ledger or a
/// table is not what today's code gives.
///
/// # Panics
/// When the tables lack something that is asked for now.
pub(crate) fn check<E: Experiment + 'static>(section: &Section<E>, register: &Register) -> Option<String> {
    let (folder, number) = (root().join("data/records").join(section.folder()), section.number);
    if !folder.exists() {
        return None;
    }
    let failed = |why: String| -> ! { panic!("the record of Section {number}: {why}") };
    if std::env::var_os(REJUDGE).is_some() {
        let tables = recorded_tables(&folder).unwrap_or_else(|error| failed(error.to_string()));
        let (_, entries) = judged(section, &tables, register).unwrap_or_else(|error| failed(told(&error)));
        write(&folder, &entries);
        return None;
    }
    let found = |record: &Path| recheck(section, record, &root().join("paper/claims.toml"));
    let sound = found(&folder).unwrap_or_else(|error| failed(error.to_string()));
    if !sound.faults.is_empty() {
        let faults = sound.faults.join("; ");
        let advice = format!("adopt it anew, or `{REJUDGE}=1 cargo test` judges its tables anew");
        return Some(format!("the record of Section {number}: {faults}; {advice}"));
    }
    let damaged = |name: &str, damage: fn(&str) -> Option<String>| {
        let copy = tempfile::tempdir().expect("a folder for a copy");
        copied(&folder, copy.path());
        let text = fs::read_to_string(folder.join(name)).expect("a record can be read");
        if let Some(text) = damage(&text) {
            replace(copy.path(), name, text.as_bytes());
            let noticed = found(copy.path()).map_or(true, |found| !found.faults.is_empty());
            assert!(noticed, "{name} of Section {number} may say anything");
        }
    };
    damaged("claims.json", |text| {
        let (before, after) = text.split_once("\"verdict\": \"reproduced\"")?;
        Some(format!("{before}\"verdict\": \"not reproduced\"{after}"))
    });
    if sound.kept == sound.runs {
        let tables = fs::read_dir(folder.join("tables")).expect("a record has tables").flatten();
        let tables = tables.filter_map(|file| file.file_name().into_string().ok());
        let table = tables.filter(|name| name.ends_with(".csv")).min().expect("a record has a small table");
        damaged(&format!("tables/{table}"), |text| {
            // Before the last cell, so that more than its rounding changes.
            let cell = text.trim_end().rfind([',', '\n'])? + 1;
            Some(format!("{}7{}", &text[..cell], &text[cell..]))
        });
    }
    None
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
