//! Showing progress: a bar with the time left on a terminal, plain lines elsewhere.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressStyle};
use runner::messages::{Event, Plan};

use crate::sections::Section;

/// How often a plain line tells of a long run.
const PLAIN_EVERY: Duration = Duration::from_secs(10);
/// Units of the bar.
const FINE: u64 = 100_000;

/// The progress of one section.
pub struct Progress {
    title: String,
    /// Hidden where there is no terminal, or none is wanted.
    bar: ProgressBar,
    work: Work,
    stored: usize,
    computed: usize,
    started: Instant,
    told: Instant,
}

/// Work done and to be done, in the section's unit. Several runs may be on their way at a time, and how far one is it tells
/// in a unit of its own.
#[derive(Default)]
struct Work {
    /// Runs to be computed, and how much work each is.
    runs: BTreeMap<String, u64>,
    /// Work of runs that are not yet known.
    ahead: u64,
    done: u64,
    /// Runs on their way: the part that is done.
    begun: BTreeMap<String, f64>,
}

impl Work {
    /// Takes runs that are not there into account.
    fn plan(&mut self, plan: &Plan) {
        let wanted = plan.runs.iter().filter(|run| !run.state.is_there());
        self.runs.extend(wanted.map(|run| (run.name.clone(), run.work)));
        self.ahead = plan.ahead;
    }

    fn advance(&mut self, run: &str, done: u64, total: u64) {
        let part = if total > 0 { done.min(total) as f64 / total as f64 } else { 0.0 };
        self.begun.insert(run.to_owned(), part);
    }

    fn finish(&mut self, run: &str) {
        self.begun.remove(run);
        self.done += self.runs.get(run).unwrap_or(&0);
    }

    /// The part of all work that is done.
    fn part(&self) -> f64 {
        let all = self.runs.values().sum::<u64>() + self.ahead;
        let of = |run: &String| *self.runs.get(run).unwrap_or(&0) as f64;
        let begun = self.begun.iter().map(|(run, part)| part * of(run)).sum::<f64>();
        if all > 0 { (self.done as f64 + begun) / all as f64 } else { 0.0 }
    }
}

impl Progress {
    /// Begins a section with what it plans.
    pub fn begin(section: &Section, plan: &Plan, quiet: bool) -> Self {
        let title = format!("{:<5}{}", section.number, section.name);
        let target = match quiet {
            true => ProgressDrawTarget::hidden(),
            false => ProgressDrawTarget::stderr_with_hz(8),
        };
        let style =
            ProgressStyle::with_template("{prefix:<18} {bar:28.cyan/dim} {percent:>3}% eta {eta:<5} {msg}");
        let bar = ProgressBar::with_draw_target(Some(FINE), target)
            .with_style(style.expect("the template is well-formed").progress_chars("━━╌"))
            .with_prefix(title.clone())
            .with_finish(ProgressFinish::AndClear);
        let (now, mut work) = (Instant::now(), Work::default());
        work.plan(plan);
        Self { title, bar, work, stored: 0, computed: 0, started: now, told: now }
    }

    /// Takes note of an event.
    pub fn event(&mut self, event: &Event) {
        match event {
            Event::Progress { run, done, total, note } => self.advance(run, *done, *total, note),
            Event::Finished { run, stored, .. } => {
                self.work.finish(run);
                match stored {
                    true => self.stored += 1,
                    false => self.computed += 1,
                }
                self.show();
            }
            Event::Warning { message } => self.say(&format!("warning: {}: {message}", self.title.trim())),
            Event::Queue { queued, running, words } => self.queue(*queued, *running, words),
            Event::Done { written, unchanged } => self.end(written.len(), *unchanged),
            Event::Plan(plan) => self.work.plan(plan),
            Event::Error { .. } => {}
        }
    }

    fn advance(&mut self, run: &str, done: u64, total: u64, note: &str) {
        self.work.advance(run, done, total);
        self.show();
        let note = if note.is_empty() { String::new() } else { format!(", {note}") };
        self.bar.set_message(format!("{run}{note}"));
        if self.bar.is_hidden() && self.told.elapsed() >= PLAIN_EVERY {
            self.told = Instant::now();
            let (part, spent) = (self.work.part(), self.started.elapsed().as_secs_f64());
            let left = format!(", about {:.0} s left", spent / part - spent);
            let left = if part > 0.0 { left } else { String::new() };
            eprintln!("{}: {run} {done}/{total}{note}{left}", self.title);
        }
    }

    fn queue(&mut self, queued: usize, running: usize, words: &str) {
        let words = if words.is_empty() { String::new() } else { format!("; {words}") };
        self.bar.set_message(format!("{queued} queued, {running} running{words}"));
        self.show();
        if self.bar.is_hidden() && self.told.elapsed() >= PLAIN_EVERY {
            self.told = Instant::now();
            eprintln!("{}: {queued} queued, {running} running{words}", self.title);
        }
    }

    fn show(&self) {
        self.bar.set_position((self.work.part() * FINE as f64) as u64);
    }

    fn end(&self, written: usize, unchanged: usize) {
        self.bar.finish_and_clear();
        let (stored, seconds) = (self.stored, self.started.elapsed().as_secs_f64());
        eprintln!(
            "{:<18} {:>7.2} s  {} runs computed, {stored} there; {written} files written, {unchanged} unchanged",
            self.title, seconds, self.computed
        );
    }

    fn say(&self, line: &str) {
        self.bar.suspend(|| eprintln!("{line}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use runner::messages::{PlannedRun, RunState};

    fn plan<const N: usize>(runs: [(&str, RunState, u64); N], ahead: u64) -> Plan {
        let runs = runs.map(|(name, state, work)| {
            let (name, key) = (name.to_owned(), String::new());
            PlannedRun { name, key, state, moved: Vec::new(), arithmetic: None, work }
        });
        Plan { runs: runs.into(), current: false, ahead }
    }

    #[test]
    fn progress_is_by_work_and_counts_what_is_ahead() {
        let mut work = Work::default();
        assert_eq!(work.part(), 0.0);
        let (short, long) = (("short", RunState::Missing, 10), ("long", RunState::Damaged, 70));
        work.plan(&plan([short, long, ("old", RunState::Stored, 1000)], 20));
        work.advance("long", 1, 2);
        assert_eq!(work.part(), 0.35);
        work.advance("short", 3, 1);
        work.finish("old");
        assert_eq!(work.part(), 0.45);
        work.finish("short");
        work.finish("long");
        assert_eq!(work.part(), 0.8);
        work.plan(&plan([("chosen", RunState::Missing, 80)], 0));
        assert_eq!(work.part(), 0.5);
    }
}
