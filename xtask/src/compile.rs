//! Building the section programs: the whole workspace at once, so that shared dependencies are compiled for all alike.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::sections::Workspace;
use crate::stop::Stop;

/// Builds the workspace. Cargo shows its own progress.
///
/// # Errors
/// When cargo cannot be started or the build fails.
pub fn compile(workspace: &Workspace, cuda: bool) -> Result<(), Stop> {
    let mut command = cargo(workspace);
    command.args(["build", "--workspace"]);
    if cuda {
        command.args(["--features", "ensemble/cuda,training/cuda"]);
    }
    build(command, "the workspace")
}

/// Builds the program of one crate, if it is not as new as its sources. Says where it is.
///
/// # Errors
/// When cargo cannot be started or the build fails.
pub fn package(workspace: &Workspace, name: &str) -> Result<PathBuf, Stop> {
    let mut command = cargo(workspace);
    command.args(["build", "--package", name]);
    build(command, name)?;
    Ok(program(name))
}

fn build(mut command: Command, what: &str) -> Result<(), Stop> {
    if !std::io::stderr().is_terminal() {
        command.arg("--quiet");
    }
    let status = command.status().map_err(|error| Stop::failed(format!("cannot start cargo: {error}")))?;
    if status.success() {
        Ok(())
    } else {
        Err(Stop::failed(format!("{what} does not build"))
            .advise("mend what the compiler names above, then run it again"))
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

/// The program of a crate: beside this one.
pub fn program(name: &str) -> PathBuf {
    let ours = std::env::current_exe().unwrap_or_default();
    ours.parent().unwrap_or(Path::new("")).join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}
