//! What can be wrong with a workspace.

use std::io;
use std::path::{Path, PathBuf};

/// The workspace, or a source in it, cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    /// A file or folder that the system does not let us read.
    #[error("cannot read {}", .0.display())]
    Unreadable(PathBuf, #[source] io::Error),
    /// A manifest that is not TOML.
    #[error("{} is not a manifest", .0.display())]
    Manifest(PathBuf, #[source] Box<toml::de::Error>),
    /// A file or folder in which something is not as it must be, and what.
    #[error("{}: {what}", .0.display(), what = .1)]
    Wrong(PathBuf, String),
}

impl WorkspaceError {
    pub(crate) fn wrong(path: &Path, what: impl Into<String>) -> Self {
        Self::Wrong(path.to_path_buf(), what.into())
    }

    pub(crate) fn unreadable(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |error| Self::Unreadable(path.to_path_buf(), error)
    }
}
