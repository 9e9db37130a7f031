//! ISBI 2012: 30 sections of 512 × 512 pixels through the nerve cord of a fruit-fly larva, seen by an electron
//! microscope, with a label for every pixel: membrane between cells, or inside of a cell.

use std::path::Path;

use rayon::prelude::*;

use crate::augment::Deformation;
use crate::content::{self, Content};
use crate::error::{DataError, RequestError};
use crate::official::{Layout, OfficialFile};
use crate::request;
use crate::source::Source;
use crate::standardise::Standardisation;

/// The official number of pages and their size.
const PAGES: usize = 30;
const SIZE: usize = 512;

/// The label of a membrane's pixel in the files; that of the inside of a cell is 255.
const MEMBRANE: u8 = 0;

/// The training stack of ISBI 2012, or a stand-in of the same form.
#[derive(Debug, Clone)]
pub struct Isbi2012 {
    size: usize,
    pixels: Vec<u8>,
    labels: Vec<u8>,
    source: Source,
    standardisation: Standardisation,
}

impl Isbi2012 {
    /// The data set's name.
    pub const NAME: &'static str = "isbi-2012";
    /// Classes of a pixel: 0 membrane, 1 inside of a cell.
    pub const CLASSES: usize = 2;
    /// Channels of a page: it is grey.
    pub const CHANNELS: usize = 1;
    /// The official files: the images, and the labels of their pixels.
    pub const FILES: [OfficialFile; 2] = [
        stack(
            "isbi2012/train-volume.tif",
            7_870_730,
            "4530c915f0fa284d831be8ec35bed0489e5ca06c716024d5fa199a2931f1cb0c",
        ),
        stack(
            "isbi2012/train-labels.tif",
            7_869_573,
            "20b8f748451aa170d0d36fcc9277418229c0495978ced155a8f8808020a756fd",
        ),
    ];

    /// The real stack, if the data folder has it.
    ///
    /// # Errors
    /// When one of the two files is missing, or differs from the official one; the error names it.
    pub fn find(data: Option<&Path>) -> Result<Option<Self>, DataError> {
        data.filter(|data| is_there(data)).map(Self::open).transpose()
    }

    /// The real stack in the data folder.
    ///
    /// # Errors
    /// When a file is missing or differs from the official one; the error names it.
    pub fn open(data: &Path) -> Result<Self, DataError> {
        let (pixels, labels) = read(data)?;
        Ok(Self::from_stacks(SIZE, pixels, labels, Source::Real))
    }

    /// What a run's key says of this data set, given the data folder: the hash of its content, or `stand-in` where
    /// there is no real stack.
    ///
    /// # Errors
    /// As for [`Isbi2012::find`].
    pub fn fingerprint(data: Option<&Path>) -> Result<String, DataError> {
        let Some(data) = data.filter(|data| is_there(data)) else { return Ok(content::of_stand_in()) };
        let (pixels, labels) = read(data)?;
        Ok(hash(Source::Real, SIZE, &pixels, &labels))
    }

    /// From pages of `size` × `size` pixels and their labels, 0 or 255, known to be sound.
    pub(crate) fn from_stacks(size: usize, pixels: Vec<u8>, labels: Vec<u8>, source: Source) -> Self {
        let standardisation = Standardisation::over(pixels.par_chunks_exact(size * size), Self::CHANNELS);
        Self { size, pixels, labels, source, standardisation }
    }

    /// Real or a stand-in.
    pub fn source(&self) -> Source {
        self.source
    }

    /// The number of pages.
    pub fn pages(&self) -> usize {
        self.pixels.len() / (self.size * self.size)
    }

    /// Pixels along each side of a page.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The pixels of a page, row by row; `None` beyond the last page.
    pub fn pixels(&self, page: usize) -> Option<&[u8]> {
        self.pixels.chunks_exact(self.size * self.size).nth(page)
    }

    /// The labels of a page as they are in the file, row by row: 0 membrane, 255 inside of a cell; `None` beyond the
    /// last page.
    pub fn labels(&self, page: usize) -> Option<&[u8]> {
        self.labels.chunks_exact(self.size * self.size).nth(page)
    }

