//! What the system refuses to do with a file.

use std::io;
use std::path::{Path, PathBuf};

/// A file or folder with which something cannot be done.
#[derive(Debug, thiserror::Error)]
#[error("cannot {what} {}", .path.display())]
pub struct FileError {
    what: &'static str,
    path: PathBuf,
    source: io::Error,
}

impl FileError {
    /// That this, such as `read`, cannot be done with the file, of what the system says.
    pub fn of(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self { what, path, source }
    }
}
