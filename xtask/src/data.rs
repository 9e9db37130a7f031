//! `cargo xtask data`: the data sets that the paper uses. The work is done by a program of its own, `crates/fetch`, which is
//! built when it is called, so that this one links no encryption, no archives and no images.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use runner::CommandError;
use serde::Deserialize;

use crate::sections::Workspace;
use crate::{Outcome, compile};

/// Options of `data`.
#[derive(clap::Args, Debug)]
#[command(disable_help_flag = true)]
pub struct Args {
    /// What to do: `cargo xtask data --help` lists it
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "COMMAND")]
    words: Vec<OsString>,
}

/// How a data set stands.
#[derive(Debug, Deserialize)]
pub struct DataSet {
    /// Its name.
    pub name: String,
    /// How it stands, in words.
    pub standing: String,
    /// Whether all of it is there and is what the paper names.
    pub real: bool,
}

/// Runs the command.
/// Fails when the program does not build or start; it says itself what else goes wrong.
pub fn data(args: &Args) -> Outcome {
    let workspace = Workspace::find()?;
    // These make the folder if need be; what reads it would take a misspelt one for one without data.
    let makes = args.words.first().is_some_and(|word| word == "fetch" || word == "import");
    let data = if makes { workspace.data_to_be()? } else { workspace.data()? };
    let mut program = program(&workspace, &data)?;
    let status = program.args(&args.words).status()?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(runner::messages::exit::FAILED))
}

/// How all data sets stand.
/// Fails when the program does not build, or the catalogue is damaged.
pub fn overview(workspace: &Workspace) -> Result<Vec<DataSet>, CommandError> {
    let listed = program(workspace, &workspace.data()?)?.args(["list", "--format", "json"]).output()?;
    if !listed.status.success() {
        return Err(CommandError::failed(String::from_utf8_lossy(&listed.stderr).trim()));
    }
    Ok(serde_json::from_slice(&listed.stdout)?)
}

fn program(workspace: &Workspace, data: &Path) -> Result<Command, CommandError> {
    let mut command = Command::new(compile::package(workspace, "fetch")?);
    let places = [("--root", &*workspace.root), ("--data", data), ("--store", &workspace.store())];
    places.iter().for_each(|(option, place)| {
        command.arg(option).arg(place);
    });
    Ok(command)
}
