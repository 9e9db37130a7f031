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
    /// A manifest that lacks something: what that is.
    #[error("{} has no {what}", .0.display(), what = .1)]
    Lacks(PathBuf, &'static str),
    /// A source file that is not Rust, and why: the tokeniser's error itself cannot be handed on between threads.
    #[error("{} is not Rust: {why}", .0.display(), why = .1)]
    NotRust(PathBuf, String),
    /// A file that embeds another whose name is not a plain string: the macro's arguments.
    #[error("{}: `{call}` names no file that could be hashed: write the name as a plain string", .0.display(), call = .1)]
    Embedded(PathBuf, String),
    /// A file that computes and reaches something that its key does not cover: what it reaches.
    #[error("{}: it reaches {what}, which is in no key: move what computes into the folder", .0.display(), what = .1)]
    Reaches(PathBuf, String),
    /// A keyed crate that depends on one that is not, or a section on another.
    #[error("{0} is part of run keys and cannot depend on {1}, which is not part of them")]
    Line(String, String),
    /// Two sections, by their folders, of one number.
    #[error("{} and {} are both Section {number}", .0.display(), .1.display(), number = .2)]
    TwoSections(PathBuf, PathBuf, String),
    /// No workspace around a folder.
    #[error("{} does not lie in a workspace with sections of a paper", .0.display())]
    Nowhere(PathBuf),
    /// No crate of a name.
    #[error("the workspace has no crate `{0}`")]
    NoCrate(String),
}

impl WorkspaceError {
    pub(crate) fn unreadable(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |error| Self::Unreadable(path.to_path_buf(), error)
    }
}
