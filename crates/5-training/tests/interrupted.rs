//! A small sweep, killed at random moments: the next one continues where runs stood, and ends with the same bytes.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::time::Duration;

use experiment::Profile;
use runner::Program;
use runner::messages::{Request, exit};
use snapshots::files;
use training::SECTION;

/// How often the program is killed.
const KILLS: u32 = 20;

/// A look at an initialisation, four runs of 40 iterations and four of 120, with a checkpoint after every second one, on
/// stand-ins.
fn request(folder: &Path) -> Request {
    let sets = [
        ("tasks", "[\"cifar\"]"),
        ("initialisations", "[\"scale\", \"scale_bias\"]"),
        ("learning_rates", "{\"sgd\": [0.01], \"adam\": [0.001]}"),
        ("seeds", "[0]"),
        ("iterations", "120"),
        ("search_iterations", "40"),
        ("sensitivity", "[]"),
        ("checkpoint_every", "2"),
    ];
    snapshots::request(&SECTION, Profile::Smoke, &sets, folder)
}

fn start(words: &[&str], request: &Request) -> Program {
    Program::start(Path::new(env!("CARGO_BIN_EXE_training")), words, Some(request)).unwrap()
}

/// Runs to the end and gives what it said.
fn complete(folder: &Path) -> String {
    let (said, code) = start(&["run"], &request(folder)).finish().unwrap();
    assert_eq!(code, Some(0), "{said}");
    said
}

/// Listens until the program tells of a step of a long run. Whether there was one.
fn is_working(program: &mut Program) -> bool {
    let mut lines = std::iter::from_fn(|| program.line().unwrap());
    lines.any(|line| line.contains("\"total\":120"))
}

/// Kills the program some time after the first step that it tells of. Whether there was one.
fn kill(folder: &Path, after: Duration) -> bool {
    let mut program = start(&["run"], &request(folder));
    let working = is_working(&mut program);
    std::thread::sleep(after);
    program.kill().unwrap();
    program.code().unwrap();
    working
}

/// Checkpoints that lie below a folder.
fn checkpoints(folder: &Path) -> usize {
    files(folder).keys().filter(|path| path.extension().is_some_and(|kind| kind == "checkpoint")).count()
}

#[test]
fn stand_ins_are_refused_where_real_data_is_required() {
    let folder = tempfile::tempdir().unwrap();
    let request = Request { require_data: true, ..request(folder.path()) };
    let (said, code) = start(&["run"], &request).finish().unwrap();
    assert!(code == Some(exit::USAGE.into()) && said.contains("would be a stand-in"), "{said}");
}

#[test]
fn killed_twenty_times_a_sweep_ends_with_the_bytes_of_an_undisturbed_one() {
    let (undisturbed, disturbed) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    complete(undisturbed.path());
    let (mut working, mut interrupted) = (0, 0);
    // From one kill to the next a multiple of the golden ratio: moments without a pattern, the same in every test.
    for number in 0..KILLS {
        let part = (f64::from(number) * 0.618_033_988_75).fract();
        working += u32::from(kill(disturbed.path(), Duration::from_secs_f64(0.08 * part)));
        interrupted += u32::from(checkpoints(disturbed.path()) > 0);
    }
    let resumes = checkpoints(disturbed.path()) > 0;
    let said = complete(disturbed.path());
    let from = said.split("\"from\":").skip(1).any(|rest| !rest.starts_with('0'));
    assert!(from || !resumes, "what a checkpoint had is told: {said}");
    assert_eq!(files(&undisturbed.path().join("out")), files(&disturbed.path().join("out")));
    assert!(working > KILLS / 4, "only {working} kills came while a run was on its way");
    assert!(interrupted > 0, "no kill left a run half-way");
    assert_eq!(checkpoints(disturbed.path()), 0, "checkpoints of finished runs stay behind");
}

#[test]
fn only_what_is_missing_is_done_again() {
    let folder = tempfile::tempdir().unwrap();
    let said = complete(folder.path());
    assert_eq!(said.matches("\"stored\":false").count(), 9, "{said}");
    assert!(said.contains("cifar-10: a stand-in takes the place of the real images"), "{said}");
    let provenance = fs::read_to_string(folder.path().join("out/provenance.json")).unwrap();
    assert_eq!(provenance.matches("\"of\": \"images\"").count(), 8, "{provenance}");
    let entry = files(&folder.path().join("store/runs")).into_keys().next().unwrap();
    fs::remove_file(folder.path().join("store/runs").join(entry)).unwrap();
    let said = complete(folder.path());
    assert_eq!(said.matches("\"stored\":false").count(), 1, "{said}");
}

