//! The interface between a section and everything around it.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};

use flow::{Device, Profile, Throughput};
use ledger::Measurement;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::figure::Figure;
use crate::{Standing, TableError, Tables};

/// Why a run failed, in its own words.
pub type Failure = Box<dyn Error + Send + Sync>;

/// What a run may use besides its own parameters.
#[derive(Debug, Clone)]
pub struct Context {
    /// Seed of everything random.
    pub seed: u64,
    /// Where tensors live.
    pub device: Device,
    /// Where real data lies, if it was found.
    pub data: Option<PathBuf>,
    /// A folder for what a long run keeps to continue after an interruption. It is this run's own, need not exist yet,
    /// and goes when the run's result is cached. None where there is no cache.
    pub scratch: Option<PathBuf>,
    /// Says something that the user should know, in one line.
    pub warn: fn(&str),
    /// How the run stands, shown beside its progress.
    pub standing: Standing,
}

impl Context {
    /// A context on the processor without data and without a cache: for tests.
    pub fn bare(seed: u64) -> Self {
        let warn = |message: &str| eprintln!("warning: {message}");
        Self { seed, device: Device::Cpu, data: None, scratch: None, warn, standing: Standing::default() }
    }
}

/// The data sets a section reads: BLAKE3 by name. Part of every run's key.
pub type Inputs = BTreeMap<String, String>;

/// A section of the paper. Every section crate has one type that implements this, from the same rooms: `params.rs`,
/// `runs.rs`, `tables.rs`, `figures.rs`, `claims.rs`.
pub trait Section {
    /// The parameters, as types that check themselves while they are read.
    type Params: Serialize + DeserializeOwned;
    /// One run: all parameters that its result depends on, and no other.
    type Run: Serialize + Clone + Send + Sync;
    /// What a run gives.
    type Outcome: Serialize + DeserializeOwned + Send;

    /// Number in the paper, such as `3.1`.
    const NUMBER: &'static str;
    /// Package name, such as `theory`.
    const NAME: &'static str;
    /// What it is about, in a few words.
    const TITLE: &'static str;
    /// Name and meaning, with its range, of every parameter: what `--set` takes.
    const PARAMETERS: &'static [(&'static str, &'static str)];

    /// Whether its runs are a sweep: results are worth something before all of them are there, and some may be called for
    /// by the outcomes of others ([`Section::further`]).
    const SWEEP: bool = false;

    /// The parameters of a profile.
    fn params(profile: Profile) -> Self::Params;

    /// What no single parameter can check: combinations, sizes beyond memory.
    ///
    /// # Errors
    /// What is wrong, naming parameters and limit, before any work starts.
    fn check(_params: &Self::Params) -> Result<(), String> {
        Ok(())
    }

    /// The device it uses of the one asked for: sections without tensors stay on the processor.
    fn device(_asked: Device) -> Device {
        Device::Cpu
    }

    /// The data sets it reads.
    ///
    /// # Errors
    /// When data is there but cannot be read.
    fn inputs(_params: &Self::Params, _data: Option<&Path>) -> Result<Inputs, Failure> {
        Ok(Inputs::new())
    }

    /// The runs that the parameters call for, in order.
    fn runs(params: &Self::Params) -> Vec<Self::Run>;

    /// The runs that only the outcomes of those can name, such as runs at the learning rate that was found to be fastest.
    fn further(_params: &Self::Params, _outcomes: &[(Self::Run, Self::Outcome)]) -> Vec<Self::Run> {
        Vec::new()
    }

    /// How much work a run is, in any unit that is the same for all runs of the section: the time left is told by it.
    fn work(_run: &Self::Run) -> u64 {
        1
    }

    /// Work of the runs that only outcomes can name, as far as it is known without them.
    fn work_ahead(_params: &Self::Params) -> u64 {
        0
    }

    /// How many runs go side by side on a device where there are so many threads, of which each gets its share. More than
    /// one pays where a run is too small to keep all of them busy. Results do not depend on it.
    fn side_by_side(_device: Device, _threads: usize) -> usize {
        1
    }

    /// A run's name, unique within the section, made of what tells it from the others.
    fn name(run: &Self::Run) -> String;

    /// Executes a run, telling its progress in units of work done and in all.
    ///
    /// # Errors
    /// Why it failed; nothing is cached then.
    fn execute(
        run: &Self::Run,
        context: &Context,
        progress: &(dyn Fn(u64, u64) + Sync),
    ) -> Result<Self::Outcome, Failure>;

    /// How fast a run went, where it counts something. It goes into the provenance.
    fn throughput(_run: &Self::Run, _outcome: &Self::Outcome) -> Option<Throughput> {
        None
    }

    /// Tables from run results.
    ///
    /// # Errors
    /// When results do not fit together.
    fn tables(params: &Self::Params, outcomes: &[(Self::Run, Self::Outcome)]) -> Result<Tables, TableError>;

    /// Figures from tables.
    ///
    /// # Errors
    /// When a table or column is missing.
    fn figures(tables: &Tables) -> Result<Vec<Figure>, TableError>;

    /// Measurements from tables.
    ///
    /// # Errors
    /// When a table or column is missing.
    fn claims(tables: &Tables) -> Result<Vec<Measurement>, TableError>;

    /// Name of the folder that holds its files, `<number>-<name>`.
    fn folder() -> String {
        format!("{}-{}", Self::NUMBER, Self::NAME)
    }
}
