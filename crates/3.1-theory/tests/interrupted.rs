//! The section's program, killed at random moments and fed damaged files: the next run completes, with the same bytes.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use experiment::Profile;
use runner::messages::Request;
use runner::{Checkout, Program, Provenance};
use snapshots::files;
use theory::SECTION;

/// How often the program is killed.
const KILLS: u32 = 12;

fn request(folder: &Path) -> Request {
    snapshots::request(&SECTION, Profile::Quick, &[("grid", "1001")], folder)
}

fn start(word: &str, request: &Request) -> Program {
    Program::start(Path::new(env!("CARGO_BIN_EXE_theory")), &[word], Some(request)).unwrap()
}

/// Runs to the end and gives what it said.
fn complete(folder: &Path) -> String {
    let (said, code) = start("run", &request(folder)).finish().unwrap();
    assert_eq!(code, Some(0), "{said}");
    said
}

fn outputs(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    files(&folder.join("out"))
}

#[test]
fn killed_at_any_moment_the_next_run_ends_with_the_same_bytes() {
    let undisturbed = tempfile::tempdir().unwrap();
    let since = Instant::now();
    complete(undisturbed.path());
    let life = since.elapsed();
    let disturbed = tempfile::tempdir().unwrap();
    let mut at_work = 0;
    for kill in 0..KILLS {
        let mut program = start("run", &request(disturbed.path()));
        if kill % 2 == 0 {
            // Spread over the program's whole life, writing included.
            std::thread::sleep(life * kill / KILLS);
            program.kill().unwrap();
            program.code().unwrap();
        } else {
            let mut said = std::iter::from_fn(|| program.line().unwrap());
            let has_begun = said.any(|line| line.contains(r#""event":"progress""#));
            program.kill().unwrap();
            at_work += u32::from(has_begun && program.code().unwrap().is_none());
        }
    }
    assert!(at_work > 0, "no kill came while a run was on its way");
    complete(disturbed.path());
    assert_eq!(outputs(undisturbed.path()), outputs(disturbed.path()));
}

#[test]
fn a_damaged_result_is_reported_and_computed_again() {
    let folder = tempfile::tempdir().unwrap();
    complete(folder.path());
    let before = outputs(folder.path());
    let runs = folder.path().join("store/runs");
    assert_eq!(files(&runs).len(), 3);
    for (place, mut bytes) in files(&runs) {
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0x10;
        fs::write(runs.join(place), bytes).unwrap();
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

/// A repetition that is interrupted is asked for again with the time at which it began.
#[test]
fn what_a_repetition_has_computed_is_not_repeated() {
    let folder = tempfile::tempdir().unwrap();
    complete(folder.path());
    let ask = |word: &str, time: u64| {
        let request = Request { repeat_before: Some(time), ..request(folder.path()) };
        let program = Path::new(env!("CARGO_BIN_EXE_theory"));
        let (said, code) = Program::start(program, &[word], Some(&request)).unwrap().finish().unwrap();
        assert_eq!(code, Some(0), "{said}");
        said
    };
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let said = ask("plan", now);
    assert_eq!(
        said.matches("\"state\":\"refused\"").count(),
        3,
        "they are there, and to be repeated: {said}"
    );
    assert_eq!(ask("run", now).matches("\"stored\":false").count(), 3);
    assert_eq!(ask("run", now - 3600).matches("\"stored\":true").count(), 3, "computed since");
}

#[test]
fn a_file_lost_or_changed_by_hand_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    complete(folder.path());
    let before = outputs(folder.path());
    fs::remove_file(folder.path().join("out/figures/convergence.svg")).unwrap();
    fs::write(folder.path().join("out/tables/rate.csv"), "layer\n1\n").unwrap();
    fs::write(folder.path().join("out/tables/.unfinished-x"), "left by a killed process").unwrap();
    fs::write(folder.path().join("out/figures/mine.svg"), "the user's own").unwrap();
    for name in ["mine", ".unfinished-mine"] {
        fs::create_dir(folder.path().join("out/figures").join(name)).unwrap();
    }
    complete(folder.path());
    fs::remove_file(folder.path().join("out/figures/mine.svg")).expect("what is the user's stays");
    assert!(folder.path().join("out/figures/mine").is_dir());
    assert_eq!(before, outputs(folder.path()));
}

#[test]
fn a_folder_that_cannot_be_written_is_an_error_and_loses_no_run() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("out"), "a file where the folder should be").unwrap();
    let (said, code) = start("run", &request(folder.path())).finish().unwrap();
    assert_eq!(code, Some(1));
    assert!(said.contains("\"event\":\"error\"") && said.contains("cannot write"), "{said}");
    fs::remove_file(folder.path().join("out")).unwrap();
    let said = complete(folder.path());
    assert_eq!(said.matches("\"stored\":true").count(), 3, "{said}");
}

#[test]
fn a_program_of_other_sources_is_refused_before_any_work() {
    let folder = tempfile::tempdir().unwrap();
    let other = Request { sources: SECTION.sources.replace(';', "0;"), ..request(folder.path()) };
    for word in ["plan", "run"] {
        let (said, code) = start(word, &other).finish().unwrap();
        assert!(code == Some(1) && said.contains("not made of the sources that stand here"), "{said}");
    }
    assert!(!folder.path().join("store").exists());
}

#[test]
fn a_run_knows_where_it_was_computed_whoever_shows_it() {
    let folder = tempfile::tempdir().unwrap();
    let at = |commit: &str, out: &str| {
        let checkout = Checkout { commit: commit.to_owned(), dirty: Some(false), ..Checkout::default() };
        let request = Request { checkout, out: folder.path().join(out), ..request(folder.path()) };
        let (said, code) = start("run", &request).finish().unwrap();
        assert_eq!(code, Some(0), "{said}");
        let text = fs::read_to_string(folder.path().join(out).join("provenance.json")).unwrap();
        serde_json::from_str::<Provenance>(&text).unwrap()
    };
    at("first", "out");
    let later = at("second", "later");
    assert_eq!((later.made.checkout.commit.as_str(), later.origins.len()), ("second", 1));
    let origin = &later.origins[0];
    assert_eq!((origin.checkout.commit.as_str(), origin.checkout.dirty), ("first", Some(false)));
    assert!(origin.rustc.starts_with("rustc ") && origin.threads > 0 && !origin.instruction_set.is_empty());
    assert!(later.runs.iter().all(|run| run.found.is_some()));
}
