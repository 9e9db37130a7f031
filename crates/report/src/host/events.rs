//! What a section's program says: events on its standard output, and errors with their exit codes.

use std::error::Error;
use std::io::Write;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use experiment::{Interrupted, Status, told};
use runner::messages::{Event, exit};
use serde::Serialize;

/// How often at most a run's progress is told.
const EVERY: Duration = Duration::from_millis(100);

/// Speaks to `xtask`, one JSON object a line.
#[derive(Default)]
pub(super) struct Events {
    told: Mutex<Option<Instant>>,
}

/// Why the work cannot go on.
pub(super) struct SectionError {
    what: String,
    source: Option<Box<dyn Error + Send + Sync>>,
    pub(super) advice: String,
    pub(super) code: u8,
}

impl SectionError {
    /// A wrong input: nothing was begun.
    pub(super) fn usage(what: impl ToString, advice: impl ToString) -> Self {
        Self { what: what.to_string(), source: None, advice: advice.to_string(), code: exit::USAGE }
    }

    /// A failure on the way.
    pub(super) fn failed(what: impl ToString, advice: impl ToString) -> Self {
        Self { code: exit::FAILED, ..Self::usage(what, advice) }
    }

    /// A run that failed, or was interrupted.
    pub(super) fn of_run(name: &str, error: Box<dyn Error + Send + Sync>) -> Self {
        match error.is::<Interrupted>() {
            true => Self {
                code: exit::INTERRUPTED,
                ..Self::usage(format!("run {name}: {error}"), "the same command continues it")
            },
            false => {
                Self::failed(format!("run {name} failed"), "other runs are kept; run it again").because(error)
            }
        }
    }

    /// What lies behind it.
    pub(super) fn because(self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { source: Some(source.into()), ..self }
    }

    /// Everything that is known of it, in one line.
    pub(super) fn message(&self) -> String {
        let behind = self.source.iter().map(|source| told(source.as_ref()));
        [self.what.clone()].into_iter().chain(behind).collect::<Vec<_>>().join(": ")
    }
}

impl Events {
    /// Says one thing.
    pub(super) fn line(said: &impl Serialize) {
        let mut text =
            serde_json::to_string(said).expect("events serialise: they hold strings and finite numbers");
        text.push('\n');
        // That nobody listens any more is noticed at the other end, where the standard input ends.
        let _ = std::io::stdout().lock().write_all(text.as_bytes());
    }

    /// Reports an event.
    pub(super) fn event(&self, event: &Event) {
        Self::line(event);
    }

    /// Says something that the user should know.
    pub(super) fn warn(message: &str) {
        Self::line(&Event::Warning { message: message.to_owned() });
    }

    /// Reports a run's progress, not too often; the first and the last are always told.
    pub(super) fn progress(&self, run: &str, status: &Status, done: u64, total: u64) {
        let mut told = self.told.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if done > 0 && done < total && told.is_some_and(|told| told.elapsed() < EVERY) {
            return;
        }
        *told = Some(Instant::now());
        self.event(&Event::Progress { run: run.to_owned(), done, total, note: status.words() });
    }
}
