//! The way of runs through an executor: what is neither there nor on its way is submitted, then the scheduler is asked, once
//! for all, until every run is there or has failed. Nothing is remembered but the files of submissions: another driver, later
//! or elsewhere, finds the same runs by their keys and goes on.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::log::Account;
use super::submission::log;
use super::{Engine, Executor, Options, Rules, State, States, Submission, Wanted, jobs, submission};
use crate::messages::{Event, Request, exit};
use crate::{CommandError, FileError, Lock, atomic, told};

/// For how long a scheduler may fail to answer.
const SILENCE: Duration = Duration::from_secs(600);
/// The longest pause while a result is looked for whose task is over.
const LOOKING: Duration = Duration::from_secs(2);
/// How often a run that was lost by the scheduler, or interrupted for good, is submitted again by the same driver.
const AGAIN: u32 = 3;
/// Bytes that are tried to be written where a run failed.
const PROBE: usize = 1 << 16;
/// How many failures are told in full.
const TOLD: usize = 10;

/// What drives the runs of a section.
pub struct Drive<'a> {
    /// The kind of executor.
    pub engine: &'static Engine,
    /// The executor.
    pub executor: Box<dyn Executor + 'a>,
    /// What the runs belong to.
    pub request: &'a Request,
    /// The section, by folder, name and number.
    pub section: [&'a str; 3],
    /// What is asked for each run.
    pub rules: &'a Rules,
    /// Whether runs are left to themselves once they are submitted.
    pub submit: bool,
    /// Says what happens.
    pub say: fn(&Event),
}

/// Where runs were submitted, by key: id of the submission and number of the task, the newest last.
#[derive(Default)]
pub(super) struct Places {
    pub(super) of: HashMap<String, Vec<(String, usize)>>,
    pub(super) read: HashSet<String>,
}

/// A run whose result is not there yet.
struct Awaited {
    run: Wanted,
    /// Since when its task is neither queued nor running.
    gone: Option<Instant>,
    again: u32,
    node: String,
}

enum Look {
    There,
    Waiting,
    Lost,
    Failed(String),
}

/// What a look at all of them showed.
#[derive(Default)]
struct Seen {
    queued: usize,
    running: usize,
    reasons: BTreeMap<String, usize>,
    looking: bool,
}

impl Places {
    pub(super) fn refresh(&mut self, jobs: &Path) {
        for id in submission::ids(jobs).into_iter().rev() {
            if self.read.insert(id.clone()) {
                for (number, runs) in (1..).zip(submission::tasks(jobs, &id)) {
                    runs.into_iter()
                        .for_each(|(_, key)| self.of.entry(key).or_default().push((id.clone(), number)));
                }
            }
        }
    }

    /// Where a run was submitted last and how it stands there; where it is queued or running, that comes first.
    pub(super) fn find<'a>(
        &'a self,
        key: &str,
        states: &'a States,
    ) -> Option<(&'a (String, usize), Option<&'a State>)> {
        let places = self.of.get(key)?;
        let all = || places.iter().rev().map(|place| (place, states.get(place)));
        all().find(|(_, state)| state.is_some_and(State::is_live)).or_else(|| all().next())
    }

    /// Takes what a scheduler does not know for queued as long as it may be on its way there: a driver that is gone by now may
    /// have handed it over, or have begun to.
    pub(super) fn expect(&self, engine: &str, states: &mut States, jobs: &Path, patience: u64) {
        for place in self.of.values().flatten().filter(|place| place.0.split('-').next() == Some(engine)) {
            let is_expected = submission::is_new(&place.0, patience) && !log(jobs, place).exists();
            if is_expected && !states.contains_key(place) {
                states.insert(place.clone(), State::Queued("as yet unknown to the scheduler".to_owned()));
            }
        }
    }

    fn is_live(&self, key: &str, states: &States) -> bool {
        self.find(key, states).is_some_and(|(_, state)| state.is_some_and(State::is_live))
    }
}

