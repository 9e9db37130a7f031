//! Building programs, with the features of the whole workspace, so that shared dependencies are compiled for all alike.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use runner::messages::exit;
use runner::{CommandError, FileError};

use crate::built::Built;
use crate::costs::Costs;
use crate::sections::{Section, Workspace};
use crate::{compiling, talk};

/// How often the build is repeated when sources change under it.
const ATTEMPTS: usize = 5;

/// Builds the sections' programs and the one that typesets. A source that changes under the build makes it begin again: a program
/// is of the sources that stand there, or there is none.
/// Fails when cargo cannot be started, the build fails, or sources do not come to rest.
pub fn build(workspace: &Workspace, cuda: bool) -> Result<Built, CommandError> {
    build_after(workspace, cuda, &Costs::default())
}

/// Does what [`build`] does, after builds whose costs are known.
/// Fails as that does.
pub fn build_after(workspace: &Workspace, cuda: bool, costs: &Costs) -> Result<Built, CommandError> {
    let mut built = at_rest(
        || look(workspace),
        || {
            let what = "the sections and what typesets them";
            costs.begin(&[]);
            run(workspace, cuda, &all(workspace), what, costs, |_| ())
        },
    )?;
    built.hold(&workspace.store());
    Ok(built)
}

/// Does something until nothing has changed while it was done.
fn at_rest<S: PartialEq, T>(
    mut look: impl FnMut() -> Result<S, CommandError>,
    mut work: impl FnMut() -> Result<T, CommandError>,
) -> Result<T, CommandError> {
    let mut before = look()?;
    for _ in 0..ATTEMPTS {
        let done = work()?;
        let after = look()?;
        if before == after {
            return Ok(done);
        }
        eprintln!("sources changed while they were compiled: compiling again");
        before = after;
    }
    Err(CommandError::failed("sources change faster than they compile")
        .advise("run it again when they are at rest"))
}

/// Cargo tells by times whether a source is new. One that was put back with its old time is not new to it, although what was
/// compiled is another: crates whose sources differ from those of the last build get a new time.
fn renew(workspace: &Workspace) -> Result<(), CommandError> {
    let target = std::env::current_exe().unwrap_or_default();
    let place = blake3::hash(target.to_string_lossy().as_bytes()).to_hex();
    let notes = workspace.store().join(format!("built-{}.json", &place[..16]));
    let last: BTreeMap<String, String> =
        fs::read(&notes).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
    let mut now = BTreeMap::new();
    for found in workspace.crates.iter() {
        let hash = workspace::bytes(found)?;
        let root = ["lib.rs", "main.rs"].map(|name| found.folder.join("src").join(name));
        if last.get(&found.name).is_some_and(|last| *last != hash) {
            for file in root.iter().filter(|file| file.is_file()) {
                let renewed = File::options().append(true).open(file);
                // A tree that cannot be written to cannot have changed.
                let _ = renewed.and_then(|file| file.set_modified(SystemTime::now()));
            }
        }
        now.insert(found.name.clone(), hash);
    }
    if now != last {
        // Without the note, a source that is put back makes its program one that is refused.
        let _ = runner::atomic::write(&notes, &serde_json::to_vec(&now)?);
    }
    Ok(())
}

/// Size and time of every source and manifest.
pub type Stamps = Vec<(PathBuf, u64, SystemTime)>;

/// Looks at the sources before they are compiled.
/// Fails when one cannot be read.
pub fn look(workspace: &Workspace) -> Result<Stamps, CommandError> {
    renew(workspace)?;
    stamps(workspace)
}

/// The stamps of the sources as they stand.
/// Fails when a folder of theirs cannot be read.
pub fn stamps(workspace: &Workspace) -> Result<Stamps, CommandError> {
    let mut files = vec![workspace.root.join("Cargo.toml"), workspace.root.join("Cargo.lock")];
    for found in workspace.crates.iter() {
        files.push(found.folder.join("Cargo.toml"));
        files.extend(workspace::source_files(&found.folder.join("src"))?);
    }
    // One that is gone by now is a change like any other.
    let stamp = |file: PathBuf| {
        let metadata = fs::metadata(&file).ok()?;
        Some((file, metadata.len(), metadata.modified().ok()?))
    };
    Ok(files.into_iter().filter_map(stamp).collect())
}

/// The program that typesets, and the sections'.
fn all(workspace: &Workspace) -> Vec<&str> {
    ["typeset"].into_iter().chain(workspace.sections.iter().map(|section| section.name.as_str())).collect()
}

/// The graph of what cargo is going to build by a command: features and settings that all packages will have once everything is
/// built are in a run's key, those of packages that its own program does not need, too. Cargo tells it on request only, in words
/// that may change; where it does not, what is computed early is computed again.
fn graph(mut command: Command) -> Option<Vec<u8>> {
    command.args(["--unit-graph", "-Zunstable-options"]).env("RUSTC_BOOTSTRAP", "1");
    command.output().ok().map(|told| told.stdout)
}

