//! Why a data set cannot be had, and what to do about it.

use std::error::Error;
use std::io;

use runner::{CommandError, FileError};

/// What to do where a transfer ended early.
pub(crate) const GOES_ON: &str = "; what came so far is kept, and fetching again goes on from there";

/// What to do where an address, the best one, does not give the archive.
pub(crate) fn by_hand(address: &str) -> String {
    format!("download it by hand from {address} and run cargo xtask data import DIR with the folder it is in")
}

/// A file of a data set that cannot be written where it belongs.
pub(crate) fn unwritable(error: FileError) -> CommandError {
    let advice =
        "make room there, or set REPRO_DATA_DIR to another folder; an archive is kept, nothing comes twice";
    CommandError::failed("cannot bring a file to its place").because(error).advise(advice)
}

/// A part of an archive that cannot be written as it comes.
pub(crate) fn part_unwritable(error: FileError) -> CommandError {
    CommandError::from(error).advise(format!("make room there{GOES_ON}"))
}

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
