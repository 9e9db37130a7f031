//! Taking files that are already on disk, whatever they are called: they are found by content.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use datasets::{Layout, OfficialFile};

use crate::archive::{Packing, unpack};
use crate::catalogue::DataSet;
use crate::error::unwritable;
use crate::fetch::sum;
use crate::status::SetStatus;
use runner::messages::exit;
use runner::{CommandError, FileError, told};

/// A file below the folder that was named.
struct Found {
    path: PathBuf,
    bytes: u64,
}

/// What became of the files of a data set.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Copied or unpacked now, each with the file that it came from.
    pub new: Vec<(&'static str, PathBuf)>,
    /// Official ones that were in their places already.
    pub present: usize,
    /// Not found.
    pub missing: Vec<&'static str>,
    /// Where the data set lies in another form, which the sections do not read.
    pub other_version: Option<PathBuf>,
}

/// Copies the files of the data sets that lie below `from`, single or in their archive, to their places. An official
/// file in its place is never touched.
/// Fails when `from` cannot be read or a file cannot be written.
pub fn import(from: &Path, sets: &[&DataSet], data: &Path) -> Result<Vec<Imported>, CommandError> {
    let mut found = Vec::new();
    fs::canonicalize(from)
        .and_then(|folder| list(&folder, &mut found))
        .map_err(FileError::of("read", from))
        .map_err(|error| {
            CommandError::from(error).code(exit::USAGE).advise("name the folder that the files are in")
        })?;
    sets.iter().map(|set| import_set(set, &found, data)).collect()
}

fn import_set(set: &DataSet, found: &[Found], data: &Path) -> Result<Imported, CommandError> {
    let status = SetStatus::of(set, data);
    let mut imported = Imported { present: set.files.len() - status.wanted().len(), ..Imported::default() };
    let mut left = Vec::new();
    for file in status.wanted() {
        match copy(file, found, data)? {
            Some(from) => imported.new.push((file.path, from)),
            None => left.push(file),
        }
    }
    if !left.is_empty() {
        from_archive(set, &mut left, found, data, &mut imported)?;
    }
    if !left.is_empty() {
        let is_other = |part: &OsStr| set.other_versions.iter().any(|name| part == name.as_str());
        let other = found.iter().find(|candidate| candidate.path.iter().any(is_other));
        imported.other_version = other.map(|other| other.path.clone());
    }
    imported.missing = left.iter().map(|file| file.path).collect();
    Ok(imported)
}

/// Copies the first file that has the right content. Says which one that is.
fn copy(file: &OfficialFile, found: &[Found], data: &Path) -> Result<Option<PathBuf>, CommandError> {
    let right_size = |candidate: &&Found| candidate.bytes == file.bytes;
    let stack = |candidate: &&Found| {
        matches!(file.layout, Layout::Stack { .. })
            && is_tiff(&candidate.path)
            && candidate.bytes <= file.most_bytes()
    };
    // Those of the official size come first: they are the likelier ones.
    let likely = found.iter().filter(right_size);
    let others = found.iter().filter(|candidate| !right_size(candidate) && stack(candidate));
    for candidate in likely.chain(others) {
        let Ok(content) = fs::read(&candidate.path) else { continue };
        if file.content(&content).is_ok() {
            runner::atomic::write(&data.join(file.path), &content).map_err(unwritable)?;
            return Ok(Some(candidate.path.clone()));
        }
    }
    Ok(None)
}

/// Takes what is left out of the archive, if it lies there under whatever name.
fn from_archive(
    set: &DataSet,
    left: &mut Vec<&OfficialFile>,
    found: &[Found],
    data: &Path,
    imported: &mut Imported,
) -> Result<(), CommandError> {
    let archive = &set.archive;
    let packing = archive.packing();
    // With no known hash, every archive of this kind is looked into: what is in it is recognised all the same.
    let is_it = |candidate: &&Found| match (&archive.sha256, archive.bytes) {
        (Some(official), bytes) => {
            bytes.is_none_or(|bytes| bytes == candidate.bytes)
                && File::open(&candidate.path).and_then(sum).is_ok_and(|sum| sum == *official)
        }
        (None, _) => Packing::of(&candidate.path) == Some(packing),
    };
    for candidate in found.iter().filter(is_it) {
        let unpacked = unpack(&candidate.path, packing, left, data)?;
        imported.new.extend(unpacked.taken.iter().map(|file| (file.path, candidate.path.clone())));
        let named = candidate.path.file_name().is_some_and(|name| name == archive.file.as_str());
        if let Some(reason) = unpacked.reason.filter(|_| named) {
            eprintln!("{}: {}", candidate.path.display(), told(&reason));
        }
        *left = unpacked.lacking;
        if left.is_empty() {
            break;
        }
    }
    Ok(())
}

fn is_tiff(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("tif") || ending.eq_ignore_ascii_case("tiff"))
}

/// Every file below a folder, or the file itself, in the order of names. Links to folders are not followed, so that no
/// circle is walked; a folder within that cannot be read is passed over.
fn list(folder: &Path, found: &mut Vec<Found>) -> std::io::Result<()> {
    let metadata = fs::metadata(folder)?;
    if metadata.is_file() {
        found.push(Found { path: folder.to_path_buf(), bytes: metadata.len() });
        return Ok(());
    }
    let mut entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let linked_folder = path.is_dir() && entry.file_type()?.is_symlink();
        if !linked_folder && let Err(error) = list(&path, found) {
            eprintln!("{}: {error}; passed over", path.display());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
