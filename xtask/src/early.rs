//! The first build: sections compute as soon as their programs are compiled, while the rest still is, so that the first numbers
//! stand after minutes. The one with the fewest dependencies comes first, the program that typesets last.
//!
//! Nothing rests on it: what is computed here is found by the work that follows, and what fails here fails there again.

use std::sync::mpsc;
use std::thread;

use runner::CommandError;
use runner::messages::exit;

use crate::built::Built;
use crate::compile::Stamps;
use crate::costs::Costs;
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
    let (cuda, costs) = (args.device == experiment::Device::Cuda, Costs::default());
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
    let stamps = compile::look(workspace)?;
    thread::scope(|scope| {
        let computing = scope.spawn(|| {
            let each = |(section, built)| compute(workspace, args, section, &built, &stamps, told);
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
            compile::programs(workspace, cuda, sections, &costs, hand_on)
        });
        drop(send);
        let whole = match computing.is_finished() {
            true => Err(None),
            false => built.and_then(|()| compile::build_after(workspace, cuda, &costs)).map_err(Some),
        };
        let computed = computing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        match (computed, whole) {
            (Err(error), _) | (_, Err(Some(error))) => Err(error),
            (Ok(()), Ok(whole)) => Ok(whole),
            (Ok(()), Err(None)) => compile::build_after(workspace, cuda, &costs),
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

/// Has a section do its work, unless a source is not as it was before the build: the program may be of what stood there in
/// between. Only what would stop the command anyhow is an error here.
fn compute(
    workspace: &Workspace,
    args: &request::Args,
    section: &Section,
    built: &Built,
    stamps: &Stamps,
    told: Told,
) -> Result<(), CommandError> {
    let outcome = || {
        let request = Asker::new(workspace, args, built, None)?.request(section)?;
        if compile::stamps(workspace)? != *stamps {
            return Ok(false);
        }
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
    use std::fs;

    /// A constant is changed and put back while its program is compiled: what the program is of, nobody knows.
    #[cfg(unix)]
    #[test]
    fn a_source_that_was_another_in_between_makes_nothing_compute() {
        use std::os::unix::fs::PermissionsExt;
        let root = crate::sections::tests::workspace(&[("1", "a")]);
        let (source, called) =
            (root.path().join("crates/1-a/src/experiment/mod.rs"), root.path().join("called"));
        let program = root.path().join("a");
        let script = format!("#!/bin/sh\ntouch {}\n", called.display());
        for (path, text) in [
            (&source, "const A: u8 = 1;"),
            (&root.path().join("Cargo.toml"), ""),
            (&root.path().join("Cargo.lock"), "package = []"),
            (&program, &script),
        ] {
            runner::atomic::write(path, text.as_bytes()).unwrap();
        }
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let workspace = Workspace::at(root.path()).unwrap();
        let mut built = Built::default();
        let artifact = serde_json::json!({"package_id": "p#a@0.1.0", "target": {"name": "a", "kind": ["bin"]},
            "profile": {}, "features": [], "executable": program});
        assert!(built.add(&artifact.to_string()));
        let args = request::Args::of(&["1"]);
        let computes = |stamps: &Stamps| {
            let _ = fs::remove_file(&called);
            compute(&workspace, &args, &workspace.sections[0], &built, stamps, Told::Quietly).unwrap();
            called.exists()
        };
        let before = compile::look(&workspace).unwrap();
        assert!(computes(&before));
        for text in ["const A: u8 = 2;", "const A: u8 = 1;"] {
            fs::write(&source, text).unwrap();
        }
        assert!(!computes(&before));
        assert!(computes(&compile::look(&workspace).unwrap()));
    }

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
