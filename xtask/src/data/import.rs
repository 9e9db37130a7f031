//! Taking files that are already on disk, whatever they are called: they are found by content.

use std::fs;
use std::path::{Path, PathBuf};

use super::catalogue::{DataFile, DataSet};
use super::check::Standing;
use super::fetch::sum;
use super::memo::Memo;
use super::unpack::{Packing, unpack};
use crate::error::CommandError;

/// A file below the folder that was named.
struct Found {
    path: PathBuf,
    bytes: u64,
}

/// What became of the files of a data set.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Copied or unpacked now.
    pub new: usize,
    /// Sound already.
    pub present: usize,
    /// Not found.
    pub missing: Vec<PathBuf>,
}

/// Copies the files of the data sets that lie below `from`, single or in their archive, to their places. A sound file
/// in its place is never touched.
///
/// # Errors
/// When `from` cannot be read or a file cannot be written.
pub fn import(
    from: &Path,
    sets: &[&DataSet],
    data: &Path,
    memo: &mut Memo,
) -> Result<Vec<Imported>, CommandError> {
    let mut found = Vec::new();
    list(from, &mut found).map_err(|error| {
        CommandError::usage(format!("cannot read {}: {error}", from.display()))
            .advise("name the folder that the files are in")
    })?;
    sets.iter().map(|set| import_set(set, &found, data, memo)).collect()
}

fn import_set(
    set: &DataSet,
    found: &[Found],
    data: &Path,
    memo: &mut Memo,
) -> Result<Imported, CommandError> {
    let mut imported = Imported::default();
    let mut left: Vec<&DataFile> = Vec::new();
    for file in &set.files {
        match file.check(&data.join(file.path.as_path()), memo) {
            Standing::Sound(_) => imported.present += 1,
            _ => left.push(file),
        }
    }
    let mut still = Vec::new();
    for file in left {
        match copy(file, found, data)? {
            true => imported.new += 1,
            false => still.push(file),
        }
    }
    if !still.is_empty() {
        imported.new += from_archive(set, &mut still, found, data)?;
    }
    imported.missing = still.iter().map(|file| file.path.as_path().to_path_buf()).collect();
    Ok(imported)
}

/// Copies the first file that has the right content. Says whether there was one.
fn copy(file: &DataFile, found: &[Found], data: &Path) -> Result<bool, CommandError> {
    let right_size = |candidate: &&Found| file.containers.iter().any(|known| known.bytes == candidate.bytes);
    let stack = |candidate: &&Found| {
        file.pixels.is_some() && is_tiff(&candidate.path) && candidate.bytes <= file.largest()
    };
    // Those of a known size come first: they are the likelier ones.
    let likely = found.iter().filter(right_size);
    let others = found.iter().filter(|candidate| !right_size(candidate) && stack(candidate));
    for candidate in likely.chain(others) {
        let Ok(content) = fs::read(&candidate.path) else { continue };
        if let Ok(sums) = file.recognise(&content) {
            let place = data.join(file.path.as_path());
            runner::atomic::write(&place, &content)?;
            println!(
                "{}: {}, from {}",
                place.display(),
                file.form(&sums).unwrap_or_default(),
                candidate.path.display()
            );
            return Ok(true);
        }
    }
    Ok(false)
}

/// Takes what is left out of the archive, if it lies there under whatever name. Says how many files came out.
fn from_archive(
    set: &DataSet,
    left: &mut Vec<&DataFile>,
    found: &[Found],
    data: &Path,
) -> Result<usize, CommandError> {
    let archive = &set.archive;
    let Some(packing) = Packing::of(Path::new(archive.file.as_str())) else { return Ok(0) };
    // With no known hash, every archive of this kind is looked into: what is in it is recognised all the same.
    let is_it = |candidate: &&Found| match (&archive.sha256, archive.bytes) {
        (Some(expected), bytes) => {
            bytes.is_none_or(|bytes| bytes == candidate.bytes)
                && sum(&candidate.path).is_ok_and(|sum| sum == *expected)
        }
        (None, _) => Packing::of(&candidate.path) == Some(packing),
    };
    let mut taken = 0;
    for candidate in found.iter().filter(is_it) {
        let unpacked = unpack(&candidate.path, packing, left, data)?;
        for (file, form) in &unpacked.taken {
            println!(
                "{}: {form}, from {}",
                data.join(file.path.as_path()).display(),
                candidate.path.display()
            );
        }
        if candidate.path.file_name().is_some_and(|name| name == archive.file.as_str()) {
            unpacked
                .lacking
                .iter()
                .for_each(|(_, reason)| eprintln!("{}: {reason}", candidate.path.display()));
        }
        taken += unpacked.taken.len();
        *left = unpacked.lacking.into_iter().map(|(file, _)| file).collect();
        if left.is_empty() {
            break;
        }
    }
    Ok(taken)
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
