//! Where runs are computed: in this process, or as tasks of a scheduler that others run.
//!
//! An [`Executor`] does three things: it has the tasks of a [`Submission`] begun, it says how tasks stand, and it takes them
//! back. Each has a file of its own here and a line in [`ENGINES`]. Whether a run is done is never an executor's word: it is
//! done when the store has it. `drive` holds the two together.

mod drive;
mod hyperqueue;
mod local;
mod log;
mod options;
mod script;
mod slurm;
mod standing;
mod submission;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::CommandError;
use crate::messages::exit;

pub use drive::Drive;
pub use options::{Options, Rules};
pub use standing::{retire, stand};
pub use submission::{Submission, Wanted, is_submission, name_and_key};

/// Every engine: a new one has a file beside this one and a name here.
pub const ENGINES: [&Engine; 4] = [&local::ENGINE, &slurm::ENGINE, &hyperqueue::ENGINE, &script::ENGINE];

/// A kind of executor.
#[derive(Debug)]
pub struct Engine {
    /// Its name, as `--on` takes it.
    pub name: &'static str,
    /// What it cannot do without.
    needs: Option<Needs>,
    /// Whether it tells how tasks stand. One that does not is left once it has been given its tasks.
    pub tells: bool,
    /// Makes one.
    make: for<'a> fn(Place<'a>) -> Box<dyn Executor + 'a>,
}

/// A program that an engine cannot do without.
#[derive(Debug)]
struct Needs {
    program: &'static str,
    /// What to do where there is none.
    absent: &'static str,
    /// What to do where it has nobody to ask.
    silent: &'static str,
}

/// What an executor is given.
pub struct Place<'a> {
    /// Where submissions lie, a folder each.
    jobs: PathBuf,
    /// The name that tasks from this store bear.
    pub name: String,
    /// Computes the tasks of a submission here and now.
    pub compute: &'a dyn Fn(&Submission) -> Result<(), CommandError>,
    /// Says something that the user should know.
    pub warn: fn(&str),
}

/// A place that computes runs.
pub trait Executor {
    /// Has every task begun once. When this returns, they are on their way or over; of some of them that may be so even if it
    /// fails.
    fn submit(&self, submission: &Submission) -> Result<(), CommandError>;

    /// How tasks stand that are not long over, by one question for all that were submitted from this store.
    fn states(&self) -> Result<States, CommandError>;

    /// Takes back submissions, by their ids.
    fn cancel(&self, submissions: &[String]) -> Result<(), CommandError>;
}

/// How tasks stand, by the id of their submission and their number there; the first is 1.
pub type States = HashMap<(String, usize), State>;

/// How a task stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It waits; what for, in the scheduler's word.
    Queued(String),
    /// It is on its way: on which node, and since when.
    Running(String, String),
    /// It is over, and how, in the scheduler's word.
    Over(String),
}

impl State {
    /// Whether it is queued or running.
    fn is_live(&self) -> bool {
        !matches!(self, Self::Over(_))
    }
}

impl Engine {
    /// The engine of this name.
    ///
    /// # Errors
    /// When there is none, with a suggestion.
    pub fn named(name: &str) -> Result<&'static Self, CommandError> {
        ENGINES.into_iter().find(|engine| engine.name == name).ok_or_else(|| {
            let known = ENGINES.map(|engine| engine.name);
            CommandError::unknown("executor", name, known, &format!("executors: {}", known.join(", ")))
        })
    }

    /// Whether runs are computed by the process that asks for them.
    pub fn is_local(&self) -> bool {
        self.name == local::ENGINE.name
    }

    /// Asks how tasks of a store stand, and so refuses to begin where its program is not there or has nobody to ask.
    ///
    /// # Errors
    /// Names the program, and says what to do.
    pub fn ask(&self, store: &Path, warn: fn(&str)) -> Result<(Box<dyn Executor>, States), CommandError> {
        if let Some(Needs { program, absent, .. }) = self.needs {
            let path = std::env::var_os("PATH").unwrap_or_default();
            if !std::env::split_paths(&path).any(|folder| folder.join(program).is_file()) {
                let what = format!("--on {} needs the program `{program}`, which is not in PATH", self.name);
                return Err(CommandError::usage(what).advise(absent));
            }
        }
        let executor = self.executor(store, &|_| Ok(()), warn);
        let silent = self.needs.as_ref().map_or("", |needs| needs.silent);
        let states = executor.states().map_err(|error| error.code(exit::USAGE).advise(silent))?;
        Ok((executor, states))
    }

    /// An executor of this kind for a store.
    pub fn executor<'a>(
        &self,
        store: &Path,
        compute: &'a dyn Fn(&Submission) -> Result<(), CommandError>,
        warn: fn(&str),
    ) -> Box<dyn Executor + 'a> {
        let place = store.canonicalize().unwrap_or_else(|_| store.to_path_buf());
        let hash = blake3::hash(place.as_os_str().as_encoded_bytes()).to_hex();
        (self.make)(Place { jobs: jobs(store), name: format!("paper-{}", &hash[..12]), compute, warn })
    }
}

/// Where submissions from a store lie, a folder each.
fn jobs(store: &Path) -> PathBuf {
    store.join("jobs")
}

/// Takes back what is queued or running of these sections, by the names of their folders. Says which submissions.
///
/// # Errors
/// What a scheduler says.
pub fn cancel(store: &Path, sections: &[String], warn: fn(&str)) -> Result<Vec<String>, CommandError> {
    let ids = submission::ids(&jobs(store));
    let mut taken_back = Vec::new();
    for engine in ENGINES {
        let of_section = |id: &&String| sections.iter().any(|slug| submission::is_of(id, engine.name, slug));
        let mut found: Vec<String> = ids.iter().filter(of_section).cloned().collect();
        if !found.is_empty() {
            let (executor, states) = engine.ask(store, warn)?;
            found.retain(|id| states.iter().any(|((of, _), state)| of == id && state.is_live()));
            executor.cancel(&found)?;
            taken_back.extend(found);
        }
    }
    Ok(taken_back)
}

/// What a program of a scheduler answers.
fn answer(command: &mut Command) -> Result<String, CommandError> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| CommandError::failed(&name).because(error))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.trim();
    let said = if said.is_empty() { output.status.to_string() } else { said.replace('\n', "; ") };
    let said = said.strip_prefix(&format!("{name}: ")).unwrap_or(&said);
    Err(CommandError::failed(format!("{name}: {said}")).advise("the scheduler's own commands tell more"))
}

/// Gives a scheduler tasks with these options.
fn give(command: &mut Command, options: &Options) -> Result<(), CommandError> {
    let advice = || format!("it was asked for {}, by executors.toml and --with", options.asked());
    answer(command).map(drop).map_err(|error| error.code(exit::USAGE).advise(advice()))
}
