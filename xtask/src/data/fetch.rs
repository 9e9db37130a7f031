//! Fetching a data set: download, checksum, unpack.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use runner::Lock;

use super::catalogue::{Archive, DataFile, DataSet, Sha256};
use super::check::Standing;
use super::download::Downloader;
use super::memo::Memo;
use super::unpack::{Packing, unpack};
use crate::error::CommandError;

/// Brings in the files of a data set that are missing or wrong. Says whether there were any.
///
/// # Errors
/// When the archive cannot be had, is not the official one, or cannot be unpacked. What came is kept unless it is wrong.
pub fn fetch(
    set: &DataSet,
    data: &Path,
    cache: &Path,
    downloader: &Downloader,
) -> Result<bool, CommandError> {
    let mut memo = Memo::open(cache);
    let mut lacks = |file: &&DataFile| {
        let standing = file.check(&data.join(file.path.as_path()), &mut memo);
        if let Standing::Wrong(reason) = &standing {
            eprintln!("{}: {reason}; it will be replaced", file.path.as_path().display());
        }
        !matches!(standing, Standing::Sound(_))
    };
    let wanted: Vec<&DataFile> = set.files.iter().filter(&mut lacks).collect();
    memo.save()?;
    if wanted.is_empty() {
        return Ok(false);
    }
    let downloads = cache.join("downloads");
    let mut lock = Lock::in_folder(&downloads)?;
    let us = format!("process {}: cargo xtask data fetch", std::process::id());
    let _guard = lock.take(&us, |holder| eprintln!("waiting for {holder} to finish"))?;
    let part = downloads.join(set.archive.file.as_str());
    let packing = Packing::of(&part).ok_or_else(|| {
        CommandError::failed(format!("{}: neither .tar.gz nor .zip", set.archive.file.as_str()))
    })?;
    download(&set.archive, &part, downloader)?;
    let unpacked = unpack(&part, packing, &wanted, data).map_err(|error| {
        let advice = "make room there, or set REPRO_DATA_DIR to another folder; the archive is kept, nothing comes twice";
        CommandError::failed(error).advise(advice)
    })?;
    for (file, form) in &unpacked.taken {
        println!("{}: {form}", data.join(file.path.as_path()).display());
    }
    fs::remove_file(&part)?;
    match unpacked.lacking.first() {
        None => Ok(true),
        Some((_, reason)) => Err(other_archive(&set.archive, reason)),
    }
}

/// Completes the archive and holds it against its checksum. A part that an earlier attempt left may be of another file
/// than the rest that came now: then all is fetched once more.
fn download(archive: &Archive, part: &Path, downloader: &Downloader) -> Result<(), CommandError> {
    if archive.bytes.is_some_and(|bytes| fs::metadata(part).is_ok_and(|metadata| metadata.len() > bytes)) {
        fs::remove_file(part)?;
    }
    let resumed = part.exists();
    downloader.complete(archive, part)?;
    let Some(expected) = &archive.sha256 else { return Ok(()) };
    let found = sum(part)?;
    if found == *expected {
        return Ok(());
    }
    fs::remove_file(part)?;
    if resumed {
        eprintln!(
            "{}: wrong checksum after going on with an old part; fetching all of it",
            archive.file.as_str()
        );
        return download(archive, part, downloader);
    }
    Err(other_archive(
        archive,
        &format!("wrong checksum: {} where {} belongs", found.as_str(), expected.as_str()),
    ))
}

fn other_archive(archive: &Archive, reason: &str) -> CommandError {
    CommandError::failed(format!("{} as it came is not the official one: {reason}", archive.file.as_str())).advise(format!(
        "fetch it again; if that does not help, download it by hand from {} and run cargo xtask data import DIR",
        archive.addresses[0]
    ))
}

/// SHA-256 of a file of any size.
///
/// # Errors
/// When it cannot be read.
pub fn sum(path: &Path) -> std::io::Result<Sha256> {
    let mut file = File::open(path)?;
    let mut digest = ring::digest::Context::new(&ring::digest::SHA256);
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(Sha256::from_digest(digest.finish())),
            count => digest.update(&buffer[..count]),
        }
    }
}

#[cfg(test)]
mod tests;
