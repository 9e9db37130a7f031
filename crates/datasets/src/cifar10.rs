//! CIFAR-10: 50 000 training images of 32 × 32 pixels in three colours, each of one of ten classes. The images are kept
//! as they lie in the official files.

use std::path::Path;

use rayon::prelude::*;

use crate::augment::PadAndCrop;
use crate::content::{self, Content};
use crate::error::{DataError, RequestError};
use crate::official::{Layout, OfficialFile};
use crate::request;
use crate::source::Source;
use crate::standardise::Standardisation;

/// Bytes of a record: a label and the pixels. The official files hold records and nothing before, between or after them.
pub(crate) const RECORD: usize = 1 + Cifar10::PIXELS;
/// Records in each of the official files.
const RECORDS_PER_FILE: usize = 10_000;

/// CIFAR-10's training images, or a stand-in of the same form.
#[derive(Debug, Clone)]
pub struct Cifar10 {
    records: Vec<u8>,
    source: Source,
    standardisation: Standardisation,
}

impl Cifar10 {
    /// The data set's name.
    pub const NAME: &'static str = "cifar-10";
    /// Classes, numbered from 0.
    pub const CLASSES: usize = 10;
    /// Colours of an image: red, green, blue.
    pub const CHANNELS: usize = 3;
    /// Pixels along each side of an image.
    pub const SIDE: usize = 32;
    /// Elements of an image: channels × height × width.
    pub const PIXELS: usize = Self::CHANNELS * Self::SIDE * Self::SIDE;
    /// The official training files. The test batch is none of them: the paper looks at the training loss only.
    pub const FILES: [OfficialFile; 5] = [
        batch(
            "cifar-10-batches-bin/data_batch_1.bin",
            "1b3fcad40d258858f510c4bcd1afcfe8c314b9ce56dd1e5497433a7084a97293",
        ),
        batch(
            "cifar-10-batches-bin/data_batch_2.bin",
            "d6e4b10488a9921e026b4d5ee9f7e3dd326e866f8b48d623538c7cef1a8ffc79",
        ),
        batch(
            "cifar-10-batches-bin/data_batch_3.bin",
            "a736d929656ecfb2eab80ea59e8573caeea112d8d60a45f4a0a4504214bdd281",
        ),
        batch(
            "cifar-10-batches-bin/data_batch_4.bin",
            "afd36c14a4d2a00e0c9eab2d984d5c1ebe5a5d7f35ce865c8d6ce74275afb0eb",
        ),
        batch(
            "cifar-10-batches-bin/data_batch_5.bin",
            "fc1cbe676c343edd20366fde0b046aa5251665fe07c5bc068044656a5e5d45eb",
        ),
    ];

    /// The real training images, if the data folder has them.
    ///
    /// # Errors
    /// When some of the files are missing, or one differs from the official one; the error names it.
    pub fn find(data: Option<&Path>) -> Result<Option<Self>, DataError> {
        data.filter(|data| is_there(data)).map(Self::open).transpose()
    }

    /// The real training images in the data folder.
    ///
    /// # Errors
    /// When a file is missing or differs from the official one; the error names it.
    pub fn open(data: &Path) -> Result<Self, DataError> {
        let mut records = Vec::with_capacity(Self::FILES.len() * RECORDS_PER_FILE * RECORD);
        for file in Self::FILES {
            records.extend(file.read(data)?);
        }
        Ok(Self::from_records(records, Source::Real))
    }

    /// What a run's key says of this data set, given the data folder: the hash of its content, or `stand-in` where
    /// there are no real images. Reads the files without keeping them.
    ///
    /// # Errors
    /// As for [`Cifar10::find`].
    pub fn fingerprint(data: Option<&Path>) -> Result<String, DataError> {
        let Some(data) = data.filter(|data| is_there(data)) else { return Ok(content::of_stand_in()) };
        Self::FILES.par_iter().try_for_each(|file| file.read(data).map(drop))?;
        Ok(joined(Source::Real, Self::FILES.len() * RECORDS_PER_FILE, &Self::FILES.map(|file| file.hash())))
    }

    /// From records of one label byte and 3072 pixels, known to be sound.
    pub(crate) fn from_records(records: Vec<u8>, source: Source) -> Self {
        let images = records.par_chunks_exact(RECORD).map(|record| &record[1..]);
        let standardisation = Standardisation::over(images, Self::CHANNELS);
        Self { records, source, standardisation }
    }

