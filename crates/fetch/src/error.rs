//! Why a data set cannot be had, and what to do about it.

use runner::told;
use std::error::Error;
use std::io;
use std::path::PathBuf;

use runner::LockError;

/// Why a command on the data sets stopped.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// No data set has this name.
    #[error("no data set `{name}`")]
    Unknown {
        /// The name.
        name: String,
        /// The names that there are, with a suggestion.
        advice: String,
    },
    /// The catalogue cannot be read.
    #[error("cannot read {}", .path.display())]
    NoCatalogue {
        /// Where it belongs.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The catalogue is no catalogue.
    #[error("data/datasets.toml is malformed")]
    Malformed(#[source] Box<toml::de::Error>),
    /// The catalogue lacks something.
    #[error("data/datasets.toml: {set}: {what}")]
    Incomplete {
        /// The data set.
        set: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The folder to import from cannot be read.
    #[error("cannot read {}", .path.display())]
    Unreadable {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The folder to import from has nothing of a data set.
    #[error("no file of a data set below {}", .path.display())]
    NothingFound {
        /// The folder.
        path: PathBuf,
        /// The official archives.
        archives: String,
    },
    /// Something cannot be written.
    #[error("cannot bring a file to its place")]
    Unwritable(#[source] io::Error),
    /// What comes cannot be written.
    #[error("cannot write {}", .path.display())]
    PartUnwritable {
        /// The part of the archive that came.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// No address has the archive.
    #[error("{}", .reasons.iter().map(|reason| told(reason)).collect::<Vec<_>>().join("; "))]
    Unavailable {
        /// What each address answered.
        reasons: Vec<TransferError>,
        /// The best address.
        address: String,
        /// Whether some of it came.
        kept: bool,
    },
    /// The archive is another one than the official.
    #[error("{archive} as it came is not the official one")]
    NotOfficial {
        /// Its name.
        archive: String,
        /// The best address.
        address: String,
        /// How that shows.
        source: ArchiveError,
    },
    /// Another process fetches, and there is no waiting for it.
    #[error(transparent)]
    Lock(#[from] LockError),
}

impl FetchError {
    /// What to do about it.
    pub fn advice(&self) -> Option<String> {
        let by_hand = |address: &str| {
            format!(
                "download it by hand from {address} and run cargo xtask data import DIR with the folder it is in"
            )
        };
        Some(match self {
            Self::Unknown { advice, .. } => advice.clone(),
            Self::NoCatalogue { .. } => "it belongs to the repository: restore it from there".to_owned(),
            Self::Malformed(_) | Self::Incomplete { .. } => "its header explains the fields".to_owned(),
            Self::Unreadable { .. } => "name the folder that the files are in".to_owned(),
            Self::NothingFound { archives, .. } => {
                format!("files are recognised by content, under any name; so are the archives {archives}")
            }
            Self::Unwritable(_) => {
                "make room there, or set REPRO_DATA_DIR to another folder; an archive is kept, nothing comes twice"
                    .to_owned()
            }
            Self::PartUnwritable { .. } => format!("make room there{GOES_ON}"),
            Self::Unavailable { address, kept, .. } => {
                format!("{}{}", by_hand(address), if *kept { GOES_ON } else { "" })
            }
            Self::NotOfficial { address, .. } => {
                format!("fetch it again; if that does not help, {}", by_hand(address))
            }
            Self::Lock(_) => return None,
        })
    }

    /// Whether the input was wrong, so that nothing was begun.
    pub fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::Unknown { .. } | Self::Malformed(_) | Self::Incomplete { .. } | Self::Unreadable { .. }
        )
    }
}

const GOES_ON: &str = "; what came so far is kept, and fetching again goes on from there";

/// Why an address does not give the archive.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// No answer came.
    #[error("cannot reach {address}")]
    Unreachable {
        /// The address.
        address: String,
        /// Why.
        source: Box<ureq::Error>,
    },
    /// The transfer broke off again and again.
    #[error("{address} broke off {times} times without getting further")]
    Stuck {
        /// The address.
        address: String,
        /// How often in a row.
        times: u32,
        /// How it broke off last.
        source: Break,
    },
    /// The server does not have it.
    #[error("{address} answers with status {status}")]
    Status {
        /// The address.
        address: String,
        /// The status of its answer.
        status: u16,
    },
    /// The server has something else.
    #[error("{address} has {found} bytes where {official} belong: another file")]
    OtherSize {
        /// The address.
        address: String,
        /// The size of what it has.
        found: u64,
        /// The size of the official archive.
        official: u64,
    },
}

/// How a transfer broke off; another attempt may go on.
#[derive(Debug, thiserror::Error)]
pub enum Break {
    /// No answer came.
    #[error("no answer")]
    NoAnswer(#[source] Box<ureq::Error>),
    /// The connection failed.
    #[error("the transfer broke off")]
    Connection(#[source] io::Error),
    /// The server ended it.
    #[error("the transfer ended early")]
    Early,
    /// The server sent more than it announced.
    #[error("more came than was announced")]
    TooMuch,
    /// The server cannot send the rest alone.
    #[error("the server cannot go on after {0} bytes")]
    NotResumable(u64),
}

/// What is wrong with an archive.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// It has another hash than the official one.
    #[error("its SHA-256 is {found} where {official} belongs")]
    Hash {
        /// Its hash.
        found: String,
        /// That of the official one.
        official: String,
    },
    /// It cannot be unpacked.
    #[error("it is damaged")]
    Damaged(#[source] Box<dyn Error + Send + Sync>),
    /// A file is not in it.
    #[error("no {0} in it")]
    Lacks(String),
    /// A file in it is another one.
    #[error("its {file} differs from the official one")]
    Different {
        /// The file.
        file: String,
        /// In what.
        source: datasets::Difference,
    },
}

impl ArchiveError {
    /// Whether it says that a file of this name is another one.
    pub(crate) fn is_of(&self, name: &str) -> bool {
        matches!(self, Self::Different { file, .. } if file == name)
    }
}
