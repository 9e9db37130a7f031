//! What counts as a section's result: a folder whose `provenance.json` can be read and whose files are the ones that it
//! names, byte for byte. The provenance is written last, so a folder that a killed process left between two results fits
//! neither of them and is none. Results of this reproduction come before adopted records.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::{FileError, Provenance};

/// Where a section's result comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Computed by this reproduction.
    Fresh,
    /// Adopted earlier.
    Recorded,
}

/// A section's result, whole.
#[derive(Debug, Clone, PartialEq)]
pub struct SectionResult {
    /// Where it comes from.
    pub state: State,
    /// The folder that holds its files.
    pub folder: PathBuf,
    /// How they came about.
    pub provenance: Provenance,
}

/// Why a folder is no result.
#[derive(Debug, thiserror::Error)]
pub enum ResultError {
    /// A file is missing or cannot be read.
    #[error(transparent)]
    Unreadable(#[from] FileError),
    /// The provenance is none; where and why.
    #[error("{} is damaged", .0.display())]
    Damaged(PathBuf, #[source] serde_json::Error),
    /// A file has another content than the provenance says.
    #[error("{} is not the file that was made", .0.display())]
    Changed(PathBuf),
}

/// The provenance of the result in a folder, if that is one: every file is read and held against its checksum.
///
/// # Errors
/// The first reason why the folder is no result.
pub fn read(folder: &Path) -> Result<Provenance, ResultError> {
    let read = |path: &Path| fs::read(path).map_err(FileError::of("read", path));
    let path = folder.join("provenance.json");
    let provenance: Provenance =
        serde_json::from_slice(&read(&path)?).map_err(|error| ResultError::Damaged(path, error))?;
    for (name, checksum) in &provenance.outputs {
        let path = folder.join(name);
        if blake3::hash(&read(&path)?).to_hex().as_str() != checksum {
            return Err(ResultError::Changed(path));
        }
    }
    Ok(provenance)
}

/// The result of the section whose folders are called `slug`: the one below `generated`, else its record. Beside it, why
/// a folder of that name was passed over.
pub fn find(slug: &str, generated: &Path, records: &Path) -> (Option<SectionResult>, Vec<ResultError>) {
    let mut passed_over = Vec::new();
    for (state, above) in [(State::Fresh, generated), (State::Recorded, records)] {
        let folder = above.join(slug);
        if !folder.exists() {
            continue;
        }
        match read(&folder) {
            Ok(provenance) => return (Some(SectionResult { state, folder, provenance }), passed_over),
            Err(error) => passed_over.push(error),
        }
    }
    (None, passed_over)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes the files of a result as a section does, `provenance.json` last, up to the first `steps` of them.
    fn write(folder: &Path, content: &str, steps: usize) {
        let files =
            ["claims.json", "figures/a.svg", "tables/a.csv"].map(|name| (name, format!("{content} {name}")));
        let checksum =
            |(name, text): &(&str, String)| format!("\"{name}\":\"{}\"", blake3::hash(text.as_bytes()));
        let outputs = files.iter().map(checksum).collect::<Vec<_>>().join(",");
        let provenance = format!(
            r#"{{"section":"1","profile":"quick","seed":1,"params":{{}},"device":"cpu","commit":"{content}","dirty":false,
            "diff_hash":null,"rustc":"r","lock_hash":"l","cpu":"p","gpu":null,"driver":null,"threads":2,"created":"now",
            "wall_seconds":1.0,"peak_memory_bytes":null,"runs":[],"data_hashes":{{}},"outputs":{{{outputs}}},"stamp":"s"}}"#
        );
        for (name, text) in files.into_iter().chain([("provenance.json", provenance)]).take(steps) {
            crate::atomic::write(&folder.join(name), text.as_bytes()).unwrap();
        }
    }

    fn found(root: &Path) -> (Option<(State, String)>, usize) {
        let (found, passed_over) = find("1-a", &root.join("generated"), &root.join("records"));
        (found.map(|found| (found.state, found.provenance.made.checkout.commit)), passed_over.len())
    }

    #[test]
    fn a_result_that_was_being_written_is_none_at_any_moment() {
        let folder = tempfile::tempdir().unwrap();
        let (fresh, record) = (folder.path().join("generated/1-a"), folder.path().join("records/1-a"));
        assert_eq!(found(folder.path()), (None, 0));
        write(&record, "record", 4);
        for killed_after in 1..4 {
            let _ = fs::remove_dir_all(&fresh);
            write(&fresh, "first", killed_after);
            assert_eq!(found(folder.path()), (Some((State::Recorded, "record".to_owned())), 1));
            write(&fresh, "first", 4);
            assert_eq!(found(folder.path()), (Some((State::Fresh, "first".to_owned())), 0));
            write(&fresh, "second", killed_after);
            assert_eq!(found(folder.path()), (Some((State::Recorded, "record".to_owned())), 1));
        }
        fs::write(record.join("tables/a.csv"), "edited").unwrap();
        assert_eq!(found(folder.path()), (None, 2));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "a", 4);
        fs::remove_file(folder.path().join("tables/a.csv")).unwrap();
        assert!(read(folder.path()).unwrap_err().to_string().ends_with("tables/a.csv"));
        fs::write(folder.path().join("provenance.json"), "{").unwrap();
        assert!(matches!(read(folder.path()), Err(ResultError::Damaged(..))));
    }
}
