//! CIFAR-10: 50 000 training images of 32 × 32 pixels in three colours, each of one of ten classes. The images are kept
//! as they lie in the official files.

mod records;

use std::path::Path;

use rayon::prelude::*;

use crate::augment::PadAndCrop;
use crate::content::{self, Content};
use crate::failure::{Failure, Refused};
use crate::file::DataFile;
use crate::request;
use crate::source::Source;
use crate::standardise::Standardisation;

pub(crate) use records::RECORD;
use records::Stopped;

/// Where the official files lie in the data folder.
const FOLDER: &str = "cifar-10-batches-bin";
/// The official training files and the records in each.
const FILES: [&str; 5] =
    ["data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"];
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

    /// The real training images, if the data folder has them.
    ///
    /// # Errors
    /// When some of the files are missing, or one holds something else; the message names file, byte and remedy.
    pub fn find(data: Option<&Path>) -> Result<Option<Self>, Failure> {
        data.filter(|data| is_there(data)).map(Self::open).transpose()
    }

    /// The real training images in the data folder.
    ///
    /// # Errors
    /// When a file is missing or holds something else; the message names file, byte and remedy.
    pub fn open(data: &Path) -> Result<Self, Failure> {
        Ok(Self::from_records(read_all(data, RECORDS_PER_FILE)?, Source::Real))
    }

    /// What a run's key says of this data set, given the data folder: the hash of its content, or `stand-in` where
    /// there are no real images. Reads the files without keeping them.
    ///
    /// # Errors
    /// As for [`Cifar10::find`].
    pub fn fingerprint(data: Option<&Path>) -> Result<String, Failure> {
        match data.filter(|data| is_there(data)) {
            Some(data) => fingerprint(data, RECORDS_PER_FILE),
            None => Ok(content::of_stand_in()),
        }
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
        hash(self.source, &self.records, RECORDS_PER_FILE)
    }

    /// The classes of some images.
    ///
    /// # Errors
    /// When an image does not exist.
    pub fn labels(&self, indices: &[usize]) -> Result<Vec<usize>, Refused> {
        request::exist(indices, self.images())?;
        Ok(indices.iter().filter_map(|index| self.label(*index)).collect())
    }

    /// Fills `out` (images × 3 × 32 × 32) with the standardised images of these indices.
    ///
    /// # Errors
    /// When an image does not exist or `out` has another length.
    pub fn fill(&self, indices: &[usize], out: &mut [f32]) -> Result<(), Refused> {
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
    ) -> Result<(), Refused> {
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
    ) -> Result<(), Refused> {
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

/// Whether any of the files is there: if only some are, the others are missed.
fn is_there(data: &Path) -> bool {
    FILES.iter().any(|file| data.join(FOLDER).join(file).exists())
}

/// Hands the records of a file, one of the five, to `take` in order.
fn read(data: &Path, name: &str, records_per_file: usize, take: impl FnMut(&[u8])) -> Result<(), Failure> {
    let path = data.join(FOLDER).join(name);
    let file = DataFile { set: Cifar10::NAME, path: &path };
    records::read(file.open()?, records_per_file, take).map_err(|stopped| match stopped {
        Stopped::Unreadable(cause) => file.unreadable(cause),
        Stopped::Damaged(damage) => file.damaged(damage),
    })
}

/// The records of all five files.
fn read_all(data: &Path, records_per_file: usize) -> Result<Vec<u8>, Failure> {
    let mut records = Vec::with_capacity(FILES.len() * records_per_file * RECORD);
    for name in FILES {
        read(data, name, records_per_file, |some| records.extend_from_slice(some))?;
    }
    Ok(records)
}

/// The hash of all records in the five files, which are read side by side.
fn fingerprint(data: &Path, records_per_file: usize) -> Result<String, Failure> {
    let hash_of = |name: &&str| {
        let mut hasher = blake3::Hasher::new();
        read(data, name, records_per_file, |some| {
            hasher.update(some);
        })
        .map(|()| hasher.finalize())
    };
    let files: Vec<Result<blake3::Hash, Failure>> = FILES.par_iter().map(hash_of).collect();
    let files = files.into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(joined(Source::Real, FILES.len() * records_per_file, &files))
}

/// The hash of records, of which so many make a block: the records of a file.
fn hash(source: Source, records: &[u8], per_block: usize) -> String {
    let blocks: Vec<blake3::Hash> = records.par_chunks(per_block * RECORD).map(blake3::hash).collect();
    joined(source, records.len() / RECORD, &blocks)
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
