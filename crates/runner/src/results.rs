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

    /// Writes a result as a section does, `provenance.json` last.
    fn write(folder: &Path) {
        let table = "layer\n1\n";
        let outputs = format!("{{\"tables/a.csv\":\"{}\"}}", blake3::hash(table.as_bytes()).to_hex());
        let provenance = format!(
            r#"{{"section":"1","profile":"quick","seed":1,"params":{{}},"device":"cpu","commit":"c","dirty":false,
            "diff_hash":null,"rustc":"r","lock_hash":"l","cpu":"p","gpu":null,"driver":null,"threads":2,"created":"now",
            "wall_seconds":1.0,"peak_memory_bytes":null,"runs":[],"data_hashes":{{}},"outputs":{outputs},"stamp":"s"}}"#
        );
        for (name, text) in [("tables/a.csv", table), ("provenance.json", &provenance)] {
            crate::atomic::write(&folder.join(name), text.as_bytes()).unwrap();
        }
    }

    // That a result which was being written is none at any moment is tested where it would show: on the page.
    #[test]
    fn what_is_no_result_is_passed_over_and_named() {
        let root = tempfile::tempdir().unwrap();
        let [fresh, record] = ["generated", "records"].map(|above| root.path().join(above).join("1-a"));
        let found = || {
            let (found, passed_over) =
                find("1-a", &root.path().join("generated"), &root.path().join("records"));
            (found.map(|found| found.state), passed_over.iter().map(ToString::to_string).collect::<Vec<_>>())
        };
        assert_eq!(found(), (None, Vec::new()));
        write(&record);
        assert_eq!(found().0, Some(State::Recorded));
        write(&fresh);
        assert_eq!(found().0, Some(State::Fresh));
        fs::write(fresh.join("provenance.json"), "{").unwrap();
        assert!(matches!(read(&fresh), Err(ResultError::Damaged(..))));
        fs::remove_file(record.join("tables/a.csv")).unwrap();
        let (result, why) = found();
        assert!(
            result.is_none() && why[0].ends_with("is damaged") && why[1].ends_with("tables/a.csv"),
            "{why:?}"
        );
        fs::write(record.join("tables/a.csv"), "edited").unwrap();
        assert!(matches!(read(&record), Err(ResultError::Changed(_))));
    }
}
