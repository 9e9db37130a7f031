//! Why a command stopped, what to do about it, and the exit code that says so.

use std::process::ExitCode;

use runner::protocol::exit;

/// An error with advice.
#[derive(Debug)]
pub struct Stop {
    message: String,
    advice: Option<String>,
    code: u8,
}

impl Stop {
    /// A failure on the way: exit code 1.
    pub fn failed(message: impl ToString) -> Self {
        Self { message: message.to_string(), advice: None, code: exit::FAILED }
    }

    /// A wrong input, nothing was begun: exit code 2.
    pub fn usage(message: impl ToString) -> Self {
        Self { message: message.to_string(), advice: None, code: exit::USAGE }
    }

    /// Says what to do.
    pub fn advise(mut self, advice: impl ToString) -> Self {
        self.advice = Some(advice.to_string());
        self
    }

    /// Another exit code.
    pub fn code(mut self, code: u8) -> Self {
        self.code = code;
        self
    }

    /// Prints it and gives its exit code.
    pub fn report(&self) -> ExitCode {
        eprintln!("error: {}", self.message);
        if let Some(advice) = &self.advice {
            eprintln!("  what to do: {advice}");
        }
        ExitCode::from(self.code)
    }
}

impl std::fmt::Display for Stop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl<E: std::error::Error> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::failed(error)
    }
}

/// The nearest of the known words, if it is near enough to be what was meant.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let nearness = |candidate: &&str| strsim::jaro_winkler(word, candidate);
    let best = known.into_iter().max_by(|a, b| nearness(a).total_cmp(&nearness(b)));
    best.filter(|best| nearness(best) > 0.75)
}
