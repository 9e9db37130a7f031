//! What an archive holds: the sources that git knows, what is made of them, and the checksums of all.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use runner::{CommandError, FileError};

use super::citation::Citation;
use super::crate_metadata;
use super::packed::{Content, Files, Origin, sha256};
use crate::built::Built;
use crate::checkout::git;
use crate::ledger_files::Results;
use crate::paper;
use crate::sections::Workspace;

/// The checksums of all other files, in the form that `sha256sum -c` reads.
pub const CHECKSUMS: &str = "SHA256SUMS";
/// What the archive is of.
pub const ORIGIN: &str = "archive.json";
/// The description of everything for programs.
pub const DESCRIPTION: &str = "ro-crate-metadata.json";
/// What is made of the records.
const MADE: [&str; 3] = ["paper/paper.pdf", "paper/paper.html", "paper/generated/claims.json"];

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

/// What of an archive that lies unpacked at `place` is not as its commit has it, by the git of a checkout; none where that
/// does not know the commit.
pub fn against_commit(
    checkout: &Path,
    origin: &Origin,
    files: &Files,
    place: &Path,
) -> Result<Option<Vec<String>>, CommandError> {
    let Ok(tree) =
        git(checkout, &["ls-tree", "-r", "-z", "--full-tree", &format!("{}^{{commit}}", origin.commit)])
    else {
        return Ok(None);
    };
    let blobs = tree.split('\0').filter_map(|entry| entry.split_once('\t'));
    let blobs: BTreeMap<&str, &str> = blobs.map(|(blob, name)| (name, blob)).collect();
    let names: Vec<&String> = files.keys().filter(|name| !is_made(name)).collect();
    let mut now = BTreeMap::new();
    for names in names.chunks(500) {
        let paths: Vec<String> =
            names.iter().map(|name| place.join(name).to_string_lossy().into_owned()).collect();
        let words: Vec<&str> = ["hash-object", "--no-filters", "--"]
            .into_iter()
            .chain(paths.iter().map(String::as_str))
            .collect();
        let hashes = git(checkout, &words)?;
        now.extend(names.iter().zip(hashes.lines()).map(|(name, hash)| {
            let mode = if files[*name].executable { "100755" } else { "100644" };
            (name.as_str(), format!("{mode} blob {hash}"))
        }));
    }
    let all: BTreeSet<&str> = blobs.keys().chain(now.keys()).copied().collect();
    let told = |name: &&str| origin.changed.iter().any(|changed| changed == name);
    let other = all.into_iter().filter(|name| blobs.get(name).copied() != now.get(name).map(String::as_str));
    let other = other.filter(|name| !told(name));
    Ok(Some(other.map(|name| format!("{name} is not as commit {} has it", origin.commit)).collect()))
}

/// Whether a file of an archive is none of its sources.
fn is_made(name: &str) -> bool {
    MADE.contains(&name) || [ORIGIN, DESCRIPTION, CHECKSUMS].contains(&name)
}

/// The paper of a workspace's records and their merged ledger, made below `out`.
/// Fails when the paper does not compile or a record is damaged.
pub fn made(workspace: &Workspace, built: &Built, out: &Path) -> Result<Files, CommandError> {
    Results::find(workspace, out).write_merged(workspace, out)?;
    let paper = paper::typeset(workspace, built, out, None)?;
    let made = MADE.into_iter().zip([paper.pdf, paper.html, out.join("generated/claims.json")]);
    let read = |(name, path): (&str, PathBuf)| {
        let bytes = fs::read(&path).map_err(FileError::of("read", &path))?;
        Ok((name.to_owned(), Content::plain(bytes)))
    };
    made.map(read).collect()
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

/// A line a file.
pub fn checksums(files: &Files) -> String {
    files.iter().map(|(name, file)| format!("{}  {name}\n", sha256(&file.bytes))).collect()
}