    /// Real or a stand-in.
    pub fn source(&self) -> Source {
        self.source
    }

    /// The number of images.
    pub fn images(&self) -> usize {
        self.records.len() / RECORD
    }

    /// The 3072 pixels of an image: red, green, blue, each 32 rows of 32; `None` beyond the last image.
    pub fn pixels(&self, index: usize) -> Option<&[u8]> {
        self.record(index).map(|record| &record[1..])
    }

    /// The class of an image, 0 to 9; `None` beyond the last image.
    pub fn label(&self, index: usize) -> Option<usize> {
        self.record(index).map(|record| usize::from(record[0]))
    }

    fn record(&self, index: usize) -> Option<&[u8]> {
        self.records.chunks_exact(RECORD).nth(index)
    }

    /// Mean and standard deviation of the channels, over these images.
    pub fn standardisation(&self) -> &Standardisation {
        &self.standardisation
    }

    /// BLAKE3 of name, source, shape, labels and pixels, in hexadecimal digits.
    pub fn content_hash(&self) -> String {
        let files = self.records.par_chunks(RECORDS_PER_FILE * RECORD);
        joined(self.source, self.images(), &files.map(blake3::hash).collect::<Vec<_>>())
    }

    /// The classes of some images.
    ///
    /// # Errors
    /// When an image does not exist.
    pub fn labels(&self, indices: &[usize]) -> Result<Vec<usize>, RequestError> {
        request::exist(indices, self.images())?;
        Ok(indices.iter().filter_map(|index| self.label(*index)).collect())
    }

    /// Fills `out` (images × 3 × 32 × 32) with the standardised images of these indices.
    ///
    /// # Errors
    /// When an image does not exist or `out` has another length.
    pub fn fill(&self, indices: &[usize], out: &mut [f32]) -> Result<(), RequestError> {
        self.fill_with(indices, out, |_, pixels, out| self.standardisation.fill(pixels, out))
    }

    /// The same for images padded and cropped at random, as drawn for this iteration.
    ///
    /// # Errors
    /// When an image does not exist or `out` has another length.
    pub fn fill_augmented(
        &self,
        augmentation: &PadAndCrop,
        iteration: u64,
        indices: &[usize],
        out: &mut [f32],
    ) -> Result<(), RequestError> {
        self.fill_with(indices, out, |index, pixels, out| {
            augmentation.fill(&self.standardisation, Self::SIDE, pixels, [iteration, index as u64], out);
        })
    }

    /// Applies `one` to index, pixels and room of each image.
    fn fill_with(
        &self,
        indices: &[usize],
        out: &mut [f32],
        one: impl Fn(usize, &[u8], &mut [f32]) + Sync,
    ) -> Result<(), RequestError> {
        request::exist(indices, self.images())?;
        request::fits("images", out.len(), indices.len(), Self::PIXELS)?;
        let rooms = out.par_chunks_exact_mut(Self::PIXELS);
        rooms.zip(indices).with_min_len(16).for_each(|(out, index)| {
            let record = &self.records[index * RECORD..][..RECORD];
            one(*index, &record[1..], out);
        });
        Ok(())
    }
}

/// One of the official files.
const fn batch(path: &'static str, blake3: &'static str) -> OfficialFile {
    let bytes = (RECORDS_PER_FILE * RECORD) as u64;
    OfficialFile { set: Cifar10::NAME, path, bytes, layout: Layout::Bytes, blake3 }
}

/// Whether any of the files is there: if only some are, the others are missed.
fn is_there(data: &Path) -> bool {
    Cifar10::FILES.iter().any(|file| file.exists(data))
}

/// The hash of the hashes of blocks of records: blocks can be hashed side by side.
fn joined(source: Source, images: usize, blocks: &[blake3::Hash]) -> String {
    let shape = [images, Cifar10::CHANNELS, Cifar10::SIDE, Cifar10::SIDE];
    let mut content = Content::of(Cifar10::NAME, source, &shape);
    blocks.iter().for_each(|block| content.add(block.as_bytes()));
    content.finish()
}

#[cfg(test)]
mod tests;
