//! A small sweep, killed at random moments: the next one continues where runs stood, and ends with the same bytes.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use experiment::{Device, Profile};
use runner::Facts;
use runner::protocol::Request;

/// How often the program is killed.
const KILLS: u32 = 20;

/// Four runs of 40 iterations and four of 120, with a checkpoint after every second one, on stand-ins.
fn request(folder: &Path) -> Request {
    let set = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Request {
        profile: Profile::Smoke,
        seed: 2019,
        device: Device::Cpu,
        sets: vec![
            set("tasks", "[\"cifar\"]"),
            set("initialisations", "[\"scale\", \"scale_bias\"]"),
            set("learning_rates", "{\"sgd\": [0.01], \"adam\": [0.001]}"),
            set("seeds", "[0]"),
            set("iterations", "120"),
            set("search_iterations", "40"),
            set("sensitivity", "[]"),
            set("checkpoint_every", "2"),
        ],
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
    start_with(&request(folder))
}

fn start_with(request: &Request) -> Child {
    let mut child = Command::new(env!("CARGO_BIN_EXE_training"))
        .arg("run")
        .env("RAYON_NUM_THREADS", "2")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&serde_json::to_vec(request).unwrap()).unwrap();
    child
}

/// Runs to the end and gives what it said.
fn complete(folder: &Path) -> String {
    let output = start(folder).wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    said
}

/// Kills the program some time after the first step that it tells of. Whether there was one.
fn kill(folder: &Path, after: Duration) -> bool {
    let mut child = start(folder);
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let working = lines.map_while(Result::ok).any(|line| line.contains("\"total\":120"));
    std::thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
    working
}

/// Every file below a folder but the provenance, which holds times, by its place.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().unwrap() != "provenance.json" {
                found.insert(path.strip_prefix(folder).unwrap().to_path_buf(), fs::read(&path).unwrap());
            }
        }
    }
    found
}

/// Checkpoints that lie below a folder.
fn checkpoints(folder: &Path) -> usize {
    files(folder).keys().filter(|path| path.extension().is_some_and(|kind| kind == "checkpoint")).count()
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
    complete(disturbed.path());
    assert_eq!(files(&undisturbed.path().join("out")), files(&disturbed.path().join("out")));
    assert!(working > KILLS / 4, "only {working} kills came while a run was on its way");
    assert!(interrupted > 0, "no kill left a run half-way");
    assert_eq!(checkpoints(disturbed.path()), 0, "checkpoints of finished runs stay behind");
}

#[test]
fn only_what_is_missing_is_done_again() {
    let folder = tempfile::tempdir().unwrap();
    let said = complete(folder.path());
    assert_eq!(said.matches("\"cached\":false").count(), 8, "{said}");
    assert!(said.contains("cifar-10: a stand-in takes the place of the real images"), "{said}");
    let provenance = fs::read_to_string(folder.path().join("out/provenance.json")).unwrap();
    assert_eq!(provenance.matches("\"of\": \"images\"").count(), 8, "{provenance}");
    let entry = files(&folder.path().join("cache")).into_keys().next().unwrap();
    fs::remove_file(folder.path().join("cache").join(entry)).unwrap();
    let said = complete(folder.path());
    assert_eq!(said.matches("\"cached\":false").count(), 1, "{said}");
}

/// A sweep killed in its second half: what is there makes tables and a ledger, and what is missing is named.
#[test]
fn what_is_there_of_a_sweep_is_gathered() {
    let folder = tempfile::tempdir().unwrap();
    let gather = || {
        let gather = Request { gather: true, ..request(folder.path()) };
        let output = start_with(&gather).wait_with_output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, said) = gather();
    assert!(code == Some(2) && said.contains("no run is there"), "{said}");
    assert!(kill(folder.path(), Duration::ZERO), "the sweep was over too soon");
    let (code, said) = gather();
    assert!(code == Some(0) && !said.contains("\"cached\":false"), "{said}");
    let provenance = fs::read_to_string(folder.path().join("out/provenance.json")).unwrap();
    let provenance: runner::Provenance = serde_json::from_str(&provenance).unwrap();
    assert_eq!(provenance.runs.len() + provenance.missing.len(), 8);
    assert!(provenance.missing.iter().any(|run| run == "cifar-adam-scale_bias-rate-0.001-seed-0"));
    let protocol = fs::read_to_string(folder.path().join("out/tables/protocol.csv")).unwrap();
    assert!(protocol.contains(&format!("missing_runs,{}", provenance.missing.len())), "{protocol}");
    complete(folder.path());
    let whole = fs::read_to_string(folder.path().join("out/provenance.json")).unwrap();
    assert!(!whole.contains("\"missing\""));
}
