//! Why a command ended, what to do about it, and the exit code that says so.

use std::error::Error;
use std::fmt;
use std::process::ExitCode;

use experiment::told;
use runner::messages::exit;

/// An error with advice.
#[derive(Debug)]
pub struct CommandError {
    message: String,
    source: Option<Box<dyn Error + Send + Sync>>,
    advice: Option<String>,
    code: u8,
}

impl CommandError {
    /// A failure on the way: exit code 1.
    pub fn failed(message: impl ToString) -> Self {
        Self { message: message.to_string(), source: None, advice: None, code: exit::FAILED }
    }

    /// A wrong input, nothing was begun: exit code 2.
    pub fn usage(message: impl ToString) -> Self {
        Self { code: exit::USAGE, ..Self::failed(message) }
    }

    /// What lies behind it.
    pub fn because(self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { source: Some(source.into()), ..self }
    }

    /// Says what to do.
    pub fn advise(self, advice: impl ToString) -> Self {
        Self { advice: Some(advice.to_string()), ..self }
    }

    /// Another exit code.
    pub fn code(self, code: u8) -> Self {
        Self { code, ..self }
    }

    /// Prints it and gives its exit code.
    pub fn report(&self) -> ExitCode {
        eprintln!("error: {self}");
        if let Some(advice) = &self.advice {
            eprintln!("  what to do: {advice}");
        }
        ExitCode::from(self.code)
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.source.as_ref().map_or(Ok(()), |source| write!(f, ": {}", told(source.as_ref())))
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for CommandError {
    fn from(error: E) -> Self {
        Self::failed(told(&error))
    }
}

/// The nearest of the known words, if it is near enough to be what was meant.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let nearness = |candidate: &&str| strsim::jaro_winkler(word, candidate);
    let best = known.into_iter().max_by(|a, b| nearness(a).total_cmp(&nearness(b)));
    best.filter(|best| nearness(best) > 0.75)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_lies_behind_is_said_once() {
        let outer = || runner::StoreError::Io(std::io::Error::other("disk full"));
        let whole = format!("{}: disk full", outer());
        assert_eq!(CommandError::from(outer()).to_string(), whole);
        assert_eq!(CommandError::failed("adopt").because(outer()).to_string(), format!("adopt: {whole}"));
    }
}
