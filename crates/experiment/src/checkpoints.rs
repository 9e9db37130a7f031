//! What a long run needs to continue after an interruption: a place for checkpoints, and the word that it is to stop.

use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The checkpoints of one run. They go when its result is kept.
pub trait Checkpoints: Debug + Send + Sync {
    /// The newest that is sound.
    fn newest(&self) -> Option<Vec<u8>>;

    /// Keeps one, made after so many steps, in place of the older of the last two. Where it cannot be kept, that is told and
    /// the newer of them stands: a full disk costs time and nothing else.
    fn keep(&self, step: u64, checkpoint: &[u8]);
}

/// The word that runs are to stop: set once, seen by all.
#[derive(Debug, Clone, Default)]
pub struct Interruption {
    requested: Arc<AtomicBool>,
    stopping: Arc<AtomicUsize>,
}

/// A run stopped because it was told to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("interrupted; the run continues from its last checkpoint when it is asked for again")]
pub struct Interrupted;

/// A run that stops by itself, at its next checkpoint, when it is told to. The process waits for it.
#[derive(Debug)]
pub struct StopsAtCheckpoint(Arc<AtomicUsize>);

impl Interruption {
    /// Tells all runs to stop.
    pub fn request(&self) {
        self.requested.store(true, Ordering::SeqCst);
    }

    /// Whether they are to stop.
    pub fn is_requested(&self) -> bool {
        self.requested.load(Ordering::SeqCst)
    }

    /// Says that a run looks at [`Interruption::is_requested`] and will stop, as long as what is returned lives.
    pub fn stops_at_checkpoint(&self) -> StopsAtCheckpoint {
        self.stopping.fetch_add(1, Ordering::SeqCst);
        StopsAtCheckpoint(self.stopping.clone())
    }

    /// Whether any run will stop by itself.
    pub fn is_waited_for(&self) -> bool {
        self.stopping.load(Ordering::SeqCst) > 0
    }
}

impl Drop for StopsAtCheckpoint {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_is_seen_by_all_and_runs_that_stop_are_waited_for() {
        let (told, seen) = (Interruption::default(), Interruption::default());
        let same = told.clone();
        told.request();
        assert!(same.is_requested() && !seen.is_requested());
        let run = same.stops_at_checkpoint();
        assert!(told.is_waited_for());
        drop(run);
        assert!(!told.is_waited_for());
    }
}
