//! Fetching a data set: download, checksum, unpack.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use datasets::DataError;
use runner::{CommandError, FileError, Lock};

use crate::archive::unpack;
use crate::catalogue::{Archive, DataSet};
use crate::download::Downloader;
use crate::error::{ArchiveError, by_hand, part_unwritable, unwritable};
use crate::status::SetStatus;
use runner::told;

/// Brings in the files of a data set that are missing or wrong. Says whether there were any.
/// Fails when the archive cannot be had, is not the official one, or cannot be unpacked. What came is kept unless it is wrong.
pub fn fetch(
    set: &DataSet,
    data: &Path,
    cache: &Path,
    downloader: &Downloader,
) -> Result<bool, CommandError> {
    if SetStatus::of(set, data).is_real() {
        return Ok(false);
    }
    let downloads = cache.join("downloads");
    let waiting = |message: &str| eprintln!("{message}");
    let _lock = Lock::take(&downloads.join("lock"), "cargo xtask data fetch", waiting)?;
    // Who held the lock may have brought them.
    let status = SetStatus::of(set, data);
    if status.is_real() {
        return Ok(false);
    }
    for error in status.files().filter_map(|(_, status)| status.as_ref().err()) {
        if !matches!(error, DataError::Missing { .. }) {
            eprintln!("{}; it will be replaced", told(error));
        }
    }
    let part = downloads.join(&set.archive.file);
    download(&set.archive, &part, downloader)?;
    let unpacked = unpack(&part, set.archive.packing(), &status.wanted(), data)?;
    fs::remove_file(&part).map_err(FileError::of("remove", &part)).map_err(unwritable)?;
    match unpacked.reason {
        None => Ok(true),
        Some(reason) => Err(not_official(&set.archive, reason)),
    }
}

/// Completes the archive and holds it against its checksum. A part that an earlier attempt left may be of another file
/// than the rest that came now: then all is fetched once more.
fn download(archive: &Archive, part: &Path, downloader: &Downloader) -> Result<(), CommandError> {
    let unusable = |error| part_unwritable(FileError::of("write", part)(error));
    if archive.bytes.is_some_and(|bytes| fs::metadata(part).is_ok_and(|metadata| metadata.len() > bytes)) {
        fs::remove_file(part).map_err(unusable)?;
    }
    let resumed = part.exists();
    downloader.complete(archive, part)?;
    let Some(official) = &archive.sha256 else { return Ok(()) };
    let found = File::open(part).and_then(sum).map_err(unusable)?;
    if found == *official {
        return Ok(());
    }
    fs::remove_file(part).map_err(unusable)?;
    if resumed {
        eprintln!("{}: wrong checksum after going on with an old part; fetching all of it", archive.file);
        return download(archive, part, downloader);
    }
    Err(not_official(archive, ArchiveError::Hash(found, official.clone())))
}

fn not_official(archive: &Archive, why: ArchiveError) -> CommandError {
    let what = format!("{} as it came is not the official one", archive.file);
    let advice = format!("fetch it again; if that does not help, {}", by_hand(&archive.addresses[0]));
    CommandError::failed(what).because(why).advise(advice)
}

/// SHA-256, in lower-case hexadecimal digits, of what is read to its end.
/// Fails when it cannot be read.
pub fn sum(mut from: impl Read) -> std::io::Result<String> {
    let mut digest = ring::digest::Context::new(&ring::digest::SHA256);
    let mut buffer = vec![0; 1 << 20];
    loop {
        match from.read(&mut buffer)? {
            0 => return Ok(digest.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()),
            count => digest.update(&buffer[..count]),
        }
    }
}

#[cfg(test)]
mod tests;
