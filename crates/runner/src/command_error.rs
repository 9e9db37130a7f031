//! Why a command or a section's program ended, what to do about it, and the exit code that says so.

use std::error::Error;
use std::fmt;

use experiment::told;

use crate::messages::exit;

/// An error with advice.
#[derive(Debug)]
pub struct CommandError {
    message: Option<String>,
    source: Option<Box<dyn Error + Send + Sync>>,
    /// What to do about it.
    pub advice: Option<String>,
    /// The exit code.
    pub code: u8,
}

impl CommandError {
    /// A failure on the way: exit code 1.
    pub fn failed(message: impl ToString) -> Self {
        Self { message: Some(message.to_string()), source: None, advice: None, code: exit::FAILED }
    }

    /// A wrong input, nothing was begun: exit code 2.
    pub fn usage(message: impl ToString) -> Self {
        Self::failed(message).code(exit::USAGE)
    }

    /// A word that nothing goes by: the nearest of the known ones is proposed, if it is near enough to be what was meant.
    pub fn unknown<'a>(
        what: &str,
        word: &str,
        known: impl IntoIterator<Item = &'a str>,
        advice: &str,
    ) -> Self {
        let nearness = |candidate: &&str| strsim::jaro_winkler(word, candidate);
        let best = known.into_iter().max_by(|a, b| nearness(a).total_cmp(&nearness(b)));
        let near = best.filter(|best| nearness(best) > 0.75);
        let meant = near.map_or(String::new(), |near| format!("did you mean `{near}`? "));
        Self::usage(format!("no {what} `{word}`")).advise(format!("{meant}{advice}"))
    }

    /// Says where it was.
    pub fn within(self, place: impl fmt::Display) -> Self {
        let message = self.message.map_or(place.to_string(), |message| format!("{place}: {message}"));
        Self { message: Some(message), ..self }
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

    /// Prints it with its advice, for people, and gives its exit code.
    pub fn report(&self) -> u8 {
        crate::eprintln!("error: {self}");
        self.advice.iter().for_each(|advice| crate::eprintln!("  what to do: {advice}"));
        self.code
    }
}

/// Everything that is known of it, in one line.
impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let behind = self.source.as_ref().map(|source| told(source.as_ref()));
        let said: Vec<String> = self.message.clone().into_iter().chain(behind).collect();
        f.write_str(&said.join(": "))
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for CommandError {
    fn from(error: E) -> Self {
        Self { message: None, source: Some(error.into()), advice: None, code: exit::FAILED }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_lies_behind_is_said_once_and_kept() {
        let outer = || crate::StoreError::Io(std::io::Error::other("disk full"));
        let whole = format!("{}: disk full", outer());
        assert_eq!(CommandError::from(outer()).to_string(), whole);
        assert_eq!(CommandError::failed("adopt").because(outer()).to_string(), format!("adopt: {whole}"));
        let kept = CommandError::from(outer()).source.unwrap();
        assert!(kept.is::<crate::StoreError>() && kept.source().is_some(), "sources are kept");
    }
}
