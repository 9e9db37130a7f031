//! Errors in words, and what was meant by a word that nothing goes by.

use std::process::ExitCode;

pub use runner::CommandError;

/// Prints an error with its advice and gives its exit code.
pub fn report(error: &CommandError) -> ExitCode {
    eprintln!("error: {error}");
    if let Some(advice) = &error.advice {
        eprintln!("  what to do: {advice}");
    }
    ExitCode::from(error.code)
}

/// A word that nothing goes by: the nearest of the known ones is proposed, if it is near enough to be what was meant.
pub fn unknown<'a>(
    what: &str,
    word: &str,
    known: impl IntoIterator<Item = &'a str>,
    advice: &str,
) -> CommandError {
    let nearness = |candidate: &&str| strsim::jaro_winkler(word, candidate);
    let best = known.into_iter().max_by(|a, b| nearness(a).total_cmp(&nearness(b)));
    let near = best.filter(|best| nearness(best) > 0.75);
    let meant = near.map_or(String::new(), |near| format!("did you mean `{near}`? "));
    CommandError::usage(format!("no {what} `{word}`")).advise(format!("{meant}{advice}"))
}