    /// Mean and standard deviation of the pixels, over these pages.
    pub fn standardisation(&self) -> &Standardisation {
        &self.standardisation
    }

    /// BLAKE3 of name, source, shape, pixels and labels, in hexadecimal digits.
    pub fn content_hash(&self) -> String {
        hash(self.source, self.size, &self.pixels, &self.labels)
    }

    /// Fills `images` (pages × 1 × size × size) with standardised pages and `classes` (pages × size × size) with the
    /// classes of their pixels.
    ///
    /// # Errors
    /// When a page does not exist or a buffer has another length.
    pub fn fill(
        &self,
        pages: &[usize],
        images: &mut [f32],
        classes: &mut [usize],
    ) -> Result<(), RequestError> {
        self.fill_with(pages, self.size, images, classes, |page, images, classes| {
            let (pixels, labels) = self.page(page);
            self.standardisation.fill(pixels, images);
            classes.iter_mut().zip(labels).for_each(|(class, label)| *class = class_of(*label));
        })
    }

    /// The same for pages turned, reflected, warped and cropped at random, as drawn for this iteration; `crop` in place
    /// of `size`.
    ///
    /// # Errors
    /// When a page does not exist, a buffer has another length, or the crop is larger than a page.
    pub fn fill_augmented(
        &self,
        augmentation: &Deformation,
        iteration: u64,
        pages: &[usize],
        images: &mut [f32],
        classes: &mut [usize],
    ) -> Result<(), RequestError> {
        let crop = RequestError::unless_within("the side of a crop", augmentation.crop(), 1, self.size)?;
        let line = self.standardisation.channels()[0].line();
        self.fill_with(pages, crop, images, classes, |page, images, classes| {
            let (pixels, labels) = self.page(page);
            let deformed = augmentation.drawn(self.size, [iteration, page as u64]);
            deformed.apply(pixels, labels, |place, level, label| {
                images[place] = line.at(level);
                classes[place] = class_of(label);
            });
        })
    }

    fn page(&self, page: usize) -> (&[u8], &[u8]) {
        let place = page * self.size * self.size..(page + 1) * self.size * self.size;
        (&self.pixels[place.clone()], &self.labels[place])
    }

    /// Applies `one` to number and room of each page, `side` pixels along each side.
    fn fill_with(
        &self,
        pages: &[usize],
        side: usize,
        images: &mut [f32],
        classes: &mut [usize],
        one: impl Fn(usize, &mut [f32], &mut [usize]) + Sync,
    ) -> Result<(), RequestError> {
        request::exist(pages, self.pages())?;
        request::fits("images", images.len(), pages.len(), side * side)?;
        request::fits("classes", classes.len(), pages.len(), side * side)?;
        let rooms = images.par_chunks_exact_mut(side * side).zip(classes.par_chunks_exact_mut(side * side));
        rooms.zip(pages).for_each(|((images, classes), page)| one(*page, images, classes));
        Ok(())
    }
}

/// The class of a label.
fn class_of(label: u8) -> usize {
    usize::from(label != MEMBRANE)
}

/// One of the official files.
const fn stack(path: &'static str, bytes: u64, blake3: &'static str) -> OfficialFile {
    let layout = Layout::Stack { pages: PAGES, side: SIZE };
    OfficialFile { set: Isbi2012::NAME, path, bytes, layout, blake3 }
}

/// Whether one of the files is there: if only one is, the other is missed.
fn is_there(data: &Path) -> bool {
    Isbi2012::FILES.iter().any(|file| file.exists(data))
}

/// The official pixels and labels.
fn read(data: &Path) -> Result<(Vec<u8>, Vec<u8>), DataError> {
    let [images, labels] = Isbi2012::FILES;
    let (pixels, labels) = rayon::join(|| images.read(data), || labels.read(data));
    Ok((pixels?, labels?))
}

fn hash(source: Source, size: usize, pixels: &[u8], labels: &[u8]) -> String {
    let shape = [pixels.len() / (size * size), Isbi2012::CHANNELS, size, size];
    let mut content = Content::of(Isbi2012::NAME, source, &shape);
    content.add(pixels);
    content.add(labels);
    content.finish()
}

#[cfg(test)]
mod tests;
