//! Atomic writes: a file is either the old one or the new one, whatever happens in between.

use std::io::{self, Write};
use std::path::Path;

use crate::FileError;

/// Prefix of files that are being written; one left behind by a killed process is rubbish.
pub const UNFINISHED: &str = ".unfinished-";

/// Writes a file atomically: to a temporary file beside it, synced, then renamed.
///
/// # Errors
/// What the system says, with the path; the previous file, if any, is untouched.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    write_with(path, |file| file.write_all(bytes))
}

/// Like [`write()`], with the content produced by a function.
///
/// # Errors
/// What the system or the function says, with the path; the previous file, if any, is untouched.
pub fn write_with(path: &Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), FileError> {
    let attempt = || {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(UNFINISHED);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(std::fs::Permissions::from_mode(0o644));
        }
        let mut file = builder.tempfile_in(folder)?;
        fill(file.as_file_mut())?;
        file.as_file().sync_all()?;
        Ok(file.persist(path).map(drop)?)
    };
    attempt().map_err(FileError::of("write", path))
}

/// Writes a file atomically unless it already has this content. Says whether it was written.
///
/// # Errors
/// As [`write()`].
pub fn write_if_changed(path: &Path, bytes: &[u8]) -> Result<bool, FileError> {
    if std::fs::read(path).is_ok_and(|present| present == bytes) {
        return Ok(false);
    }
    write(path, bytes).map(|()| true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/er/file");
        write(&path, b"old").unwrap();
        let failed = write_with(&path, |file| {
            file.write_all(b"half")?;
            Err(io::ErrorKind::StorageFull.into())
        });
        let failed = failed.unwrap_err();
        assert!(failed.to_string().ends_with("deep/er/file"));
        let source = std::error::Error::source(&failed).unwrap().downcast_ref::<io::Error>().unwrap();
        assert_eq!(source.kind(), io::ErrorKind::StorageFull, "the source is kept");
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        let left = std::fs::read_dir(path.parent().unwrap()).unwrap().count();
        assert_eq!(left, 1, "no temporary file may stay behind");
    }

    #[test]
    fn an_unchanged_file_is_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        assert!(write_if_changed(&path, b"a").unwrap());
        let before = std::fs::metadata(&path).unwrap().modified().unwrap();
        assert!(!write_if_changed(&path, b"a").unwrap());
        assert_eq!(std::fs::metadata(&path).unwrap().modified().unwrap(), before);
        assert!(write_if_changed(&path, b"b").unwrap());
    }
}