impl Drive<'_> {
    /// Has runs computed; `collect` says whether the result of one is there, and takes it. All are waited for even if one
    /// fails, unless they are left to themselves. Says whether each is there.
    ///
    /// # Errors
    /// Runs that failed, each with its node, the reason and the last lines of its log; a scheduler that does not answer.
    pub fn drive(
        &self,
        mut wanted: Vec<Wanted>,
        collect: &dyn Fn(&Wanted) -> bool,
    ) -> Result<bool, CommandError> {
        let options = self.rules.of(&self.section, 0)?;
        let mut places = Places::default();
        self.send(&wanted, &mut places, collect)?;
        wanted.retain(|run| !collect(run));
        if !wanted.is_empty() && (self.submit || !self.engine.tells) {
            let states = self.executor.states()?;
            let is_running = |run: &&Wanted| {
                let state = places.find(&run.key, &states).and_then(|(_, state)| state);
                matches!(state, Some(State::Running(..)))
            };
            let running = wanted.iter().filter(is_running).count();
            let queued = wanted.len() - running;
            (self.say)(&Event::Queue { queued, running, words: String::new() });
            return Ok(false);
        }
        let awaited = |run| Awaited { run, gone: None, again: 0, node: String::new() };
        let mut awaited: Vec<Awaited> = wanted.into_iter().map(awaited).collect();
        let (mut failures, mut nodes, started) = (Vec::new(), BTreeMap::new(), Instant::now());
        while !awaited.is_empty() {
            let states = self.ask(&options)?;
            places.refresh(&self.jobs());
            let (mut seen, mut lost) = (Seen::default(), Vec::new());
            awaited.retain_mut(|run| match self.look(run, &places, &states, &options, collect, &mut seen) {
                Look::There => {
                    *nodes.entry(run.node.clone()).or_default() += 1;
                    false
                }
                Look::Failed(why) => {
                    failures.push(why);
                    false
                }
                Look::Lost => {
                    lost.push(run.run.clone());
                    true
                }
                Look::Waiting => true,
            });
            if let Err(error) = self.send(&lost, &mut places, collect) {
                self.warn(format!("runs that were lost cannot be submitted again yet: {error}"));
            }
            let words = words(&seen, &nodes, started.elapsed());
            (self.say)(&Event::Queue { queued: seen.queued, running: seen.running, words });
            if !awaited.is_empty() {
                let poll = Duration::from_secs(options.poll);
                std::thread::sleep(if seen.looking { poll.min(LOOKING) } else { poll });
            }
        }
        if failures.is_empty() {
            return Ok(true);
        }
        let more = failures.len().saturating_sub(TOLD);
        let more = if more > 0 { format!("\n  and {more} more") } else { String::new() };
        let count = failures.len();
        failures.truncate(TOLD);
        let what = format!("{count} runs failed, the others are kept:\n{}{more}", failures.join("\n"));
        Err(CommandError::failed(what).advise("the same command submits them again, and only them"))
    }

    fn jobs(&self) -> PathBuf {
        jobs(&self.request.store)
    }

    fn warn(&self, message: String) {
        (self.say)(&Event::Warning { message });
    }

    /// Submits those runs that are neither queued nor running. Drivers that can see each other's locks take turns; for others a
    /// run may be submitted twice, and the second finds its result or computes the same again.
    fn send(
        &self,
        runs: &[Wanted],
        places: &mut Places,
        collect: &dyn Fn(&Wanted) -> bool,
    ) -> Result<(), CommandError> {
        if runs.is_empty() {
            return Ok(());
        }
        let place = self.request.store.join("locks").join(self.section[0]).join("lock");
        let say = self.say;
        let _lock = Lock::take(&place, &format!("Section {}", self.section[2]), |message| {
            say(&Event::Warning { message: message.to_owned() });
        })?;
        let mut states = self.executor.states()?;
        places.refresh(&self.jobs());
        let patience = self.rules.of(&self.section, 0)?.patience;
        places.expect(self.engine.name, &mut states, &self.jobs(), patience);
        let (live, mut missing): (Vec<Wanted>, Vec<Wanted>) =
            runs.iter().cloned().partition(|run| places.is_live(&run.key, &states));
        // One that was running when results were looked for may have ended before the scheduler was asked.
        missing.retain(|run| !collect(run));
        self.tell_other_options(&live, places, &states)?;
        self.tell_earlier_failures(&missing, places, &states);
        let submissions =
            Submission::all(self.engine.name, self.request, &self.section, self.rules, &missing)?;
        for (earlier, submission) in submissions.iter().enumerate() {
            self.executor.submit(submission).or_else(|error| self.not_taken(submission, earlier, error))?;
        }
        places.refresh(&self.jobs());
        Ok(())
    }

    /// A submission that was not taken leaves nothing behind that looks like one. Where the answer was lost, whether it was
    /// taken the queue says.
    fn not_taken(
        &self,
        submission: &Submission,
        earlier: usize,
        error: CommandError,
    ) -> Result<(), CommandError> {
        if self.executor.states()?.keys().any(|(id, _)| *id == submission.id) {
            return Ok(());
        }
        // Where it cannot be removed, `status` says that its tasks failed.
        let _ = fs::remove_dir_all(&submission.folder);
        let begun = error.code == exit::USAGE && earlier > 0;
        Err(if begun { error.code(exit::FAILED) } else { error })
    }

    /// Runs that are queued keep what was asked for them; where that is not what is asked now, that is told.
    fn tell_other_options(
        &self,
        live: &[Wanted],
        places: &Places,
        states: &States,
    ) -> Result<(), CommandError> {
        let mut asked: HashMap<&str, Option<Rules>> = HashMap::new();
        let mut others = 0;
        for run in live {
            if let Some(((id, _), Some(State::Queued(_)))) = places.find(&run.key, states) {
                let rules = asked
                    .entry(id)
                    .or_insert_with(|| Some(submission::request(&self.jobs(), id)?.execution?.rules));
                let now = self.rules.of(&self.section, run.work)?;
                let then = rules.as_ref().map(|rules| rules.of(&self.section, run.work)).transpose()?;
                others += usize::from(then.is_some_and(|then| then != now));
            }
        }
        if others > 0 {
            let section = self.section[2];
            self.warn(format!(
                "{others} runs are queued with other options than are asked now, and keep them; \
                 `cargo xtask cancel {section}` takes them back, so that they can be submitted anew"
            ));
        }
        Ok(())
    }

    /// What failed while nobody looked is told before it is submitted again.
    fn tell_earlier_failures(&self, runs: &[Wanted], places: &Places, states: &States) {
        let failed = |run: &Wanted| {
            let (place, state) = places.find(&run.key, states)?;
            let account = Account::read(&log(&self.jobs(), place), &run.name);
            // Of a task of another engine, which is not asked, a log without an end may be that of a task at work.
            let is_over = account.code.is_some() || place.0.starts_with(self.engine.name);
            let told = account.has_begun() && !account.is_interrupted() && is_over && !is_cancelled(state);
            told.then(|| failure(run, &account, state, &log(&self.jobs(), place)))
        };
        runs.iter()
            .filter_map(failed)
            .take(TOLD)
            .for_each(|told| self.warn(format!("earlier, and tried again:\n{told}")));
    }

    /// Asks the scheduler, with patience for one that is being restarted: no answer is never taken for an empty queue.
    fn ask(&self, options: &Options) -> Result<States, CommandError> {
        let since = Instant::now();
        loop {
            match self.executor.states() {
                Err(error) if since.elapsed() < SILENCE => self.warn(format!("asking again: {error}")),
                answer => return answer,
            }
            std::thread::sleep(Duration::from_secs(options.poll.max(1)));
        }
    }

    fn look(
        &self,
        awaited: &mut Awaited,
        places: &Places,
        states: &States,
        options: &Options,
        collect: &dyn Fn(&Wanted) -> bool,
        seen: &mut Seen,
    ) -> Look {
        let Awaited { run, gone, again, node } = awaited;
        let found = places.find(&run.key, states);
        let log = found.map(|(place, _)| log(&self.jobs(), place)).unwrap_or_default();
        let state = found.and_then(|(_, state)| state);
        match state {
            Some(State::Queued(reason)) => {
                (*gone, seen.queued) = (None, seen.queued + 1);
                *seen.reasons.entry(reason.clone()).or_default() += 1;
                return Look::Waiting;
            }
            Some(State::Running(here, _)) => {
                (*gone, *node, seen.running) = (None, here.clone(), seen.running + 1);
                let account = Account::read(&log, &run.name);
                if account.finished && collect(run) {
                    return Look::There;
                }
                if let Some(progress) = account.progress {
                    (self.say)(&progress);
                }
                return Look::Waiting;
            }
            _ if collect(run) => {
                if node.is_empty() {
                    *node = Account::read(&log, &run.name).node.unwrap_or_default();
                }
                return Look::There;
            }
            _ => {}
        }
        seen.looking = true;
        if gone.get_or_insert_with(Instant::now).elapsed() < Duration::from_secs(options.patience) {
            return Look::Waiting;
        }
        let account = Account::read(&log, &run.name);
        let was_lost = state.is_none() && !account.has_begun();
        let goes_on = account.is_interrupted() && !is_cancelled(state);
        if (was_lost || goes_on) && *again < AGAIN {
            (*gone, *again) = (None, *again + 1);
            return Look::Lost;
        }
        Look::Failed(failure(run, &account, state, &log))
    }
}

