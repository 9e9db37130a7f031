//! A file of a data set, which every failure names together with what to do about it.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use crate::failure::{Damage, Failure, Where};

/// A file of a data set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DataFile<'a> {
    /// The data set, as `cargo xtask data` calls it.
    pub set: &'static str,
    /// Where it is.
    pub path: &'a Path,
}

impl DataFile<'_> {
    /// Opens it.
    ///
    /// # Errors
    /// When it is missing or cannot be opened.
    pub fn open(&self) -> Result<File, Failure> {
        File::open(self.path).map_err(|cause| match cause.kind() {
            ErrorKind::NotFound => Failure::Missing { file: self.path.to_path_buf(), set: self.set },
            _ => self.unreadable(cause),
        })
    }

    /// Its whole content, whose length is bounded so that a wrong file cannot fill the memory.
    ///
    /// # Errors
    /// When it is missing, unreadable or longer than `most` bytes.
    pub fn read(&self, most: usize) -> Result<Vec<u8>, Failure> {
        let file = self.open()?;
        let length = file.metadata().map_or(0, |metadata| metadata.len()).min(most as u64);
        let mut content = Vec::with_capacity(length as usize + 1);
        let read = file.take(most as u64 + 1).read_to_end(&mut content);
        read.map_err(|cause| self.unreadable(cause))?;
        if content.len() > most {
            let what = format!("the file goes on, although at most {most} bytes belong in it");
            return Err(self.damaged(Damage { place: Where::Byte(most as u64), what }));
        }
        Ok(content)
    }

    /// The failure that names this file.
    pub fn damaged(&self, damage: Damage) -> Failure {
        Failure::Damaged { file: self.path.to_path_buf(), set: self.set, damage }
    }

    /// The failure that names this file and what the system says.
    pub fn unreadable(&self, cause: std::io::Error) -> Failure {
        Failure::Unreadable { file: self.path.to_path_buf(), set: self.set, cause }
    }
}
