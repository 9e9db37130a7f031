//! What a section's program says: events on its standard output, and errors with their exit codes.

use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use experiment::{ExperimentError, Interrupted, Status};
use runner::CommandError;
use runner::messages::{Event, exit};

/// How often at most a run's progress is told, in milliseconds: to somebody who watches, unless it is [`SELDOM`].
static EVERY: AtomicU64 = AtomicU64::new(100);
const SELDOM: u64 = 20_000;

/// Progress is told for a log that somebody may read, not for somebody who watches.
pub(super) fn into_a_log() {
    EVERY.store(SELDOM, Ordering::Relaxed);
}

/// What to say of an error that no user can have made.
pub(super) const FAULT: &str = "this is a fault of the section's own code";

/// A wrong input: nothing was begun.
pub(super) fn usage(what: impl ToString, advice: impl ToString) -> CommandError {
    CommandError::usage(what).advise(advice)
}

/// A failure on the way.
pub(super) fn failed(what: impl ToString, advice: impl ToString) -> CommandError {
    CommandError::failed(what).advise(advice)
}

/// A run that failed, or was interrupted.
pub(super) fn of_run(name: &str, error: ExperimentError) -> CommandError {
    match error.is::<Interrupted>() {
        true => {
            failed(format!("run {name}: {error}"), "the same command continues it").code(exit::INTERRUPTED)
        }
        false => failed(format!("run {name} failed"), "other runs are kept; run it again").because(error),
    }
}

/// Says one thing to `xtask`, as one line of JSON.
pub(super) fn say(said: &Event) {
    let mut text =
        serde_json::to_string(said).expect("events serialise: they hold strings and finite numbers");
    text.push('\n');
    // That nobody listens any more is noticed at the other end, where the standard input ends.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

/// Says what was given up, and why.
pub(super) fn tell(error: &CommandError) {
    let (message, advice) = (error.to_string(), error.advice.clone().unwrap_or_default());
    say(&Event::Error { message, advice });
}

/// Says something that the user should know.
pub(super) fn warn(message: &str) {
    say(&Event::Warning { message: message.to_owned() });
}

/// Reports a run's progress, of which so much is a checkpoint's, not too often; the first and the last are always told.
pub(super) fn progress(run: &str, status: &Status, from: u64, done: u64, total: u64) {
    static TOLD: Mutex<Option<Instant>> = Mutex::new(None);
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    let every = Duration::from_millis(EVERY.load(Ordering::Relaxed));
    if done > 0 && done < total && told.is_some_and(|told| told.elapsed() < every) {
        return;
    }
    *told = Some(Instant::now());
    say(&Event::Progress { run: run.to_owned(), done, total, from, note: status.words() });
}
