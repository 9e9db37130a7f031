//! What can go wrong: files that cannot be used ([`DataError`]), and requests that make no sense ([`RequestError`]).

use std::io;
use std::path::PathBuf;

use thiserror::Error;
use tiff::{ColorType, TiffError};

/// Why a data set cannot be read. The message names the file, and `cargo xtask data verify` says what to do.
#[derive(Debug, Error)]
pub enum DataError {
    /// A file is not there, although others of its set may be.
    #[error("{} is missing: `cargo xtask data fetch {set}` gets it, `cargo xtask data import DIR` takes it from disk", .file.display())]
    Missing {
        /// The file.
        file: PathBuf,
        /// The data set, as `cargo xtask data` calls it.
        set: &'static str,
    },
    /// The system does not let it be read.
    #[error("{} of {set} cannot be read", .file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// The data set.
        set: &'static str,
        /// What the system says.
        source: io::Error,
    },
    /// It does not hold what the official file holds, so that nothing found on it would be a finding about the real data.
    #[error("{} differs from the official file of {set}, so that it is no real data", .file.display())]
    Different {
        /// The file.
        file: PathBuf,
        /// The data set.
        set: &'static str,
        /// In what.
        source: Difference,
    },
}

/// In what a file differs from the official one.
#[derive(Debug, Error)]
pub enum Difference {
    /// Another size.
    #[error("{found} bytes where {official} belong")]
    Size {
        /// The size of the file.
        found: u64,
        /// That of the official one.
        official: u64,
    },
    /// A page that cannot be decoded.
    #[error("page {page} of the TIFF file cannot be decoded")]
    Tiff {
        /// The page, counted from 1.
        page: usize,
        /// Why.
        source: TiffError,
    },
    /// A page of another shape.
    #[error(
        "page {page} has {width} × {height} pixels of {colours:?} where {side} × {side} of Gray(8) belong"
    )]
    Shape {
        /// The page, counted from 1.
        page: usize,
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
        /// What a pixel is.
        colours: ColorType,
        /// Rows of an official page, and pixels in a row.
        side: usize,
    },
    /// Another number of pages.
    #[error("{found} pages{} where {official} belong", if found > official { " or more" } else { "" })]
    Pages {
        /// Where counting ended.
        found: usize,
        /// The number that belongs there.
        official: usize,
    },
    /// The right size and shape, and something else in it.
    #[error("the right size, another content")]
    Content,
}

/// Why a request is refused before any work.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum RequestError {
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

impl RequestError {
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
