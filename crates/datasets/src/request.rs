//! Checks that every request for a batch shares.

use crate::failure::Refused;

/// Checks that all images exist.
pub(crate) fn exist(indices: &[usize], images: usize) -> Result<(), Refused> {
    match indices.iter().find(|index| **index >= images) {
        Some(index) => Err(Refused::NoSuchImage { index: *index, images }),
        None => Ok(()),
    }
}

/// Checks that a buffer has room for exactly `count` pieces of `each` elements.
pub(crate) fn fits(what: &'static str, given: usize, count: usize, each: usize) -> Result<(), Refused> {
    let needed = count.saturating_mul(each);
    if given == needed { Ok(()) } else { Err(Refused::Room { what, needed, given }) }
}