/// A sweep killed in its second half: what is there makes tables and a ledger, and what is missing is named.
#[test]
fn what_is_there_of_a_sweep_is_gathered() {
    let folder = tempfile::tempdir().unwrap();
    let gather = || {
        let gather = Request { gather: true, ..request(folder.path()) };
        let (said, code) = start(&["run"], &gather).finish().unwrap();
        (code, said)
    };
    let (code, said) = gather();
    assert!(code == Some(2) && said.contains("no run is there"), "{said}");
    assert!(kill(folder.path(), Duration::ZERO), "the sweep was over too soon");
    let (code, said) = gather();
    assert!(code == Some(0) && !said.contains("\"stored\":false"), "{said}");
    let provenance = fs::read_to_string(folder.path().join("out/provenance.json")).unwrap();
    let provenance: runner::Provenance = serde_json::from_str(&provenance).unwrap();
    assert_eq!(provenance.runs.len() + provenance.missing.len(), 9);
    assert!(provenance.missing.iter().any(|run| run == "cifar-adam-scale_bias-rate-0.001-seed-0"));
    let protocol = fs::read_to_string(folder.path().join("out/tables/protocol.csv")).unwrap();
    assert!(protocol.contains(&format!("missing_runs,{}", provenance.missing.len())), "{protocol}");
    complete(folder.path());
    let whole = fs::read_to_string(folder.path().join("out/provenance.json")).unwrap();
    assert!(!whole.contains("\"missing\""));
}

/// Told to stop, or left by its listener, a program writes its checkpoint, ends with a code of its own, and the next one
/// goes on from there.
#[test]
fn a_program_that_nobody_listens_to_ends_after_its_checkpoint() {
    for told in ["left", "terminated"] {
        let folder = tempfile::tempdir().unwrap();
        // Checkpoints only when it is told to stop.
        let mut asked = request(folder.path());
        asked.sets.retain(|(name, _)| name != "checkpoint_every");
        asked.sets.push(("checkpoint_every".to_owned(), "1000".to_owned()));
        let mut program = start(&["run"], &asked);
        assert!(is_working(&mut program), "the sweep was over too soon");
        match told {
            "left" => program.leaving()(),
            _ => {
                let id = program.id().to_string();
                std::process::Command::new("kill").args(["-TERM", &id]).status().unwrap();
            }
        }
        let (said, code) = program.finish().unwrap();
        assert_eq!(code, Some(exit::INTERRUPTED.into()), "{told}: {said}");
        assert!(checkpoints(folder.path()) > 0, "{told}: no checkpoint was written");
        let (said, code) = start(&["run"], &asked).finish().unwrap();
        assert_eq!(code, Some(0), "{said}");
    }
}

#[test]
fn one_run_is_computed_by_name_and_its_end_is_told_by_its_code() {
    let folder = tempfile::tempdir().unwrap();
    let one = |name: &str, request: &Request| start(&["run-one", name], request).finish().unwrap();
    let asked = request(folder.path());
    let name = "search-cifar-sgd-scale-rate-0.01-seed-0";
    let (said, code) = one(name, &asked);
    assert!(code == Some(0) && said.contains("\"stored\":false"), "{said}");
    let (said, code) = one(name, &asked);
    assert!(code == Some(0) && said.contains("\"stored\":true"), "{said}");
    let (said, code) = one("no-such-run", &asked);
    assert!(code == Some(exit::USAGE.into()) && said.contains("run no-such-run: "), "{said}");
    // A run of the second stage is unknown until the first stage is stored.
    let second = "cifar-sgd-scale-rate-0.01-seed-0";
    assert_eq!(one(second, &asked).1, Some(exit::USAGE.into()));
    let searched = ["sgd-scale_bias-rate-0.01", "adam-scale-rate-0.001", "adam-scale_bias-rate-0.001"];
    let searched = searched.map(|run| format!("search-cifar-{run}-seed-0"));
    let literal = "start-cifar-sgd-bias_then_scale-rate-0.01-seed-0".to_owned();
    for run in [literal].iter().chain(&searched) {
        assert_eq!(one(run, &asked).1, Some(0));
    }
    assert_eq!(one(second, &asked).1, Some(0));
    let failing = Request { store: folder.path().join("out-of-the-way"), ..asked };
    fs::write(&failing.store, "a file where the store should be").unwrap();
    assert_eq!(one(name, &failing).1, Some(exit::FAILED.into()));
}
