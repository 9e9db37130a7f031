//! Why a data set cannot be had, and what to do about it.

use std::error::Error;
use std::io;
use std::path::PathBuf;

use runner::{FileError, told};

/// Why a command on the data sets stopped.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// No data set has this name; the names that there are, with a suggestion.
    #[error("no data set `{0}`")]
    Unknown(String, String),
    /// The catalogue cannot be read.
    #[error(transparent)]
    NoCatalogue(FileError),
    /// The catalogue is no catalogue.
    #[error("data/datasets.toml is malformed")]
    Malformed(#[source] Box<toml::de::Error>),
    /// The catalogue lacks something: the data set, and what is wrong with it.
    #[error("data/datasets.toml: {0}: {1}")]
    Incomplete(String, &'static str),
    /// The folder to import from cannot be read.
    #[error(transparent)]
    Unreadable(FileError),
    /// The folder to import from has nothing of a data set; the official archives.
    #[error("no file of a data set below {}", .0.display())]
    NothingFound(PathBuf, String),
    /// Something cannot be written, or one that came not removed.
    #[error("cannot bring a file to its place")]
    Unwritable(#[source] FileError),
    /// What comes cannot be written.
    #[error(transparent)]
    PartUnwritable(FileError),
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
    Lock(FileError),
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
            Self::Unknown(_, advice) => advice.clone(),
            Self::NoCatalogue(_) => "it belongs to the repository: restore it from there".to_owned(),
            Self::Malformed(_) | Self::Incomplete(..) => "its header explains the fields".to_owned(),
            Self::Unreadable(_) => "name the folder that the files are in".to_owned(),
            Self::NothingFound(_, archives) => {
                format!("files are recognised by content, under any name; so are the archives {archives}")
            }
            Self::Unwritable(_) => {
                "make room there, or set REPRO_DATA_DIR to another folder; an archive is kept, nothing comes twice"
                    .to_owned()
            }
            Self::PartUnwritable(_) => format!("make room there{GOES_ON}"),
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
        matches!(self, Self::Unknown(..) | Self::Malformed(_) | Self::Incomplete(..) | Self::Unreadable(_))
    }
}

const GOES_ON: &str = "; what came so far is kept, and fetching again goes on from there";

/// Why an address does not give the archive.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// No answer came.
    #[error("cannot reach {0}")]
    Unreachable(String, #[source] Box<ureq::Error>),
    /// The transfer broke off again and again: how often in a row, and how it did last.
    #[error("{0} broke off {1} times without getting further")]
    Stuck(String, u32, #[source] Break),
    /// The server does not have it: the status of its answer.
    #[error("{0} answers with status {1}")]
    Status(String, u16),
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
    NoAnswer(#[from] Box<ureq::Error>),
    /// The connection failed.
    #[error("the transfer broke off")]
    Connection(#[from] io::Error),
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
    /// A file in it is another one, and in what.
    #[error("its {0} differs from the official one")]
    Different(String, #[source] datasets::Difference),
}
