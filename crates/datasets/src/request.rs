//! Checks that every request for a batch shares.

use crate::error::RequestError;

/// Checks that all images exist.
pub(crate) fn exist(indices: &[usize], images: usize) -> Result<(), RequestError> {
    match indices.iter().find(|index| **index >= images) {
        Some(index) => Err(RequestError::NoSuchImage { index: *index, images }),
        None => Ok(()),
    }
}

/// Checks that a buffer has room for exactly `count` pieces of `each` elements.
pub(crate) fn fits(what: &'static str, given: usize, count: usize, each: usize) -> Result<(), RequestError> {
    let needed = count.saturating_mul(each);
    if given == needed { Ok(()) } else { Err(RequestError::Room { what, needed, given }) }
}
