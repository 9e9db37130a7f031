//! A section at work: its progress is told, and its numbers and verdicts as soon as they are there.

use runner::CommandError;
use runner::messages::{Event, Plan, Request};

use crate::built::Built;
use crate::progress::{self, Progress};
use crate::sections::Section;
use crate::{begun, claims, ledger_files, talk};

/// Has a section do its work, and prints its numbers and verdicts.
/// Fails with what the section answers.
pub fn work(
    built: &Built,
    section: &Section,
    request: &Request,
    plan: &Plan,
    quiet: bool,
) -> Result<(), CommandError> {
    let mut progress = Progress::begin(section, plan, quiet);
    let mut finished = false;
    begun::note(request)?;
    talk::ask(built, section, "run", request, |event| {
        finished |= matches!(event, Event::Done { .. });
        progress.event(&event);
    })?;
    if !finished {
        return Err(CommandError::failed(format!("Section {} ended early", section.number)));
    }
    begun::finished(request)?;
    let rows = ledger_files::entries(&request.out.join("claims.json"))?;
    if !rows.is_empty() {
        progress::bars().suspend(|| print!("{}", claims::lines(&rows)));
    }
    Ok(())
}
