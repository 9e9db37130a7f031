//! The words in which `xtask` and the section binaries speak: one JSON object a line.
//!
//! A section binary is called with one word and, except for `describe`, a [`Request`] on its standard input:
//!
//! - `describe` answers with one [`Event::Description`];
//! - `plan` answers with one [`Event::Plan`] and computes nothing;
//! - `run` answers with events until [`Event::Done`] or [`Event::Error`]. It stops, after a checkpoint, when its standard
//!   input ends: nobody listens any more;
//! - `recheck` answers with one [`Event::Rechecked`] of the request's record, and computes nothing;
//! - `run-one NAME…` computes runs of the request unless they are stored, stores them, and answers with events; after one that
//!   failed it goes on with the others. Behind `@` a name may have the hash of its key, which must then be the run's key here.
//!   Where another program computes a run, it says so and waits. Its standard input may end: it is how a scheduler starts it.
//!
//! On SIGINT, SIGTERM or SIGHUP a program stops likewise, with [`exit::INTERRUPTED`].
//!
//! The exit codes are those of [`exit`].

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use experiment::{Device, Profile};

#[cfg(doc)]
use crate::Origin;
use crate::executor::Rules;
use crate::{Checkout, Level, Part};

/// Exit codes of `xtask` and the section binaries.
pub mod exit {
    /// All is well.
    pub const OK: u8 = 0;
    /// The work failed, or a check found something.
    pub const FAILED: u8 = 1;
    /// The command line, a parameter or another input is wrong: nothing was begun.
    pub const USAGE: u8 = 2;
    /// The work was interrupted; asked for again, it goes on from its last checkpoint.
    pub const INTERRUPTED: u8 = 3;
    /// `--dry-run`: something would run.
    pub const WOULD_RUN: u8 = 10;
}

/// What `xtask` asks of a section.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// Sizes.
    pub profile: Profile,
    /// Seed of everything random.
    pub seed: u64,
    /// Where tensors live.
    pub device: Device,
    /// Parameters set by the user: name within the section, value as typed.
    pub sets: Vec<(String, String)>,
    /// Hashes of the code and the locked dependencies that a run's result depends on.
    pub code: Vec<Part>,
    /// Hashes of the sources that the program is to be made of, as one line.
    pub sources: String,
    /// The project's store of runs.
    pub store: PathBuf,
    /// The section's record, where runs are taken from it.
    pub record: Option<PathBuf>,
    /// Take no run that was computed with another arithmetic than this machine's, see [`Origin::arithmetic`].
    pub same_arithmetic: bool,
    /// The register of claims.
    pub register: PathBuf,
    /// Where the section's files go.
    pub out: PathBuf,
    /// Where real data lies, if it was found.
    pub data: Option<PathBuf>,
    /// Refuse stand-ins where real data is not there.
    pub require_data: bool,
    /// Repeat runs that were finished at this time, in seconds since 1970, or before.
    pub repeat_before: Option<u64>,
    /// Begin no run: make tables, figures and measurements of a sweep from those that are there.
    pub gather: bool,
    /// Where runs are computed; on this machine unless it says otherwise.
    pub execution: Option<Execution>,
    /// The checkout it comes from.
    pub checkout: Checkout,
}

/// Where runs are computed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Execution {
    /// The executor, by name.
    pub on: String,
    /// What is asked of it.
    pub rules: Rules,
    /// Whether runs are left to themselves once they are submitted.
    pub submit: bool,
}

impl Request {
    /// For the smoke profile with nothing set, on the processor, with store and results below a folder: for tests.
    pub fn bare(folder: &Path, sources: &str) -> Self {
        Self {
            profile: Profile::Smoke,
            seed: 2019,
            device: Device::Cpu,
            sets: Vec::new(),
            code: Vec::new(),
            sources: sources.to_owned(),
            store: folder.join("store"),
            record: None,
            same_arithmetic: false,
            register: PathBuf::new(),
            out: folder.join("out"),
            data: None,
            require_data: false,
            repeat_before: None,
            gather: false,
            execution: None,
            checkout: Checkout::default(),
        }
    }
}

