//! Talking to section programs: one request in, events out.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use runner::protocol::{Event, PlannedRun, Request};
use serde::de::DeserializeOwned;

use crate::compile::program;
use crate::sections::Section;
use crate::stop::Stop;

/// What a section would do.
pub struct Plan {
    /// Its runs, in order.
    pub runs: Vec<PlannedRun>,
    /// Whether its files are up to date.
    pub current: bool,
    /// Work of runs that will be called for once these are done.
    pub ahead: u64,
}

/// Asks a section what it would do.
///
/// # Errors
/// What the section answers, or that it does not.
pub fn plan(section: &Section, request: &Request) -> Result<Plan, Stop> {
    let mut plan = None;
    ask(section, "plan", Some(request), |event| {
        if let Event::Plan { runs, current, ahead } = event {
            plan = Some(Plan { runs, current, ahead });
        }
    })?;
    plan.ok_or_else(|| Stop::failed(format!("Section {} made no plan", section.number)))
}

/// Has a section do its work, handing on its events.
///
/// # Errors
/// What the section answers, or that it does not.
pub fn run(section: &Section, request: &Request, on_event: impl FnMut(Event)) -> Result<(), Stop> {
    ask(section, "run", Some(request), on_event)
}

/// Asks a section to describe itself.
///
/// # Errors
/// That it does not answer, or not in the expected words.
pub fn describe(section: &Section) -> Result<runner::protocol::Description, Stop> {
    let mut answer = None;
    lines(section, "describe", None, |description| answer = Some(description))?;
    answer.ok_or_else(|| Stop::failed(format!("Section {} does not describe itself", section.number)))
}

fn ask(
    section: &Section,
    word: &str,
    request: Option<&Request>,
    mut on_event: impl FnMut(Event),
) -> Result<(), Stop> {
    let mut error = None;
    let code = lines(section, word, request, |event| match event {
        Event::Error { message, advice } => error = Some((message, advice)),
        event => on_event(event),
    })?;
    match (error, code) {
        (None, Some(0)) => Ok(()),
        (Some((message, advice)), code) => {
            let code = u8::try_from(code.unwrap_or(1)).unwrap_or(1).max(1);
            Err(Stop::failed(message).advise(advice).code(code))
        }
        (None, code) => {
            let how = code.map_or("was killed".to_owned(), |code| format!("ended with exit code {code}"));
            let advice =
                "its finished runs are kept: the same command continues; messages above may say more";
            Err(Stop::failed(format!("the program of Section {} {how}", section.number)).advise(advice))
        }
    }
}

/// Starts a section's program, writes the request, hands on each line of its answer, and returns its exit code.
fn lines<T: DeserializeOwned>(
    section: &Section,
    word: &str,
    request: Option<&Request>,
    mut on_line: impl FnMut(T),
) -> Result<Option<i32>, Stop> {
    let program = program(&section.name);
    let failed = |error: std::io::Error| Stop::failed(format!("cannot run {}: {error}", program.display()));
    let mut child =
        Command::new(&program).arg(word).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(
            |error| failed(error).advise("the program is missing: does the section's crate have a main.rs?"),
        )?;
    if let (Some(mut stdin), Some(request)) = (child.stdin.take(), request) {
        // A program that has died closes its side; its exit code tells more than the failed write.
        let _ = stdin.write_all(&serde_json::to_vec(request)?);
    }
    let stdout = child.stdout.take().expect("the standard output is piped");
    for line in BufReader::new(stdout).lines() {
        let line = line.map_err(failed)?;
        match serde_json::from_str(&line) {
            Ok(said) => on_line(said),
            Err(_) => eprintln!("{line}"),
        }
    }
    Ok(child.wait().map_err(failed)?.code())
}
