//! What can go wrong: files that cannot be used ([`Failure`]), and requests that make no sense ([`Refused`]).

use std::fmt;
use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why a data set cannot be read. The message names the file, the place in it, and what to do.
#[derive(Debug, Error)]
pub enum Failure {
    /// A file is not there, although others of its set may be.
    #[error("{} is missing: `cargo xtask data fetch {set}` gets it, `cargo xtask data import DIR` takes it from disk", .file.display())]
    Missing {
        /// The file.
        file: PathBuf,
        /// The data set, as `cargo xtask data` calls it.
        set: &'static str,
    },
    /// The system does not let it be read.
    #[error("{} cannot be read ({cause}): check that it is a file and its permissions, then run `cargo xtask data verify {set}`", .file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// The data set.
        set: &'static str,
        /// What the system says.
        cause: io::Error,
    },
    /// It holds something else than it should.
    #[error("{}, {damage}: `cargo xtask data verify {set}` checks it, `cargo xtask data fetch {set}` replaces it", .file.display())]
    Damaged {
        /// The file.
        file: PathBuf,
        /// The data set.
        set: &'static str,
        /// Where and what.
        damage: Damage,
    },
}

/// What is wrong with the content of a file, and where.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{place}: {what}")]
pub struct Damage {
    /// Where.
    pub place: Where,
    /// What is there, and what belongs there.
    pub what: String,
}

/// A place in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Where {
    /// At this byte, counted from 0.
    Byte(u64),
    /// On this page of an image stack, counted from 1.
    Page(usize),
}

impl fmt::Display for Where {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Byte(offset) => write!(formatter, "byte {offset}"),
            Self::Page(page) => write!(formatter, "page {page}"),
        }
    }
}

/// Why a request is refused before any work.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum Refused {
    /// A count outside its range.
    #[error("{what} must be from {least} to {most}, not {given}")]
    Count {
        /// What is counted.
        what: &'static str,
        /// The smallest allowed.
        least: usize,
        /// The largest allowed.
        most: usize,
        /// What was asked for.
        given: usize,
    },
    /// The displacements of a warp have no such standard deviation.
    #[error("the standard deviation of displacements must be finite and at least 0, not {given}")]
    Displacement {
        /// What was asked for, in pixels.
        given: f64,
    },
    /// An image that is not there.
    #[error("image {index} is asked for, but the data set has {images}, counted from 0")]
    NoSuchImage {
        /// The image asked for.
        index: usize,
        /// How many there are.
        images: usize,
    },
    /// A buffer of the wrong length.
    #[error("{what} need room for {needed} elements, not {given}")]
    Room {
        /// What is to be written.
        what: &'static str,
        /// The elements to be written.
        needed: usize,
        /// The length of the buffer.
        given: usize,
    },
}

impl Refused {
    /// The count, if it lies in the range.
    pub(crate) fn unless_within(
        what: &'static str,
        given: usize,
        least: usize,
        most: usize,
    ) -> Result<usize, Self> {
        if (least..=most).contains(&given) {
            Ok(given)
        } else {
            Err(Self::Count { what, least, most, given })
        }
    }
}
