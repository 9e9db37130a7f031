//! The files of the data sets as they are officially handed out, and the one decision whether a file on disk is one of
//! them: the BLAKE3 hash of what it holds. Only what passes is ever called real.

use std::borrow::Cow;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use crate::error::{DataError, Difference};
use crate::stack;

/// A file of a data set as it is officially handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfficialFile {
    /// The data set, as `cargo xtask data` calls it.
    pub set: &'static str,
    /// Its place below the data folder; its name is also its name in the archive.
    pub path: &'static str,
    /// Its size as handed out.
    pub bytes: u64,
    /// How it holds its content.
    pub layout: Layout,
    /// BLAKE3 of its content, in hexadecimal digits.
    pub blake3: &'static str,
}

/// How a file holds its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// The content are the bytes of the file.
    Bytes,
    /// The content are grey levels of 8 bits, `pages × side × side`, in a TIFF file of whatever compression.
    Stack {
        /// Number of images.
        pages: usize,
        /// Rows of an image, and pixels in a row.
        side: usize,
    },
}

impl OfficialFile {
    /// A size that no file with the right content exceeds: compressed stacks are smaller, and metadata takes little room.
    pub fn most_bytes(&self) -> u64 {
        match self.layout {
            Layout::Bytes => self.bytes,
            Layout::Stack { .. } => 2 * self.bytes,
        }
    }

    /// The content of a file with these bytes, if it is the official content.
    ///
    /// # Errors
    /// What is different.
    pub fn content<'a>(&self, file: &'a [u8]) -> Result<Cow<'a, [u8]>, Difference> {
        self.check_size(file.len() as u64)?;
        let content = match self.layout {
            Layout::Bytes => Cow::Borrowed(file),
            Layout::Stack { pages, side } => Cow::Owned(stack::decode(file, pages, side)?),
        };
        if blake3::hash(&content) == self.hash() { Ok(content) } else { Err(Difference::Content) }
    }

    /// The content of the file in the data folder.
    ///
    /// # Errors
    /// When it is missing, cannot be read or does not have the official content.
    pub fn read(&self, data: &Path) -> Result<Vec<u8>, DataError> {
        let path = data.join(self.path);
        let different = |source| DataError::Different { file: path.clone(), set: self.set, source };
        let unreadable = |source: std::io::Error| match source.kind() {
            ErrorKind::NotFound => DataError::Missing { file: path.clone(), set: self.set },
            _ => DataError::Unreadable { file: path.clone(), set: self.set, source },
        };
        // Before it is read, so that a wrong file cannot fill the memory.
        self.check_size(fs::metadata(&path).map_err(unreadable)?.len()).map_err(different)?;
        let file = fs::read(&path).map_err(unreadable)?;
        let decoded = match self.content(&file).map_err(different)? {
            Cow::Owned(decoded) => Some(decoded),
            Cow::Borrowed(_) => None,
        };
        Ok(decoded.unwrap_or(file))
    }

    /// Whether it is in the data folder, right or wrong.
    pub(crate) fn exists(&self, data: &Path) -> bool {
        data.join(self.path).exists()
    }

    /// BLAKE3 of its content.
    pub(crate) fn hash(&self) -> blake3::Hash {
        blake3::Hash::from_hex(self.blake3).expect("it was written as 64 hexadecimal digits")
    }

    fn check_size(&self, found: u64) -> Result<(), Difference> {
        let fits = match self.layout {
            Layout::Bytes => found == self.bytes,
            Layout::Stack { .. } => found <= self.most_bytes(),
        };
        if fits { Ok(()) } else { Err(Difference::Size { found, official: self.bytes }) }
    }
}

#[cfg(test)]
mod tests;