/// Builds the programs of these sections and hands on what is built whenever one of them is ready.
/// Fails as [`build`] does. That sources change meanwhile is left to that.
pub fn programs(
    workspace: &Workspace,
    cuda: bool,
    sections: &[&Section],
    costs: &Costs,
    mut ready: impl FnMut(&Section, Built),
) -> Result<(), CommandError> {
    let graph = graph(build_command(workspace, cuda, &all(workspace))).unwrap_or_default();
    let planned = Built::planned(&graph).unwrap_or_default();
    costs.begin(&graph);
    let names: Vec<&str> = sections.iter().map(|section| section.name.as_str()).collect();
    let numbers: Vec<&str> = sections.iter().map(|section| section.number.as_str()).collect();
    let mut waiting = sections.to_vec();
    let ready = |built: &Built| {
        waiting.retain(|section| {
            let is_ready = built.has(&section.name);
            if is_ready {
                ready(section, built.so_far(&planned));
            }
            !is_ready
        });
    };
    let what = match numbers[..] {
        [number] => format!("Section {number}"),
        _ => format!("{} sections", numbers.len()),
    };
    run(workspace, cuda, &names, &what, costs, ready).map(drop)
}

/// Builds the program of one crate, if it is not as new as its sources. Says where it is.
/// Fails when cargo cannot be started or the build fails.
pub fn package(workspace: &Workspace, name: &str) -> Result<PathBuf, CommandError> {
    run(workspace, false, &[name], name, &Costs::default(), |_| ())?.program(name).cloned()
}

/// What has cargo build these programs. They are chosen from the whole workspace, so that whatever is built of it has the same
/// features.
fn build_command(workspace: &Workspace, cuda: bool, programs: &[&str]) -> Command {
    let mut command = cargo(workspace);
    command.args(["build", "--workspace", "--profile", "dev"]);
    command.args(programs.iter().flat_map(|name| ["--bin", *name]));
    if cuda {
        command.args(["--features", "ensemble/cuda,training/cuda"]);
    }
    command
}

/// Has cargo build these programs, tells how far it is, and calls back for each that is ready.
fn run(
    workspace: &Workspace,
    cuda: bool,
    programs: &[&str],
    what: &str,
    costs: &Costs,
    mut on_program: impl FnMut(&Built),
) -> Result<Built, CommandError> {
    let mut command = build_command(workspace, cuda, programs);
    command.args(["--message-format", "json-render-diagnostics"]);
    // Its own bar is read from a pipe, so that it can be told to terminals and into logs alike.
    command.envs([("CARGO_TERM_PROGRESS_WHEN", "always"), ("CARGO_TERM_PROGRESS_WIDTH", "200")]);
    if std::io::stderr().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always");
    }
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(FileError::of("start", Path::new("cargo")))?;
    let stdout = child.stdout.take().expect("the standard output is piped");
    let stderr = child.stderr.take().expect("the standard error is piped");
    let child = Arc::new(Mutex::new(child));
    let to_be_left = child.clone();
    let _watch = talk::Watch::over(move || {
        let _ = to_be_left.lock().unwrap_or_else(PoisonError::into_inner).kill();
    });
    let mut built = Built::default();
    let graph = || graph(build_command(workspace, cuda, programs));
    let status = std::thread::scope(|scope| {
        scope.spawn(|| compiling::tell(what, BufReader::new(stderr), costs, graph));
        for line in BufReader::new(stdout).lines() {
            let line = line?;
            costs.add(&line);
            if built.add(&line) {
                on_program(&built);
            }
        }
        child.lock().unwrap_or_else(PoisonError::into_inner).wait()
    })?;
    match status.success() {
        true => Ok(built),
        false if talk::interrupted() => Err(CommandError::failed("the build was interrupted")
            .advise("the same command continues it")
            .code(exit::INTERRUPTED)),
        false => Err(CommandError::failed(format!("the build of {what} failed"))
            .advise("mend what the compiler names above, then run it again")),
    }
}

/// Cargo at the root of the workspace.
pub fn cargo(workspace: &Workspace) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(&workspace.root);
    // These describe the build of xtask itself and would make cargo see its own environment as changed.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_that_changes_under_the_build_makes_it_begin_again() {
        let (version, builds) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
        let build = || {
            builds.set(builds.get() + 1);
            let seen = version.get();
            // Somebody saves a file while the first two builds are under way.
            version.set(seen + usize::from(builds.get() < 3));
            Ok(seen)
        };
        assert_eq!(at_rest(|| Ok(version.get()), build).unwrap(), 2);
        assert_eq!((builds.get(), version.get()), (3, 2));
        let restless = std::cell::Cell::new(0);
        let look = || Ok(restless.replace(restless.get() + 1));
        assert!(at_rest(look, || Ok(())).unwrap_err().to_string().contains("change faster"));
    }
}
