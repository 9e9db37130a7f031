//! What can be wrong with a workspace.

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};

/// The workspace, or a source in it, cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    /// A file or folder that the system does not let us read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        error: io::Error,
    },
    /// A manifest that is not TOML.
    #[error("{} is not a manifest", path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// Where and why.
        #[source]
        error: Box<toml::de::Error>,
    },
    /// A manifest that lacks something.
    #[error("{} has no {what}", path.display())]
    Lacks {
        /// The file.
        path: PathBuf,
        /// What it lacks.
        what: &'static str,
    },
    /// A source file that is not Rust.
    #[error("{} is not Rust: {why}", path.display())]
    NotRust {
        /// The file.
        path: PathBuf,
        /// Why: the tokeniser's error itself cannot be handed on between threads.
        why: String,
    },
    /// An embedded file whose name is not a plain string.
    #[error("{}: `{call}` names no file that could be hashed: write the name as a plain string", path.display())]
    Embedded {
        /// The file.
        path: PathBuf,
        /// The macro's arguments.
        call: String,
    },
    /// What computes reaches something that its key does not cover.
    #[error("{}: it reaches {what}, which is in no key: move what computes into the folder", path.display())]
    Reaches {
        /// The file.
        path: PathBuf,
        /// What it reaches.
        what: String,
    },
    /// A keyed crate that depends on one that is not, or a section on another.
    #[error("{keyed} is part of run keys and cannot depend on {other}, which is not part of them")]
    Line {
        /// The crate that computes.
        keyed: String,
        /// The crate that shows.
        other: String,
    },
    /// Two sections of one number.
    #[error("{} and {} are both Section {number}", first.display(), second.display())]
    TwoSections {
        /// One.
        first: PathBuf,
        /// The other.
        second: PathBuf,
        /// Their number.
        number: String,
    },
    /// No workspace around a folder.
    #[error("{} does not lie in a workspace with sections of a paper", folder.display())]
    Nowhere {
        /// The folder.
        folder: PathBuf,
    },
    /// No crate of a name.
    #[error("the workspace has no crate `{name}`")]
    NoCrate {
        /// The name.
        name: String,
    },
}

/// An error in words, with all that lies behind it.
pub(crate) fn told(error: &(dyn Error + 'static)) -> String {
    let sources = std::iter::successors(Some(error), |&error| error.source());
    sources.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

impl WorkspaceError {
    pub(crate) fn unreadable(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |error| Self::Unreadable { path: path.to_path_buf(), error }
    }
}
