//! Images made in code, for where real data is missing. They have the form of the real ones and enough of their
//! character that every step of the way can be taken on them, and they say what they are: their
//! [`source`](crate::Source) is a stand-in, and so is whatever is found on them.

mod cells;
mod scenes;
mod spectrum;
mod tissue;

use crate::cifar10::{Cifar10, RECORD};
use crate::error::RequestError;
use crate::isbi2012::Isbi2012;
use crate::source::Source;

/// More than this is no stand-in but a mistake: 3 GB of images.
const MOST_IMAGES: usize = 1_000_000;
const MOST_PAGES: usize = 1000;
/// Smaller pages have no room for a cell, larger ones no use.
const SIZES: [usize; 2] = [16, 4096];

/// A stand-in for CIFAR-10: 32 × 32 pixels in three colours, ten classes of as many images each (the first of them have
/// one more where ten does not divide), in random order.
///
/// An image is a random field whose power falls with the square of the spatial frequency, as that of natural images
/// does, with a pattern of its class added that is as broad as the image and much weaker than the field.
///
/// # Errors
/// When there are no images, or more than a million.
pub fn cifar10(seed: u64, images: usize) -> Result<Cifar10, RequestError> {
    RequestError::unless_within("the images of a stand-in", images, 1, MOST_IMAGES)?;
    let mut records = vec![0; images * RECORD];
    scenes::fill(seed, &mut records);
    Ok(Cifar10::from_records(records, Source::StandIn))
}

/// A stand-in for ISBI 2012: pages of `size` × `size` pixels with labels for their pixels, independent of each other.
///
/// Cells with wavy borders tile the page. Their borders are dark, of varying contrast, and labelled as membrane, 22 % of
/// every page as in the real stack; organelles, which are as dark, are not.
///
/// # Errors
/// When there are no pages or more than 1000, or the size is not from 16 to 4096.
pub fn isbi(seed: u64, pages: usize, size: usize) -> Result<Isbi2012, RequestError> {
    RequestError::unless_within("the pages of a stand-in", pages, 1, MOST_PAGES)?;
    RequestError::unless_within("the size of a stand-in's pages", size, SIZES[0], SIZES[1])?;
    let mut pixels = vec![0; pages * size * size];
    let mut labels = vec![0; pages * size * size];
    tissue::fill(seed, size, &mut pixels, &mut labels)?;
    Ok(Isbi2012::from_stacks(size, pixels, labels, Source::StandIn))
}

#[cfg(test)]
mod tests;
