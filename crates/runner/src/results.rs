//! What counts as a section's result: a folder whose `provenance.json` can be read and whose files are the ones that it
//! names, byte for byte. The provenance is written last, so a folder that a killed process left between two results fits
//! neither of them and is none. Results of this reproduction come before adopted records.

use std::fs;
use std::path::{Path, PathBuf};

use ledger::{EntriesError, Entry, Verdict, read_entries};
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
    /// Its rows of the ledger.
    pub entries: Vec<Entry>,
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
    /// The rows of the ledger are none.
    #[error(transparent)]
    Entries(#[from] EntriesError),
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

/// The provenance of the result in a folder, if that is one, and its rows of the ledger.
///
/// # Errors
/// The first reason why the folder is no result.
pub fn measured(folder: &Path) -> Result<(Provenance, Vec<Entry>), ResultError> {
    Ok((read(folder)?, read_entries(&folder.join("claims.json"))?))
}

/// The result of the section whose folders are called `slug`: the one below `generated`, else its record. Beside it, why
/// a folder of that name was passed over.
pub fn find(slug: &str, generated: &Path, records: &Path) -> (Option<SectionResult>, Vec<ResultError>) {
    first(slug, &[(State::Fresh, generated), (State::Recorded, records)])
}

fn first(slug: &str, places: &[(State, &Path)]) -> (Option<SectionResult>, Vec<ResultError>) {
    let mut passed_over = Vec::new();
    for &(state, above) in places {
        let folder = above.join(slug);
        match folder.exists().then(|| measured(&folder)) {
            Some(Ok((provenance, entries))) => {
                return (Some(SectionResult { state, folder, provenance, entries }), passed_over);
            }
            Some(Err(error)) => passed_over.push(error),
            None => {}
        }
    }
    (None, passed_over)
}

/// What a set of results measured, by sections whose folders are called so: a `claims.json`, the result of one section, a folder
/// of such, or one that `reproduce --out` wrote to, in which records fill the gaps as they do on the page. Beside it, why
/// folders were passed over.
///
/// # Errors
/// When a file or a folder that is named itself is damaged.
pub fn of_set(
    set: &Path,
    slugs: &[String],
    records: &Path,
) -> Result<(Vec<Entry>, Vec<ResultError>), ResultError> {
    let generated = set.join("generated");
    let (mut entries, mut passed_over) = (Vec::new(), Vec::new());
    if set.is_file() {
        entries = read_entries(set)?;
        // In a merged ledger they stand in the rows of the claims' owners.
        let also: Vec<Entry> = entries.iter_mut().flat_map(|entry| std::mem::take(&mut entry.also)).collect();
        entries.extend(also);
    } else if set.join("provenance.json").is_file() {
        entries = measured(set)?.1;
    } else {
        let is_out = slugs.iter().any(|slug| generated.join(slug).exists());
        let in_out = [(State::Fresh, &*generated), (State::Recorded, records)];
        let places = if is_out { &in_out[..] } else { &[(State::Recorded, set)] };
        for slug in slugs {
            let (found, why) = first(slug, places);
            entries.extend(found.into_iter().flat_map(|found| found.entries));
            passed_over.extend(why);
        }
    }
    entries.retain(|entry| entry.verdict != Verdict::NotMeasured);
    Ok((entries, passed_over))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes a result as a section does, `provenance.json` last.
    fn write(folder: &Path) {
        write_with(folder, "[]");
    }

    fn write_with(folder: &Path, claims: &str) {
        let table = "layer\n1\n";
        let hash = |text: &str| blake3::hash(text.as_bytes()).to_hex();
        let outputs = format!(r#"{{"tables/a.csv":"{}","claims.json":"{}"}}"#, hash(table), hash(claims));
        let provenance = format!(
            r#"{{"section":"1","profile":"quick","seed":1,"params":{{}},"device":"cpu","commit":"c","dirty":false,
            "diff_hash":null,"rustc":"r","lock_hash":"l","cpu":"p","gpu":null,"driver":null,"threads":2,"created":"now",
            "wall_seconds":1.0,"peak_memory_bytes":null,"runs":[],"data_hashes":{{}},"outputs":{outputs},"stamp":"s"}}"#
        );
        for (name, text) in
            [("claims.json", claims), ("tables/a.csv", table), ("provenance.json", &provenance)]
        {
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

    /// Rows of a claim, as `claims.json` holds them.
    fn row(id: &str, reason: &str) -> String {
        let claim = format!(
            "[[claim]]\nid = \"{id}\"\nsection = \"1\"\nlocator = \"Eq. 1\"\nkind = \"order\"\nstatement = \"s\"\n"
        );
        let claim = ledger::Register::parse(&claim).unwrap().claims()[0].clone();
        let verdict = Verdict::Reproduced;
        serde_json::to_string(&[Entry { verdict, reason: reason.to_owned(), ..Entry::unmeasured(&claim) }])
            .unwrap()
    }

    /// A merged ledger is written last: after a kill before that it is of the results before.
    #[test]
    fn a_set_of_results_is_read_from_the_folders_that_the_page_shows() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        let slugs = ["1-a", "1.1-b"].map(str::to_owned);
        let told = |set: &str| {
            let (entries, passed_over) = of_set(&at(set), &slugs, &at("records")).unwrap();
            (entries.into_iter().map(|entry| entry.reason).collect::<Vec<_>>(), passed_over.len())
        };
        assert_eq!(told("out"), (Vec::new(), 0));
        for slug in ["1-a", "1.1-b"] {
            write_with(&at("records").join(slug), &row(slug, "record"));
        }
        assert_eq!(told("records"), (vec!["record".to_owned(); 2], 0));
        write_with(&at("out/generated/1-a"), &row("1-a", "new"));
        fs::write(at("out/generated/claims.json"), row("1-a", "old")).unwrap();
        assert_eq!(told("out"), (vec!["new".to_owned(), "record".to_owned()], 0));
        assert_eq!(told("out/generated/1-a").0, ["new"]);
        assert_eq!(told("out/generated/claims.json").0, ["old"]);
        fs::remove_file(at("out/generated/1-a/provenance.json")).unwrap();
        assert_eq!(told("out"), (vec!["record".to_owned(); 2], 1));
    }
}
