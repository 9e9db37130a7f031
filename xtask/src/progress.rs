//! Showing progress: a bar with the time left on a terminal, plain lines elsewhere.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

use flow::protocol::{Event, RunState};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::sections::Section;

/// How often a plain line tells of a long run.
const PLAIN_EVERY: Duration = Duration::from_secs(10);
/// Units of the bar: a run's own units differ from run to run.
const FINE: u64 = 1000;

/// The progress of one section.
pub struct Progress {
    title: String,
    bar: Option<ProgressBar>,
    runs: usize,
    cached: usize,
    computed: usize,
    /// Runs on their way: how far each is, of [`FINE`].
    begun: BTreeMap<String, u64>,
    started: Instant,
    told: Instant,
}

impl Progress {
    /// Begins a section with this many runs.
    pub fn begin(section: &Section, runs: usize, quiet: bool) -> Self {
        let title = format!("{:<5}{}", section.number, section.name);
        let bar = (std::io::stderr().is_terminal() && !quiet).then(|| {
            let bar = ProgressBar::with_draw_target(
                Some(FINE * runs.max(1) as u64),
                ProgressDrawTarget::stderr_with_hz(8),
            );
            let style = ProgressStyle::with_template(
                "{prefix:<18} {bar:28.cyan/dim} {percent:>3}% eta {eta:<5} {msg}",
            );
            bar.set_style(style.expect("the template is well-formed").progress_chars("━━╌"));
            bar.set_prefix(title.clone());
            bar
        });
        let now = Instant::now();
        Self { title, bar, runs, cached: 0, computed: 0, begun: BTreeMap::new(), started: now, told: now }
    }

    /// Takes note of an event.
    pub fn event(&mut self, event: &Event) {
        match event {
            Event::Progress { run, done, total, note } => self.advance(run, *done, *total, note),
            Event::Finished { run, cached, .. } => {
                self.begun.remove(run);
                match cached {
                    true => self.cached += 1,
                    false => self.computed += 1,
                }
                self.show();
            }
            Event::Warning { message } => self.say(&format!("warning: {}: {message}", self.title.trim())),
            Event::Done { written, unchanged } => self.end(written.len(), *unchanged),
            Event::Plan { runs, .. } => {
                self.runs += runs.iter().filter(|run| run.state != RunState::Cached).count();
                if let Some(bar) = &self.bar {
                    bar.set_length(FINE * self.runs.max(1) as u64);
                }
            }
            Event::Error { .. } => {}
        }
    }

    fn advance(&mut self, run: &str, done: u64, total: u64, note: &str) {
        let part = (FINE * done.min(total)).checked_div(total).unwrap_or(0);
        self.begun.insert(run.to_owned(), part);
        self.show();
        match &self.bar {
            Some(bar) if note.is_empty() => bar.set_message(run.to_owned()),
            Some(bar) => bar.set_message(format!("{run}, {note}")),
            None if self.told.elapsed() >= PLAIN_EVERY => {
                self.told = Instant::now();
                let overall = self.position() as f64 / (FINE * self.runs.max(1) as u64) as f64;
                let spent = self.started.elapsed().as_secs_f64();
                let left = if overall > 0.0 {
                    format!(", about {:.0} s left", spent / overall - spent)
                } else {
                    String::new()
                };
                let note = if note.is_empty() { String::new() } else { format!(", {note}") };
                eprintln!("{}: {run} {done}/{total}{note}{left}", self.title);
            }
            None => {}
        }
    }

    /// How far the section is. Several runs may be on their way at a time.
    fn position(&self) -> u64 {
        FINE * self.computed as u64 + self.begun.values().sum::<u64>()
    }

    fn show(&self) {
        if let Some(bar) = &self.bar {
            bar.set_position(self.position());
        }
    }

    fn end(&self, written: usize, unchanged: usize) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        let (cached, seconds) = (self.cached, self.started.elapsed().as_secs_f64());
        eprintln!(
            "{:<18} {:>7.2} s  {} runs computed, {cached} cached; {written} files written, {unchanged} unchanged",
            self.title, seconds, self.computed
        );
    }

    fn say(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.println(line),
            None => eprintln!("{line}"),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
