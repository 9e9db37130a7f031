//! A small sweep in two stages, disturbed: on this machine, on a cluster whose schedulers are a few lines of shell, and on a
//! real Slurm where there is one. Whatever happens, it ends with the bytes of an undisturbed one.

#![allow(clippy::unwrap_used)]

mod fake;
mod interrupted;
mod slurm;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use experiment::Profile;
use runner::Program;
use runner::executor::Rules;
use runner::messages::{Execution, Request};
use serde_json::Value;
use snapshots::files;
use training::SECTION;

/// What is said when a run of the second stage begins.
const BEGINS: &str = r#""event":"progress","run":"cifar-"#;

/// A sweep in a folder of its own: a look at an initialisation, four runs of a search, and the four of some iterations that it
/// calls for, with a checkpoint after every second iteration, on stand-ins.
struct Sweep {
    folder: tempfile::TempDir,
    /// The store, which may lie elsewhere.
    store: PathBuf,
    iterations: &'static str,
    on: &'static str,
    options: Value,
    /// Folder whose commands come first in PATH.
    commands: PathBuf,
}

impl Sweep {
    fn new(on: &'static str, options: Value, commands: &Path, iterations: &'static str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("store");
        Self { folder, store, iterations, on, options, commands: commands.to_path_buf() }
    }

    /// On this machine alone.
    fn local(iterations: &'static str) -> Self {
        Self::new("local", serde_json::json!({}), Path::new("."), iterations)
    }

    /// What it is to do; on a cluster, whether only to submit what can be submitted.
    fn request(&self, submit: bool) -> Request {
        let sets = [
            ("tasks", "[\"cifar\"]"),
            ("initialisations", "[\"scale\", \"scale_bias\"]"),
            ("learning_rates", "{\"sgd\": [0.01], \"adam\": [0.001]}"),
            ("seeds", "[0]"),
            ("iterations", self.iterations),
            ("search_iterations", "40"),
            ("sensitivity", "[]"),
            ("checkpoint_every", "2"),
        ];
        let request = snapshots::request(&SECTION, Profile::Smoke, &sets, self.folder.path());
        let rules = Rules::read(&self.options, &[]).unwrap();
        let execution = Some(Execution { on: self.on.to_owned(), rules, submit });
        Request { execution, store: self.store.clone(), ..request }
    }

    /// Starts the section's program with words and a request.
    fn begin(&self, words: &[&str], request: &Request) -> Program {
        let path = format!("PATH={}:{}", self.commands.display(), std::env::var("PATH").unwrap());
        let words = [&[&path, env!("CARGO_BIN_EXE_training")], words].concat();
        Program::start(Path::new("env"), &words, Some(request)).unwrap()
    }

    /// Starts the driver.
    fn start(&self, submit: bool) -> Program {
        self.begin(&["run"], &self.request(submit))
    }

    /// Drives it to the end.
    fn run(&self) -> (String, Option<i32>) {
        self.start(false).finish().unwrap()
    }

    /// Submits what can be submitted.
    fn submit(&self) -> String {
        let (said, code) = self.start(true).finish().unwrap();
        assert_eq!(code, Some(0), "{said}");
        said
    }

    /// Drives it to its end, which is to be a good one, with the same files as of a sweep on this machine alone.
    fn completes(&self) -> String {
        let (said, code) = self.run();
        assert_eq!(code, Some(0), "{said}");
        assert_eq!(alone(self.iterations), files(&self.folder.path().join("out")));
        assert_eq!(self.checkpoints(), 0, "checkpoints of finished runs stay behind");
        let left = fs::read_dir(self.store.join("jobs")).into_iter().flatten().flatten();
        let left = left.filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'));
        assert_eq!(left.count(), 0, "submissions stay behind");
        said
    }

    /// How many checkpoints lie in the store.
    fn checkpoints(&self) -> usize {
        self.below("checkpoints", "checkpoint").len()
    }

    /// Files of a kind in the folders below one of the store, of which some may come and go.
    fn below(&self, folder: &str, kind: &str) -> Vec<PathBuf> {
        let within = |folder: PathBuf| fs::read_dir(folder).into_iter().flatten().flatten();
        let files = within(self.store.join(folder)).flat_map(|folder| within(folder.path()));
        files.map(|file| file.path()).filter(|file| file.extension().is_some_and(|end| end == kind)).collect()
    }

    /// Logs that lie in the store.
    fn logs(&self) -> Vec<String> {
        self.below("jobs", "log").iter().filter_map(|log| fs::read_to_string(log).ok()).collect()
    }
}

/// The files of a sweep on this machine alone.
fn alone(iterations: &'static str) -> BTreeMap<PathBuf, Vec<u8>> {
    static MADE: Mutex<BTreeMap<&str, BTreeMap<PathBuf, Vec<u8>>>> = Mutex::new(BTreeMap::new());
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    let make = || {
        let sweep = Sweep::local(iterations);
        let (said, code) = sweep.run();
        assert_eq!(code, Some(0), "{said}");
        files(&sweep.folder.path().join("out"))
    };
    made.entry(iterations).or_insert_with(make).clone()
}

/// Looks until something is the case.
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let since = Instant::now();
    while !is_so() {
        assert!(since.elapsed() < Duration::from_secs(120), "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
