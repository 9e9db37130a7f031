//! What an archive holds: the sources that git knows, what is made of them, and the checksums of all.

use std::fs;
use std::path::Path;

use runner::{CommandError, FileError};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::citation::Citation;
use super::crate_metadata;
use super::packed::{Content, Files};
use crate::checkout::git;
use crate::compile::Built;
use crate::ledger_files::Results;
use crate::paper;
use crate::sections::Workspace;

/// The checksums of all other files, in the form that `sha256sum -c` reads.
pub const CHECKSUMS: &str = "SHA256SUMS";
/// What the archive is of.
pub const ORIGIN: &str = "archive.json";
/// The description of everything for programs.
pub const DESCRIPTION: &str = "ro-crate-metadata.json";

/// The commit that an archive is of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Origin {
    /// The commit.
    pub commit: String,
    /// Its day.
    pub date: String,
    /// Files that differ from that commit, or that it does not have.
    pub changed: Vec<String>,
}

/// The checkout's sources: those that git knows, as they stand there, and those that it does not know and is not told to
/// ignore.
/// Fails where there is no git, or one of them is no plain file.
pub fn sources(root: &Path) -> Result<(Origin, Files), CommandError> {
    let asked = |words: &[&str]| {
        let advice = "make the archive in a clone: it is of a commit";
        let refused = |error| CommandError::usage("git does not say what the sources are").because(error);
        git(root, words).map_err(|error| refused(error).advise(advice))
    };
    let commit = asked(&["rev-parse", "--verify", "HEAD"])?.trim().to_owned();
    let date = asked(&["show", "--no-patch", "--format=%cs", "HEAD"])?.trim().to_owned();
    let status = asked(&["status", "--porcelain", "-z", "--untracked-files=all", "--no-renames"])?;
    let entries = || status.split('\0').filter_map(|entry| entry.split_at_checked(3));
    let mut changed: Vec<String> = entries().map(|(_, name)| name.to_owned()).collect();
    changed.sort();
    let tracked = asked(&["ls-files", "--stage", "-z"])?;
    let tracked = tracked.split('\0').filter_map(|entry| entry.split_once('\t'));
    let tracked = tracked.map(|(mode, name)| (&mode[..mode.len().min(6)], name));
    let untracked = entries().filter(|(state, _)| *state == "?? ").map(|(_, name)| ("100644", name));
    let mut files = Files::new();
    for (mode, name) in tracked.chain(untracked) {
        let path = root.join(name);
        if changed.iter().any(|other| other == name) && !path.exists() {
            continue;
        }
        let is_plain =
            matches!(mode, "100644" | "100755") && path.symlink_metadata().is_ok_and(|file| file.is_file());
        if !is_plain {
            return Err(CommandError::failed(format!(
                "{name} is no plain file, and an archive holds no other"
            )));
        }
        let bytes = fs::read(&path).map_err(FileError::of("read", &path))?;
        files.insert(name.to_owned(), Content { bytes, executable: mode == "100755" });
    }
    Ok((Origin { commit, date, changed }, files))
}

/// Adds to the sources of a workspace what is made of them: the paper of its records, the merged ledger, the description,
/// the checksums. Files for the making go to `out`.
/// Fails when the paper does not compile or a record is damaged.
pub fn complete(
    workspace: &Workspace,
    built: &Built,
    out: &Path,
    origin: &Origin,
    sources: Files,
) -> Result<Files, CommandError> {
    Results::write_merged(workspace, out)?;
    let paper = paper::typeset(workspace, built, out, None)?;
    let made = [
        ("paper/paper.pdf", paper.pdf),
        ("paper/paper.html", paper.html),
        ("paper/generated/claims.json", out.join("generated/claims.json")),
    ];
    let mut files = sources;
    for (name, path) in made {
        files.insert(name.to_owned(), Content::plain(fs::read(&path).map_err(FileError::of("read", &path))?));
    }
    describe(workspace, origin, files)
}

/// Adds origin, description and checksums to files.
/// Fails when a record is damaged.
pub fn describe(workspace: &Workspace, origin: &Origin, mut files: Files) -> Result<Files, CommandError> {
    files.insert(ORIGIN.to_owned(), Content::plain(format!("{:#}\n", serde_json::to_value(origin)?)));
    let citation = Citation::read(&workspace.root)?;
    let description = crate_metadata::of(workspace, &citation, origin, &files)?;
    files.insert(DESCRIPTION.to_owned(), Content::plain(format!("{description:#}\n")));
    let checksums = checksums(&files);
    files.insert(CHECKSUMS.to_owned(), Content::plain(checksums));
    Ok(files)
}

/// SHA-256, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A line a file.
pub fn checksums(files: &Files) -> String {
    files.iter().map(|(name, file)| format!("{}  {name}\n", sha256(&file.bytes))).collect()
}
