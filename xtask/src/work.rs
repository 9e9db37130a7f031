//! A section at work: its progress is told, and its numbers and verdicts as soon as they are there.

use runner::CommandError;
use runner::messages::{Event, Plan, Request};

use crate::built::Built;
use crate::progress::{self, Progress};
use crate::sections::Section;
use crate::{begun, claims, ledger_files, talk};

/// How what happens is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// By progress bars, numbers and verdicts.
    Whole,
    /// By numbers and verdicts alone.
    Quietly,
    /// By the events themselves, one JSON object a line.
    AsJson,
}

/// What a section says, as a line of JSON.
pub fn told(section: &Section, event: &Event) -> serde_json::Value {
    serde_json::json!({"section": section.number, "said": event})
}

/// Has a section do its work, and tells its numbers and verdicts. Says whether all of it is done: what was submitted to a
/// scheduler goes on without it.
/// Fails with what the section answers.
pub fn work(
    built: &Built,
    section: &Section,
    request: &Request,
    plan: &Plan,
    told: Told,
) -> Result<bool, CommandError> {
    let mut progress = Progress::begin(section, plan, told != Told::Whole);
    let mut finished = false;
    begun::note(request)?;
    talk::run(built, section, request, |event| {
        finished |= matches!(event, Event::Done { .. });
        if told == Told::AsJson {
            println!("{}", self::told(section, &event));
        }
        progress.event(&event);
    })?;
    if !finished {
        return Ok(false);
    }
    begun::finished(request)?;
    let rows = ledger_files::entries(&request.out.join("claims.json"))?;
    if !rows.is_empty() && told != Told::AsJson {
        progress::bars().suspend(|| print!("{}", claims::lines(&rows)));
    }
    Ok(true)
}
