//! The first build: sections compute as soon as their programs are compiled, while the rest still is, so that the first numbers
//! stand after minutes. The one with the fewest dependencies comes first, the program that typesets last.
//!
//! Nothing rests on it: what is computed here is found by the work that follows, and what fails here fails there again.

use std::sync::mpsc;
use std::thread;

use runner::CommandError;
use runner::messages::exit;

use crate::built::Built;
use crate::locked::Locked;
use crate::request::{self, Asker};
use crate::sections::{Section, Workspace};
use crate::work::Told;
use crate::{compile, talk, work};

/// Builds the workspace; where programs are still missing, computes sections meanwhile.
/// Fails when it does not build, a parameter is refused, or the command is interrupted.
pub fn build(
    workspace: &Workspace,
    args: &request::Args,
    chosen: &[&Section],
    told: Told,
) -> Result<Built, CommandError> {
    let cuda = args.device == experiment::Device::Cuda;
    let missing = |name: &str| {
        let program = std::env::current_exe().map(|us| us.with_file_name(name));
        program.is_ok_and(|program| !program.with_extension(std::env::consts::EXE_EXTENSION).exists())
    };
    let mut sections: Vec<&Section> =
        chosen.iter().copied().filter(|section| missing(&section.name)).collect();
    if sections.is_empty() {
        return compile::build(workspace, cuda);
    }
    lightest_first(workspace, &mut sections)?;
    let (send, ready) = mpsc::channel::<(&Section, Built)>();
    thread::scope(|scope| {
        let computing = scope.spawn(|| {
            let each = |(section, built)| compute(workspace, args, section, &built, told);
            ready.into_iter().try_for_each(each)
        });
        let (first, rest) = sections.split_at(1);
        let all = [first, rest].into_iter().filter(|sections| !sections.is_empty());
        let built = all.take_while(|_| !computing.is_finished()).try_for_each(|sections| {
            let hand_on = |section: &Section, built| {
                if let Some(section) = sections.iter().find(|found| **found == section) {
                    // Computing has ended early: why is told below.
                    let _ = send.send((section, built));
                }
            };
            compile::programs(workspace, cuda, sections, hand_on)
        });
        drop(send);
        let whole = match computing.is_finished() {
            true => Err(None),
            false => built.and_then(|()| compile::build(workspace, cuda)).map_err(Some),
        };
        let computed = computing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        match (computed, whole) {
            (Err(error), _) | (_, Err(Some(error))) => Err(error),
            (Ok(()), Ok(whole)) => Ok(whole),
            (Ok(()), Err(None)) => compile::build(workspace, cuda),
        }
    })
}

/// Puts the section that depends on the fewest packages first; the others stay in the paper's order.
fn lightest_first(workspace: &Workspace, sections: &mut [&Section]) -> Result<(), CommandError> {
    let locked = Locked::read(&workspace.root)?;
    let mut weights = Vec::with_capacity(sections.len());
    for section in &*sections {
        let top = workspace.crates.get(&section.name);
        let ours: Vec<_> = top.iter().flat_map(|top| workspace.crates.below(top)).chain(top).collect();
        weights.push(locked.below(&workspace.crates.foreign(ours))?.len());
    }
    if let Some(lightest) = (0..sections.len()).min_by_key(|&at| weights[at]) {
        sections[..=lightest].rotate_right(1);
    }
    Ok(())
}

/// Has a section do its work. Only what would stop the command anyhow is an error here.
fn compute(
    workspace: &Workspace,
    args: &request::Args,
    section: &Section,
    built: &Built,
    told: Told,
) -> Result<(), CommandError> {
    let outcome = || {
        let request = Asker::new(workspace, args, built, None)?.request(section)?;
        let plan = talk::plan(built, section, &request)?;
        work::work(built, section, &request, &plan, told)
    };
    match outcome() {
        Err(error) if error.code == exit::USAGE || error.code == exit::INTERRUPTED => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_section_with_the_fewest_dependencies_comes_first() {
        let workspace = Workspace::find().unwrap();
        let mut sections: Vec<&Section> = workspace.sections.iter().collect();
        lightest_first(&workspace, &mut sections).unwrap();
        assert_eq!(sections[0].number, "3.1");
        let mut rest = workspace.sections.clone();
        rest.retain(|section| section.number != "3.1");
        assert!(sections[1..].iter().copied().eq(rest.iter()), "in the paper's order");
    }
}
