//! What to do where a data set cannot be had, and what is wrong with an archive.

use std::error::Error;

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

/// What is wrong with an archive.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// It has another hash than the official one, which is the second.
    #[error("its SHA-256 is {0} where {1} belongs")]
    Hash(String, String),
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
