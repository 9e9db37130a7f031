//! The ledger on disk: each section's `claims.json`, fresh or from its record, merged against the register.

use std::fs;
use std::path::{Path, PathBuf};

use ledger::{Entry, Register, merge};
use runner::{Provenance, atomic};

use crate::error::CommandError;
use crate::sections::{Section, Workspace};

/// Where a section's results come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Run here.
    Fresh,
    /// Adopted earlier.
    Record,
}

/// The register of claims.
///
/// # Errors
/// When it is malformed; the message names line and field.
pub fn register(workspace: &Workspace) -> Result<Register, CommandError> {
    Register::read(&workspace.register()).map_err(|error| {
        CommandError::usage(format!("paper/claims.toml: {error}")).advise("its header explains the fields")
    })
}

/// Folder of a section's results: fresh ones below `out`, else its record.
pub fn results(workspace: &Workspace, out: &Path, section: &Section) -> Option<(Origin, PathBuf)> {
    let fresh = out.join("generated").join(section.slug());
    let record = workspace.records().join(section.slug());
    // The provenance is written last: without it the folder is unfinished.
    [(Origin::Fresh, fresh), (Origin::Record, record)]
        .into_iter()
        .find(|(_, folder)| folder.join("provenance.json").is_file())
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
/// When the register or a section's claims are damaged.
pub fn adopted(workspace: &Workspace) -> Result<Vec<Entry>, CommandError> {
    let folders = workspace.sections.iter().map(|section| workspace.records().join(section.slug()));
    merged_from(workspace, folders.filter(|folder| folder.join("claims.json").is_file()))
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
    let advice = "`cargo xtask reproduce` writes it again; nothing else is lost";
    let text = fs::read_to_string(path).map_err(|error| {
        CommandError::failed(format!("cannot read {}: {error}", path.display())).advise(advice)
    })?;
    serde_json::from_str(&text).map_err(|error| {
        CommandError::failed(format!("{} is damaged: {error}", path.display())).advise(advice)
    })
}

/// A section's provenance.
///
/// # Errors
/// When the file is missing or damaged.
pub fn provenance(folder: &Path) -> Result<Provenance, CommandError> {
    let path = folder.join("provenance.json");
    let text = fs::read_to_string(&path)
        .map_err(|error| CommandError::failed(format!("cannot read {}: {error}", path.display())))?;
    serde_json::from_str(&text).map_err(|error| {
        CommandError::failed(format!("{} is damaged: {error}", path.display()))
            .advise("run the section again")
    })
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
