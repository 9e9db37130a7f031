//! What there is of each section: its page under `paper/sections`, and its results, either fresh from this
//! reproduction or, in their place, the record that the repository keeps.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::Value;

use crate::PressError;
use crate::order::SectionName;

/// Where a section's results come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// From the generated folder: computed by this reproduction.
    Fresh,
    /// From `data/records`: an adopted result, shown with its hardware, commit and date.
    Recorded,
    /// There are none: a visible gap.
    Missing,
}

/// One section of the paper.
#[derive(Debug, Clone, Serialize)]
pub struct Section {
    /// Folder name, such as `3.1-theory`.
    pub folder: String,
    /// Number as printed, such as `3.1`.
    pub number: String,
    /// The rest of the name, such as `theory`.
    pub name: String,
    /// Where the results come from.
    pub state: State,
    /// Whether `paper/sections/<folder>.typ` exists.
    pub page: bool,
    /// Whether the page is an appendix.
    pub appendix: bool,
    /// Whether `crates/<folder>` exists: a section without code computes nothing, so nothing of it can be missing.
    pub code: bool,
    /// Names of the tables, without `.csv` or `.csv.gz`, sorted.
    pub tables: Vec<String>,
    /// Names of the figures, without `.svg`, sorted.
    pub figures: Vec<String>,
    /// The contents of `provenance.json`, or null.
    pub provenance: Value,
    /// The folder that holds the results.
    #[serde(skip)]
    pub results: Option<PathBuf>,
}

/// Finds every section, in the paper's order: those with a numbered crate, with a page, with results or with a record.
///
/// # Errors
/// When a folder cannot be listed or a `provenance.json` is damaged.
pub fn find(root: &Path, generated: &Path, records: &Path) -> Result<Vec<Section>, PressError> {
    let pages = root.join("paper/sections");
    let mut names = BTreeSet::new();
    for folder in [&root.join("crates"), generated, records] {
        let folders = list(folder)?.into_iter().filter(|path| path.is_dir());
        names.extend(folders.filter_map(|path| SectionName::parse(&file_name(&path))));
    }
    let typ = list(&pages)?.into_iter().filter(|path| path.extension().is_some_and(|ext| ext == "typ"));
    names.extend(typ.filter_map(|path| SectionName::parse(file_name(&path).strip_suffix(".typ")?)));
    names.into_iter().map(|name| describe(name, root, generated, records)).collect()
}

fn describe(name: SectionName, root: &Path, generated: &Path, records: &Path) -> Result<Section, PressError> {
    let fresh = generated.join(&name.folder);
    let record = records.join(&name.folder);
    let (state, results) = if !list(&fresh)?.is_empty() {
        (State::Fresh, Some(fresh))
    } else if !list(&record)?.is_empty() {
        (State::Recorded, Some(record))
    } else {
        (State::Missing, None)
    };
    let provenance = match &results {
        Some(folder) => read_json(&folder.join("provenance.json"))?.unwrap_or(Value::Null),
        None => Value::Null,
    };
    let named = |kind, extension| match &results {
        Some(folder) => stems(&folder.join(kind), extension),
        None => Ok(Vec::new()),
    };
    Ok(Section {
        state,
        page: root.join("paper/sections").join(format!("{}.typ", name.folder)).is_file(),
        code: root.join("crates").join(&name.folder).is_dir(),
        appendix: name.is_appendix(),
        tables: merged(named("tables", "csv")?, named("tables", "csv.gz")?),
        figures: named("figures", "svg")?,
        provenance,
        results,
        folder: name.folder,
        number: name.number,
        name: name.topic,
    })
}

/// Reads a JSON file; `None` where there is no such file.
pub(crate) fn read_json(path: &Path) -> Result<Option<Value>, PressError> {
    if !path.exists() {
        return Ok(None);
    }
    let text = fs::read_to_string(path).map_err(|source| PressError::Read { path: path.into(), source })?;
    let value = serde_json::from_str(&text)
        .map_err(|error| PressError::Damaged { path: path.into(), reason: error.to_string() })?;
    Ok(Some(value))
}

/// The names, without extension, of the files in a folder; empty where there is no such folder.
fn stems(folder: &Path, extension: &str) -> Result<Vec<String>, PressError> {
    let ending = format!(".{extension}");
    let files = list(folder)?.into_iter().map(|path| file_name(&path));
    Ok(files.filter_map(|name| Some(name.strip_suffix(&ending)?.to_owned())).collect())
}

/// Names of both lists, sorted.
fn merged(mut names: Vec<String>, more: Vec<String>) -> Vec<String> {
    names.extend(more);
    names.sort();
    names
}

/// The entries of a folder, sorted by name; empty where there is no such folder.
fn list(folder: &Path) -> Result<Vec<PathBuf>, PressError> {
    let failed = |source| PressError::Read { path: folder.into(), source };
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(folder).map_err(failed)?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, _>>().map_err(failed)?;
    paths.sort();
    Ok(paths)
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