pub(super) fn is_cancelled(state: Option<&State>) -> bool {
    matches!(state, Some(State::Over(how)) if how.eq_ignore_ascii_case("cancelled") || how == "canceled")
}

/// A failure in full: run, node, reason, the last lines of its log.
fn failure(run: &Wanted, account: &Account, state: Option<&State>, log: &Path) -> String {
    // A task that cannot write says nothing, and what keeps it from that may keep us from it as well.
    let probe = log.with_extension("probe");
    let writable = atomic::write(&probe, &[0; PROBE])
        .and_then(|()| fs::remove_file(&probe).map_err(FileError::of("remove", &probe)));
    let unwritable = writable.err().map_or(String::new(), |error| format!("; {}", told(&error)));
    let lines: String = account.lines.iter().map(|line| format!("\n    | {line}")).collect();
    format!("  {}{}{unwritable}{lines}", run.name, end(account, state, log))
}

/// How a task ended that left no result: on which node, why, and where its log is.
pub(super) fn end(account: &Account, state: Option<&State>, log: &Path) -> String {
    let over = match state {
        Some(State::Over(how)) => Some(how.as_str()),
        _ => None,
    };
    let node = account.node.as_ref().map_or(String::new(), |node| format!(" on {node}"));
    format!("{node}: {} ({})", account.reason(over), log.display())
}

/// What runs wait for, and what each node has done.
fn words(seen: &Seen, nodes: &BTreeMap<String, usize>, elapsed: Duration) -> String {
    let reasons = seen.reasons.iter().filter(|(reason, _)| !reason.is_empty() && *reason != "None");
    let reasons = reasons.map(|(reason, count)| format!("{count} wait: {reason}"));
    let an_hour = |runs: usize| runs as f64 * 3600.0 / elapsed.as_secs_f64().max(1.0);
    let node = |(node, runs): (&String, &usize)| format!("{node} {runs} done, {:.0} an hour", an_hour(*runs));
    reasons.chain(nodes.iter().map(node)).collect::<Vec<_>>().join("; ")
}
