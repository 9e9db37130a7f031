//! The zip file: written the same byte for byte whenever its content is the same, and read as if a stranger had made it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read, Write};

use runner::CommandError;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zip::read::ZipFile;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// A file: its content, and whether it may be run.
#[derive(Debug, Clone, PartialEq)]
pub struct Content {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Whether it is a program or script.
    pub executable: bool,
}

impl Content {
    /// A file that nobody runs.
    pub fn plain(bytes: impl Into<Vec<u8>>) -> Self {
        Self { bytes: bytes.into(), executable: false }
    }
}

/// Files by their names, relative to the root, with `/` between the parts.
pub type Files = BTreeMap<String, Content>;

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

/// SHA-256, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An archive holds no more bytes, unpacked: neither one that is made nor one that is read.
const MOST_BYTES: u64 = 512 << 20;
/// Nor more files.
const MOST_FILES: usize = 20_000;

/// What makes a file no archive of ours.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// Cut short, or something else.
    #[error("it is no whole zip archive")]
    Zip(#[from] ZipError),
    /// An entry that cannot be read as it was written.
    #[error("{0} is damaged")]
    Damaged(String, #[source] std::io::Error),
    /// A name that leads out of the folder it is unpacked to, or that systems read differently.
    #[error("it holds the name {0:?}, which is refused")]
    Name(String),
    /// A link, a folder, something encrypted.
    #[error("{0} is no plain file")]
    Kind(String),
    /// Two entries of one name, or of names that differ in capitals alone.
    #[error("{0} is in it twice")]
    Twice(String),
    /// More than is ever made.
    #[error("it holds more than {} files or {} MiB", MOST_FILES, MOST_BYTES >> 20)]
    TooLarge,
}

/// Packs files: sorted, without times, owners or comments.
/// Fails when there is more than is read again, or a name that would be refused.
pub fn pack(files: &Files) -> Result<Vec<u8>, CommandError> {
    let size: u64 = files.values().map(|file| file.bytes.len() as u64).sum();
    if size > MOST_BYTES || files.len() > MOST_FILES {
        return Err(PackError::TooLarge.into());
    }
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, file) in files {
        if !is_plain(name) {
            return Err(PackError::Name(name.clone()).into());
        }
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(9))
            .unix_permissions(if file.executable { 0o755 } else { 0o644 });
        zip.start_file(name, options)?;
        zip.write_all(&file.bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// Unpacks files into memory.
/// Fails with the first thing that our archives do not have: whatever writes such files to a disk is safe from them.
pub fn unpack(bytes: &[u8]) -> Result<Files, PackError> {
    let mut zip = ZipArchive::new(Cursor::new(bytes))?;
    let mut files = Files::new();
    let mut lower = BTreeSet::new();
    let mut left = MOST_BYTES;
    if zip.len() > MOST_FILES {
        return Err(PackError::TooLarge);
    }
    for at in 0..zip.len() {
        let mut entry = zip.by_index_raw(at)?;
        let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
        if !is_plain(&name) || local_name(bytes, &entry) != Some(name.as_bytes()) {
            return Err(PackError::Name(name));
        }
        let is_plain_file = entry.unix_mode().is_none_or(|mode| matches!(mode & 0o170_000, 0 | 0o100_000));
        if entry.encrypted() || !is_plain_file {
            return Err(PackError::Kind(name));
        }
        if !lower.insert(name.to_lowercase()) {
            return Err(PackError::Twice(name));
        }
        let executable = entry.unix_mode().is_some_and(|mode| mode & 0o100 != 0);
        drop(entry);
        let mut content = Vec::new();
        entry = zip.by_index(at)?;
        // What an entry says of its size is not believed.
        let read = entry.by_ref().take(left + 1).read_to_end(&mut content);
        let read = read.map_err(|error| PackError::Damaged(name.clone(), error))?;
        left = left.checked_sub(read as u64).ok_or(PackError::TooLarge)?;
        files.insert(name, Content { bytes: content, executable });
    }
    // Of two entries of one name the reader keeps the last, and says nothing.
    if entries(bytes) != Some(files.len()) {
        return Err(PackError::Twice("a file".to_owned()));
    }
    Ok(files)
}

/// Whether a name means the same file, below the folder it is unpacked to, on every system.
fn is_plain(name: &str) -> bool {
    let part = |part: &str| !matches!(part, "" | "." | "..") && !part.ends_with(['.', ' ']);
    name.len() < 240
        && !name.contains(|c: char| c.is_control() || "\\:*?\"<>|".contains(c))
        && name.split('/').all(part)
}

/// The name that stands before an entry's content, which other programs may go by.
fn local_name<'a, R: Read>(bytes: &'a [u8], entry: &ZipFile<'_, R>) -> Option<&'a [u8]> {
    let header = bytes.get(usize::try_from(entry.header_start()).ok()?..)?;
    let length = u16::from_le_bytes(header.get(26..28)?.try_into().ok()?);
    header.get(30..30 + usize::from(length))
}

/// The number of entries by the archive's own count.
fn entries(bytes: &[u8]) -> Option<usize> {
    let end = bytes.windows(4).rposition(|four| four == b"PK\x05\x06")?;
    Some(usize::from(u16::from_le_bytes(bytes.get(end + 10..end + 12)?.try_into().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(names: &[&str]) -> Files {
        names.iter().map(|name| ((*name).to_owned(), Content::plain(*name))).collect()
    }

    /// An archive with a name in place of another of the same length.
    fn renamed(from: &str, to: &str, times: usize) -> Result<Files, PackError> {
        let mut bytes = pack(&files(&[from, "other/file"])).unwrap();
        let places: Vec<usize> =
            (0..bytes.len()).filter(|at| bytes[*at..].starts_with(from.as_bytes())).collect();
        // The name before the content, which is deflated, and the name in the list at the end.
        assert_eq!(places.len(), 2);
        for place in places.into_iter().rev().take(times) {
            bytes[place..place + to.len()].copy_from_slice(to.as_bytes());
        }
        unpack(&bytes)
    }

    #[test]
    fn what_is_packed_is_unpacked() {
        let mut content = files(&["a", "b/c.txt", "é/ü"]);
        content.insert("run".to_owned(), Content { bytes: vec![0; 100_000], executable: true });
        let bytes = pack(&content).unwrap();
        assert_eq!(unpack(&bytes).unwrap(), content);
        assert_eq!(bytes, pack(&content).unwrap());
        for cut in [0, 10, bytes.len() / 2, bytes.len() - 1] {
            assert!(matches!(unpack(&bytes[..cut]), Err(PackError::Zip(_))), "{cut} bytes of it");
        }
        let mut changed = bytes;
        changed[60] ^= 1;
        assert!(unpack(&changed).is_err());
    }

    #[test]
    fn hostile_names_are_refused() {
        for name in [
            "../evil.sh",
            "/etc/evils",
            "a/../evils",
            "a//evil.sh",
            "C:evil.shh",
            "a\\evil.shh",
            "evil\0evil.",
            "evil..sh. ",
            "./evil.shh",
        ] {
            assert!(matches!(renamed("good/entry", name, 2), Err(PackError::Name(_))), "{name:?}");
        }
        assert!(
            matches!(renamed("good/entry", "evil/entry", 1), Err(PackError::Name(_))),
            "two names of one entry"
        );
        assert!(matches!(renamed("good/entry", "other/file", 2), Err(PackError::Twice(_))));
        assert!(matches!(renamed("good/entry", "Other/File", 2), Err(PackError::Twice(_))));
        assert!(pack(&files(&["../evil"])).is_err());
    }

    #[test]
    fn links_and_folders_are_refused() {
        let (options, new) = (SimpleFileOptions::default(), || ZipWriter::new(Cursor::new(Vec::new())));
        let (mut link, mut folder) = (new(), new());
        link.add_symlink("link", "/etc/passwd", options).unwrap();
        folder.add_directory("folder", options).unwrap();
        let [link, folder] =
            [link, folder].map(|zip| unpack(&zip.finish().unwrap().into_inner()).unwrap_err());
        assert!(matches!(link, PackError::Kind(_)) && matches!(folder, PackError::Name(_)));
    }

    #[test]
    fn bombs_are_not_inflated() {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let zeros = vec![0; 1 << 20];
        for name in ["a", "b"] {
            zip.start_file(name, SimpleFileOptions::default().compression_level(Some(1))).unwrap();
            (0..300).for_each(|_| zip.write_all(&zeros).unwrap());
        }
        assert!(matches!(unpack(&zip.finish().unwrap().into_inner()), Err(PackError::TooLarge)));
    }
}
