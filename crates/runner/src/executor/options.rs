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

/// Options that are words, to schedulers as well where they look like numbers.
const WORDS: [&str; 4] = ["partition", "account", "time", "memory"];

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
    /// Seconds for which a result may take to be seen after its task is over: shared file systems show files late; and for
    /// which a submission may be unknown to the scheduler.
    pub patience: u64,
    /// Folder with the sections' programs for the nodes, where those of this machine do not run there.
    pub programs: Option<PathBuf>,
}

impl Options {
    /// What is not as by default, as `--with` takes it.
    pub(super) fn asked(&self) -> String {
        let all = |options: &Self| serde_json::to_value(options).unwrap_or_default();
        let (own, default) = (all(self), all(&Self::default()));
        let asked = own.as_object().into_iter().flatten().filter(|(key, value)| default[*key] != **value);
        let asked: Vec<String> = asked
            .map(|(key, value)| format!("{key}={}", value.as_str().map_or(value.to_string(), str::to_owned)))
            .collect();
        if asked.is_empty() { "nothing of its own".to_owned() } else { asked.join(" ") }
    }
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
        let mut rules = Self { base, when, over };
        check(&mut rules.base, &[])?;
        check(&mut rules.over, &[]).map_err(|error| error.within("--with"))?;
        for entry in &mut rules.when {
            check(entry, &ASKS).map_err(|error| error.within(WHEN))?;
        }
        Ok(rules)
    }

    /// The sections that exceptions name.
    pub fn sections(&self) -> impl Iterator<Item = &str> {
        self.when.iter().filter_map(|entry| entry.get(ASKS[0])?.as_str())
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

/// Checks the names and values of one table by themselves, with further names that it may have. What is a word may be written
/// as a number.
fn check(table: &mut Map<String, Value>, more: &[&str]) -> Result<(), CommandError> {
    let known = serde_json::to_value(Options::default())?;
    let known: Vec<&str> = object(&known)?.keys().map(String::as_str).chain(more.iter().copied()).collect();
    for (key, value) in &mut *table {
        if !known.contains(&key.as_str()) {
            let all = format!("options: {}", known.join(", "));
            return Err(CommandError::unknown("option", key, known.iter().copied(), &all));
        }
        if WORDS.contains(&key.as_str()) && value.is_number() {
            *value = Value::String(value.to_string());
        }
        match more.iter().position(|asked| asked == key) {
            Some(0) if !value.is_string() => {
                return Err(wrong(format!("`{key}` is a section's name, folder or number, in quotes")));
            }
            Some(1..) if value.as_u64().is_none() => {
                return Err(wrong(format!("`{key}` is a whole number, in the section's unit of work")));
            }
            Some(_) => {}
            None => check_one(key, value)?,
        }
    }
    let [from, below] = [ASKS[1], ASKS[2]].map(|asked| table.get(asked).and_then(Value::as_u64));
    match from.zip(below) {
        Some((from, below)) if from >= below => {
            Err(wrong(format!("no run has work from {from} on and below {below}")))
        }
        _ => Ok(()),
    }
}

/// Checks the value of one option.
fn check_one(key: &str, value: &Value) -> Result<(), CommandError> {
    let table = Map::from_iter([(key.to_owned(), value.clone())]);
    let options: Options = serde_json::from_value(Value::Object(table))
        .map_err(|error| wrong(format!("`{key}`")).because(error))?;
    let at_once = options.at_once.unwrap_or(1);
    if [options.cores, options.array_limit, options.batch, at_once].contains(&0) || options.poll == 0 {
        return Err(wrong(format!("`{key}` is at least 1")));
    }
    match &options.programs {
        Some(folder) if !folder.is_dir() => {
            Err(wrong(format!("`{key}` names no folder: {}", folder.display())))
        }
        _ => Ok(()),
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
