//! What files held when they were last read, by size and time, so that a second look is instant.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::check::Sums;
use crate::error::CommandError;

/// A file younger than this might still change without changing its time of change.
const SETTLED: Duration = Duration::from_secs(2);

/// The sums of files that were found sound.
#[derive(Debug)]
pub struct Memo {
    path: PathBuf,
    files: BTreeMap<String, Seen>,
    changed: bool,
}

#[derive(Debug, Serialize, Deserialize)]
struct Seen {
    /// Nanoseconds since 1970.
    modified: u64,
    sums: Sums,
}

impl Memo {
    /// Opens the memo in the project's cache; a missing or damaged one is empty.
    pub fn open(cache: &Path) -> Self {
        let path = cache.join("data-checksums.json");
        let files =
            fs::read(&path).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
        Self { path, files, changed: false }
    }

    /// The sums of the file at this path, if it has not changed since.
    pub fn recall(&self, path: &Path, metadata: &Metadata) -> Option<&Sums> {
        let seen = self.files.get(&key(path))?;
        (seen.modified == modified(metadata)? && seen.sums.bytes == metadata.len()).then_some(&seen.sums)
    }

    /// Remembers the sums of the file at this path; the metadata must have been taken before it was read.
    pub fn remember(&mut self, path: &Path, metadata: &Metadata, sums: Sums) {
        let age = metadata.modified().ok().and_then(|time| SystemTime::now().duration_since(time).ok());
        let settled = age.is_some_and(|age| age >= SETTLED);
        if let Some(modified) = modified(metadata).filter(|_| settled) {
            self.files.insert(key(path), Seen { modified, sums });
            self.changed = true;
        }
    }

    /// Writes the memo if there is something new in it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&self) -> Result<(), CommandError> {
        if self.changed {
            runner::atomic::write(&self.path, &serde_json::to_vec_pretty(&self.files)?)?;
        }
        Ok(())
    }
}

fn key(path: &Path) -> String {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    path.to_string_lossy().into_owned()
}

fn modified(metadata: &Metadata) -> Option<u64> {
    let time = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    u64::try_from(time.as_nanos()).ok()
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::Sha256;
    use super::*;

    fn sums(content: &[u8]) -> Sums {
        Sums { bytes: content.len() as u64, sha256: Sha256::of(content), pixels: None }
    }

    fn write_at(path: &Path, content: &str, time: SystemTime) -> Metadata {
        fs::write(path, content).unwrap();
        fs::File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
        fs::metadata(path).unwrap()
    }

    #[test]
    fn sums_are_recalled_until_size_or_time_change() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let long_ago = SystemTime::now() - Duration::from_secs(60);
        let metadata = write_at(&path, "one", long_ago);
        let mut memo = Memo::open(folder.path());
        memo.remember(&path, &metadata, sums(b"one"));
        memo.save().unwrap();
        let memo = Memo::open(folder.path());
        assert_eq!(memo.recall(&path, &metadata), Some(&sums(b"one")));
        assert!(memo.recall(&folder.path().join("other"), &metadata).is_none());
        assert!(memo.recall(&path, &write_at(&path, "four", long_ago)).is_none(), "another size");
        let later = write_at(&path, "two", long_ago + Duration::from_nanos(100));
        assert!(memo.recall(&path, &later).is_none(), "another time");
    }

    #[test]
    fn a_file_that_was_just_written_is_not_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let metadata = write_at(&path, "one", SystemTime::now());
        let mut memo = Memo::open(folder.path());
        memo.remember(&path, &metadata, sums(b"one"));
        assert!(memo.recall(&path, &metadata).is_none());
    }

    #[test]
    fn a_damaged_memo_is_an_empty_one() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("data-checksums.json"), "{\"a\":").unwrap();
        assert!(Memo::open(folder.path()).files.is_empty());
    }
}