/// What a section says about itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Description {
    /// Its number, such as `3.1`.
    pub number: String,
    /// Its package name, such as `theory`.
    pub name: String,
    /// What it is about.
    pub title: String,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
}

/// A parameter that `--set` takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    /// Name within the section.
    pub name: String,
    /// What it is, with its range.
    pub meaning: String,
    /// Its value in each profile.
    pub defaults: BTreeMap<String, serde_json::Value>,
}

/// State of a run before the work starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunState {
    /// In the store.
    Stored,
    /// In the section's record.
    Recorded,
    /// There, and not to be taken: it is to be repeated, or was computed with another arithmetic.
    Refused,
    /// Not there.
    Missing,
    /// There, and damaged.
    Damaged,
}

impl RunState {
    /// Whether it need not be computed.
    pub fn is_there(self) -> bool {
        matches!(self, Self::Stored | Self::Recorded)
    }
}

impl From<Level> for RunState {
    fn from(level: Level) -> Self {
        match level {
            Level::Store => Self::Stored,
            Level::Record => Self::Recorded,
        }
    }
}

/// A run that a section would do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedRun {
    /// Its name within the section.
    pub name: String,
    /// The hash of its key.
    pub key: String,
    /// Whether it is cached.
    pub state: RunState,
    /// What changed since it was last done; empty if it never was, or is there.
    pub moved: Vec<String>,
    /// The arithmetic it was computed with, where that is not this machine's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arithmetic: Option<String>,
    /// How much work it is, in a unit of the section's.
    pub work: u64,
}

/// What a section would do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Its runs, in order.
    pub runs: Vec<PlannedRun>,
    /// Whether the files in the out folder are up to date.
    pub current: bool,
    /// Work of runs that will be called for once these are done, as far as it is known.
    pub ahead: u64,
}

/// What today's code makes of a record, held against what it holds.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Rechecked {
    /// What does not follow: rows of the ledger from the tables, tables and figures from the runs.
    pub faults: Vec<String>,
    /// What today's code draws otherwise, or says of the same verdict in other words.
    pub stale: Vec<String>,
    /// The runs that the record keeps of those behind its tables.
    pub kept: usize,
    /// The runs behind its tables.
    pub runs: usize,
}

/// What a section reports.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub enum Event {
    /// What the section is.
    Description(Description),
    /// What would be done; amid a section's work, runs that are now known to be called for as well.
    Plan(Plan),
    /// A run goes on.
    Progress {
        /// The run.
        run: String,
        /// Units of work done.
        done: u64,
        /// Units of work in all.
        total: u64,
        /// Units of work that a checkpoint had, where it went on from one.
        #[serde(default)]
        from: u64,
        /// How it stands, in a few words of its own; often none.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        note: String,
    },
    /// A run is finished, or was there.
    Finished {
        /// The run.
        run: String,
        /// Whether it was there.
        stored: bool,
        /// How long it took when it was computed.
        seconds: f64,
    },
    /// How tasks stand that a scheduler was given. Where runs are left to themselves it is the last word.
    Queue {
        /// Runs that wait.
        queued: usize,
        /// Runs that are on their way.
        running: usize,
        /// What they wait for, and what each node has done.
        words: String,
    },
    /// Something the user should know.
    Warning {
        /// In one line.
        message: String,
    },
    /// The section is finished.
    Done {
        /// Files that were written, by name.
        written: Vec<String>,
        /// Files that were already as they should be.
        unchanged: usize,
    },
    /// What the record's own files say of each other.
    Rechecked(Rechecked),
    /// The section gave up.
    Error {
        /// What happened.
        message: String,
        /// What to do about it.
        advice: String,
    },
}
