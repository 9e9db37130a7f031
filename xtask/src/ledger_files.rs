//! The ledger on disk: each section's `claims.json`, fresh or from its record, merged against the register.

use std::path::{Path, PathBuf};

use ledger::{Entry, Register, merge};
use runner::{Provenance, atomic, results};

pub use runner::results::State;

use experiment::told;

use crate::error::CommandError;
use crate::sections::{Section, Workspace};

/// The register of claims.
///
/// # Errors
/// When it is malformed; the message names line and field.
pub fn register(workspace: &Workspace) -> Result<Register, CommandError> {
    Register::read(&workspace.register()).map_err(|error| {
        CommandError::usage(format!("paper/claims.toml: {}", told(&error)))
            .advise("its header explains the fields")
    })
}

/// Folder of a section's result: the fresh one below `out`, else its record.
pub fn results(workspace: &Workspace, out: &Path, section: &Section) -> Option<(State, PathBuf)> {
    let (found, _) = results::find(&section.slug(), &out.join("generated"), &workspace.records());
    found.map(|found| (found.state, found.folder))
}

/// The merged ledger of what stands below `out`, records filling the gaps.
///
/// # Errors
/// When the register or a section's claims are damaged.
pub fn merged(workspace: &Workspace, out: &Path) -> Result<Vec<Entry>, CommandError> {
    let folders = workspace.sections.iter().filter_map(|section| results(workspace, out, section));
    merged_from(workspace, folders.map(|(_, folder)| folder))
}

/// The merged ledger of the adopted results alone.
///
/// # Errors
/// When the register or a record is damaged.
pub fn adopted(workspace: &Workspace) -> Result<Vec<Entry>, CommandError> {
    let folders = workspace.sections.iter().map(|section| workspace.records().join(section.slug()));
    let folders: Vec<PathBuf> = folders.filter(|folder| folder.exists()).collect();
    folders.iter().try_for_each(|folder| provenance(folder).map(drop))?;
    merged_from(workspace, folders.into_iter())
}

fn merged_from(
    workspace: &Workspace,
    folders: impl Iterator<Item = PathBuf>,
) -> Result<Vec<Entry>, CommandError> {
    let register = register(workspace)?;
    let mut measured: Vec<Entry> = Vec::new();
    for folder in folders {
        measured.extend(entries(&folder.join("claims.json"))?);
    }
    Ok(merge(register.claims(), &measured))
}

/// Reads a list of ledger rows.
///
/// # Errors
/// When the file is missing or damaged.
pub fn entries(path: &Path) -> Result<Vec<Entry>, CommandError> {
    ledger::read_entries(path).map_err(|error| {
        CommandError::failed(told(&error))
            .advise("`cargo xtask reproduce` writes it again; nothing else is lost")
    })
}

/// The provenance of the result in a folder.
///
/// # Errors
/// When the folder is no whole result.
pub fn provenance(folder: &Path) -> Result<Provenance, CommandError> {
    results::read(folder).map_err(|error| CommandError::failed(told(&error)).advise("run the section again"))
}

/// Merges the ledger and writes it to `out/generated/claims.json` unless it stands there already.
///
/// # Errors
/// When something is damaged or cannot be written.
pub fn write_merged(workspace: &Workspace, out: &Path) -> Result<Vec<Entry>, CommandError> {
    let rows = merged(workspace, out)?;
    let mut bytes = serde_json::to_vec_pretty(&rows)?;
    bytes.push(b'\n');
    atomic::write_if_changed(&out.join("generated/claims.json"), &bytes)?;
    Ok(rows)
}
