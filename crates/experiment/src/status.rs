//! How a run is doing: a few words beside its progress.

use std::sync::{Arc, Mutex, PoisonError};

/// A few words that a run says of itself while it goes on, such as its loss. Whoever shows its progress reads the last.
#[derive(Debug, Clone, Default)]
pub struct Status(Arc<Mutex<String>>);

impl Status {
    /// Says how the run stands, in place of what was said before.
    pub fn say(&self, words: impl Into<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = words.into();
    }

    /// What was said last.
    pub fn words(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_words_are_seen_from_everywhere() {
        let status = Status::default();
        let seen = status.clone();
        assert_eq!(seen.words(), "");
        status.say("loss 2.30");
        status.say(format!("loss {:.2}", 2.25));
        assert_eq!(seen.words(), "loss 2.25");
    }
}
