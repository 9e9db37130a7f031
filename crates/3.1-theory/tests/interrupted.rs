//! The section's program, killed at random moments and fed damaged files: the next run completes, with the same bytes.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use experiment::{Device, Profile};
use runner::Facts;
use runner::protocol::Request;

/// How often the program is killed.
const KILLS: u64 = 12;

fn request(folder: &Path) -> Request {
    Request {
        profile: Profile::Quick,
        seed: 2019,
        device: Device::Cpu,
        sets: vec![("grid".to_owned(), "1001".to_owned())],
        code: Vec::new(),
        cache: folder.join("cache"),
        register: Path::new(env!("CARGO_MANIFEST_DIR")).join("../../paper/claims.toml"),
        out: folder.join("out"),
        data: None,
        force: false,
        gather: false,
        facts: Facts::default(),
    }
}

fn start(folder: &Path) -> Child {
    let mut child = Command::new(env!("CARGO_BIN_EXE_theory"))
        .arg("run")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&serde_json::to_vec(&request(folder)).unwrap()).unwrap();
    child
}

/// Runs to the end and gives what it said.
fn complete(folder: &Path) -> String {
    let output = start(folder).wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    said
}

/// Every file but the provenance, which holds times of day.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.file_name().unwrap() != "provenance.json" {
            found.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    found
}

/// The same files, by their place below the folder.
fn outputs(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let out = folder.join("out");
    files(&out)
        .into_iter()
        .map(|(path, bytes)| (path.strip_prefix(&out).unwrap().to_path_buf(), bytes))
        .collect()
}

#[test]
fn killed_at_any_moment_the_next_run_ends_with_the_same_bytes() {
    let undisturbed = tempfile::tempdir().unwrap();
    complete(undisturbed.path());
    let disturbed = tempfile::tempdir().unwrap();
    for kill in 0..KILLS {
        let mut child = start(disturbed.path());
        // Spread over the program's whole life, writing included.
        std::thread::sleep(Duration::from_millis(5 + 23 * kill));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    complete(disturbed.path());
    assert_eq!(outputs(undisturbed.path()), outputs(disturbed.path()));
}

#[test]
fn a_damaged_cache_entry_is_reported_and_computed_again() {
    let folder = tempfile::tempdir().unwrap();
    complete(folder.path());
    let before = outputs(folder.path());
    let entries = files(&folder.path().join("cache"));
    assert_eq!(entries.len(), 3);
    for (path, mut bytes) in entries {
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0x10;
        fs::write(path, bytes).unwrap();
    }
    let said = complete(folder.path());
    assert_eq!(said.matches("\"event\":\"warning\"").count(), 3, "{said}");
    assert_eq!(before, outputs(folder.path()));
}

#[test]
fn nothing_changed_means_nothing_written() {
    let folder = tempfile::tempdir().unwrap();
    complete(folder.path());
    let provenance = fs::read(folder.path().join("out/provenance.json")).unwrap();
    let said = complete(folder.path());
    assert!(said.contains("\"written\":[]"), "{said}");
    assert_eq!(provenance, fs::read(folder.path().join("out/provenance.json")).unwrap());
}

#[test]
fn a_file_lost_or_changed_by_hand_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    complete(folder.path());
    let before = outputs(folder.path());
    fs::remove_file(folder.path().join("out/figures/convergence.svg")).unwrap();
    fs::write(folder.path().join("out/tables/rate.csv"), "layer\n1\n").unwrap();
    fs::write(folder.path().join("out/tables/stranger.csv"), "left by an older version\n").unwrap();
    complete(folder.path());
    assert_eq!(before, outputs(folder.path()));
}

#[test]
fn a_folder_that_cannot_be_written_is_an_error_and_loses_no_run() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("out"), "a file where the folder should be").unwrap();
    let output = start(folder.path()).wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("\"event\":\"error\"") && said.contains("cannot write"), "{said}");
    fs::remove_file(folder.path().join("out")).unwrap();
    let said = complete(folder.path());
    assert_eq!(said.matches("\"cached\":true").count(), 3, "{said}");
}
