//! What a section's program says: events on its standard output, and troubles with their exit codes.

use std::io::Write;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use runner::protocol::{Event, exit};
use serde::Serialize;

use experiment::Status;

/// How often at most a run's progress is told.
const EVERY: Duration = Duration::from_millis(100);

/// Speaks to `xtask`, one JSON object a line.
pub(super) struct Report {
    told: Mutex<Option<Instant>>,
}

/// Why the work cannot go on.
pub(super) struct Trouble {
    pub(super) message: String,
    pub(super) advice: String,
    pub(super) code: u8,
}

impl Trouble {
    /// A wrong input: nothing was begun.
    pub(super) fn usage(message: impl ToString, advice: impl ToString) -> Self {
        Self { message: message.to_string(), advice: advice.to_string(), code: exit::USAGE }
    }

    /// A failure on the way.
    pub(super) fn failed(message: impl ToString, advice: impl ToString) -> Self {
        Self { message: message.to_string(), advice: advice.to_string(), code: exit::FAILED }
    }
}

impl Report {
    pub(super) fn to_stdout() -> Self {
        Self { told: Mutex::new(None) }
    }

    /// Says one thing.
    pub(super) fn line(&self, said: &impl Serialize) {
        let mut text =
            serde_json::to_string(said).expect("events serialise: they hold strings and finite numbers");
        text.push('\n');
        // Nobody listening is no reason to stop: results are in the cache and on disk.
        let _ = std::io::stdout().lock().write_all(text.as_bytes());
    }

    /// Reports an event.
    pub(super) fn event(&self, event: &Event) {
        self.line(event);
    }

    /// Says something that the user should know.
    pub(super) fn warn(message: &str) {
        Self::to_stdout().event(&Event::Warning { message: message.to_owned() });
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
