//! How a data set stands: which of its files are there, and whether they are the official ones.

use std::fmt;
use std::path::Path;

use datasets::{DataError, OfficialFile};

use crate::catalogue::DataSet;

/// How the files of a data set stand.
#[derive(Debug)]
pub struct SetStatus<'a> {
    /// The data set.
    pub set: &'a DataSet,
    files: Vec<Result<(), DataError>>,
}

impl<'a> SetStatus<'a> {
    /// Looks into the files in the data folder.
    pub fn of(set: &'a DataSet, data: &Path) -> Self {
        Self { set, files: set.files.iter().map(|file| file.read(data).map(drop)).collect() }
    }

    /// The files that have the official content; `Err` says why another does not.
    pub fn files(&self) -> impl Iterator<Item = (&'a OfficialFile, &Result<(), DataError>)> {
        self.set.files.iter().zip(&self.files)
    }

    /// The files that are to be brought in.
    pub fn wanted(&self) -> Vec<&'a OfficialFile> {
        self.files().filter(|(_, status)| status.is_err()).map(|(file, _)| file).collect()
    }

    /// How many files are not there.
    pub fn missing(&self) -> usize {
        self.files.iter().filter(|status| matches!(status, Err(DataError::Missing { .. }))).count()
    }

    /// How many files are there and are not the official ones.
    pub fn wrong(&self) -> usize {
        self.files.iter().filter(|status| status.is_err()).count() - self.missing()
    }

    /// Whether the set is there and is the one that the paper names.
    pub fn is_real(&self) -> bool {
        self.files.iter().all(Result::is_ok)
    }
}

impl fmt::Display for SetStatus<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (all, missing, wrong) = (self.files.len(), self.missing(), self.wrong());
        match (missing, wrong) {
            (_, 1..) => write!(formatter, "{wrong} of {all} files wrong"),
            (missing, 0) if missing == all => formatter.write_str("not here"),
            (1.., 0) => write!(formatter, "{missing} of {all} files missing"),
            (0, 0) => formatter.write_str("here, verified"),
        }
    }
}
