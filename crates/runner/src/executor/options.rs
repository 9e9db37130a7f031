//! What is asked of a scheduler for the runs of a section: the table of an executor in `executors.toml`, laid over by those
//! of its `when` entries that a run meets, laid over by the command line.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::CommandError;

/// The list of exceptions within the table of an executor.
const WHEN: &str = "when";
/// What an exception asks of a run: its section, least work, and work that it stays below.
const ASKS: [&str; 3] = ["section", "work_from", "work_below"];

/// What is asked of a scheduler.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Options {
    /// Partition or queue.
    pub partition: Option<String>,
    /// Account that pays.
    pub account: Option<String>,
    /// Time limit of a task, such as `2:00:00`.
    pub time: Option<String>,
    /// Memory of a task, such as `4G`.
    pub memory: Option<String>,
    /// Processor cores of a task.
    pub cores: usize,
    /// Cards of a task.
    pub gpus: usize,
    /// Lines of shell that come before the work, such as `module load cuda`.
    pub setup: Vec<String>,
    /// Further options of the scheduler's submitting command, word for word.
    pub arguments: Vec<String>,
    /// Most tasks of one submission; Slurm's own limit is its `MaxArraySize` less one.
    pub array_limit: usize,
    /// Most tasks of a submission that are on their way at a time.
    pub at_once: Option<usize>,
    /// Runs in one task, one after the other or side by side on its cores.
    pub batch: usize,
    /// How often a task is put back into the queue, or begun anew after the loss of its worker.
    pub requeues: u32,
    /// Seconds before the time limit at which a task is told to write its checkpoint.
    pub notice: u64,
    /// Seconds from one question to the scheduler to the next.
    pub poll: u64,
    /// Seconds for which a result may take to be seen after its task is over: shared file systems show files late.
    pub patience: u64,
    /// Folder with the sections' programs for the nodes, where those of this machine do not run there.
    pub programs: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            partition: None,
            account: None,
            time: None,
            memory: None,
            cores: 1,
            gpus: 0,
            setup: Vec::new(),
            arguments: Vec::new(),
            array_limit: 1000,
            at_once: None,
            batch: 1,
            requeues: 20,
            notice: 120,
            poll: 30,
            patience: 60,
            programs: None,
        }
    }
}

/// Options by section and by size of run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Rules {
    base: Map<String, Value>,
    when: Vec<Map<String, Value>>,
    over: Map<String, Value>,
}

impl Rules {
    /// The rules of one executor, from its table in `executors.toml` and from `KEY=VALUE` of the command line.
    ///
    /// # Errors
    /// An unknown key, with a suggestion; a value of the wrong type or none.
    pub fn read(table: &Value, with: &[String]) -> Result<Self, CommandError> {
        let mut base = object(table)?.clone();
        let when = base.remove(WHEN).unwrap_or_else(|| Value::Array(Vec::new()));
        let when = when.as_array().ok_or_else(|| wrong("`when` is a list: write [[slurm.when]]"))?;
        let when = when.iter().map(|entry| object(entry).cloned()).collect::<Result<Vec<_>, _>>()?;
        let over = with.iter().map(|text| setting(text)).collect::<Result<_, _>>()?;
        let rules = Self { base, when, over };
        let exceptions = rules.when.iter().map(|entry| (entry, &ASKS[..]));
        for (table, more) in [(&rules.base, &[][..]), (&rules.over, &[])].into_iter().chain(exceptions) {
            check(table, more)?;
        }
        Ok(rules)
    }

    /// What is asked for a run of this work, in the section with one of these names.
    ///
    /// # Errors
    /// When options of several tables do not fit together.
    pub fn of(&self, section: &[&str], work: u64) -> Result<Options, CommandError> {
        let meets = |entry: &&Map<String, Value>| {
            let [name, from, below] = ASKS.map(|asked| entry.get(asked));
            name.is_none_or(|name| section.iter().any(|known| *name == **known))
                && from.and_then(Value::as_u64).is_none_or(|from| work >= from)
                && below.and_then(Value::as_u64).is_none_or(|below| work < below)
        };
        let mut all = self.base.clone();
        for table in self.when.iter().filter(meets).chain([&self.over]) {
            all.extend(table.clone());
        }
        serde_json::from_value(Value::Object(all)).map_err(wrong)
    }
}

/// Checks the names and values of one table by themselves, with further names that it may have.
fn check(table: &Map<String, Value>, more: &[&str]) -> Result<(), CommandError> {
    let known = serde_json::to_value(Options::default())?;
    let known = object(&known)?.keys().map(String::as_str).chain(more.iter().copied());
    let known: Vec<&str> = known.collect();
    if let Some(unknown) = table.keys().find(|key| !known.contains(&key.as_str())) {
        return Err(CommandError::unknown(
            "option",
            unknown,
            known.clone(),
            &format!("options: {}", known.join(", ")),
        ));
    }
    let whole = |key: &&&str| table.get(**key).is_some_and(|value| value.as_u64().is_none());
    if let Some(key) = more.iter().skip(1).find(whole) {
        return Err(wrong(format!("`{key}` is a whole number, in the section's unit of work")));
    }
    let options: Options = serde_json::from_value(Value::Object(table.clone())).map_err(wrong)?;
    let counts = [("cores", options.cores), ("array_limit", options.array_limit), ("batch", options.batch)];
    match counts.iter().find(|(_, count)| *count == 0) {
        Some((name, _)) => Err(wrong(format!("`{name}` is at least 1"))),
        None => Ok(()),
    }
}

fn object(value: &Value) -> Result<&Map<String, Value>, CommandError> {
    value.as_object().ok_or_else(|| wrong("a table is wanted: write [slurm] and options below it"))
}

/// `KEY=VALUE`, where the value is a number or a list as JSON writes it, else a word.
fn setting(text: &str) -> Result<(String, Value), CommandError> {
    let (key, value) = text.split_once('=').ok_or_else(|| wrong(format!("cannot read --with {text}")))?;
    Ok((key.to_owned(), serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()))))
}

fn wrong(why: impl ToString) -> CommandError {
    CommandError::usage(why).advise("CLUSTER.md lists the options, with an executors.toml to begin with")
}
