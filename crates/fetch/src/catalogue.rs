//! The catalogue `data/datasets.toml`: where each data set comes from, and on what terms. Which files it has and what they
//! hold is not said there but in the crate `datasets`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use datasets::{Cifar10, Isbi2012, OfficialFile};
use runner::{CommandError, FileError};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use crate::archive::Packing;

/// All data sets, by name.
#[derive(Debug)]
pub struct Catalogue {
    sets: BTreeMap<String, DataSet>,
}

/// A data set.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataSet {
    /// Its name, such as `cifar-10`.
    #[serde(skip_deserializing)]
    pub name: String,
    /// What it is.
    pub title: String,
    /// The authors' page about it.
    pub page: String,
    /// The terms in a few words.
    pub licence: String,
    /// The terms in full.
    pub terms: String,
    /// Whom to cite.
    pub citation: String,
    /// The official archive.
    pub archive: Archive,
    /// Names of archives and folders that hold it in other forms, which the sections do not read.
    #[serde(default, skip_serializing)]
    pub other_versions: Vec<String>,
    /// The files that the sections read.
    #[serde(skip)]
    pub files: Vec<OfficialFile>,
}

/// The archive that a data set is handed out in.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Archive {
    /// Its file name; the ending says how it is packed.
    #[serde(deserialize_with = "archive_name")]
    pub file: String,
    /// Where it lies, the best address first.
    pub addresses: Vec<String>,
    /// Its size, where known.
    pub bytes: Option<u64>,
    /// Its SHA-256, where known.
    #[serde(default, deserialize_with = "sha256")]
    pub sha256: Option<String>,
    /// The MD5 that its authors publish: for the reader, never computed here.
    pub md5: Option<String>,
}

/// A SHA-256 as it is written in the catalogue: in lower-case hexadecimal digits.
fn sha256<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let text = String::deserialize(from)?;
    let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    match text.len() == 64 && text.bytes().all(digit) {
        true => Ok(Some(text)),
        false => Err(D::Error::custom(format!("`{text}` is not a SHA-256: 64 digits of 0-9 and a-f"))),
    }
}

/// The name of an archive, without a folder.
fn archive_name<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let name = String::deserialize(from)?;
    let plain = Path::new(&name).file_name().is_some_and(|last| last == name.as_str());
    match Packing::of(Path::new(&name)).filter(|_| plain) {
        Some(_) => Ok(name),
        None => Err(D::Error::custom(format!("`{name}` is not the name of a .tar.gz or .zip file"))),
    }
}

impl Archive {
    /// How it is packed.
    pub fn packing(&self) -> Packing {
        Packing::of(Path::new(&self.file)).expect("only names of archives are read from the catalogue")
    }
}

impl DataSet {
    /// Size of its files as officially handed out.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }
}

impl Catalogue {
    /// Reads `data/datasets.toml` of the checkout at `root`.
    /// Fails when it is missing or malformed; the error names line and field.
    pub fn read(root: &Path) -> Result<Self, CommandError> {
        let path = root.join("data/datasets.toml");
        let text = fs::read_to_string(&path).map_err(FileError::of("read", &path));
        let advice = "it belongs to the repository: restore it from there";
        Self::parse(&text.map_err(|error| CommandError::from(error).advise(advice))?)
    }

    /// Reads the text of a catalogue.
    /// Fails with what is malformed, with its line, or incomplete.
    pub fn parse(text: &str) -> Result<Self, CommandError> {
        let wrong = |what: &str| {
            CommandError::usage(format!("data/datasets.toml {what}")).advise("its header explains the fields")
        };
        let mut sets: BTreeMap<String, DataSet> =
            toml::from_str(text).map_err(|error| wrong("is malformed").because(error))?;
        for (name, set) in &mut sets {
            set.name.clone_from(name);
            let files = Cifar10::FILES.into_iter().chain(Isbi2012::FILES);
            set.files = files.filter(|file| file.set == name).collect();
            let incomplete = |what| wrong(&format!("is incomplete: {name}: {what}"));
            if set.files.is_empty() {
                return Err(incomplete("no section reads a data set of this name"));
            }
            if set.archive.addresses.is_empty() {
                return Err(incomplete("archive.addresses is empty"));
            }
        }
        Ok(Self { sets })
    }

    /// The data sets named, or all of them for an empty list, by name.
    /// Fails when a name is unknown, with the known ones and a suggestion.
    pub fn choose(&self, names: &[String]) -> Result<Vec<&DataSet>, CommandError> {
        if let Some(name) = names.iter().find(|name| !self.sets.contains_key(*name)) {
            let known: Vec<&str> = self.sets.keys().map(String::as_str).collect();
            let advice = format!("known: {}", known.join(", "));
            return Err(CommandError::unknown("data set", name, known, &advice));
        }
        Ok(self.sets.values().filter(|set| names.is_empty() || names.contains(&set.name)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn real() -> String {
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/datasets.toml")).unwrap()
    }

    #[test]
    fn the_repositorys_catalogue_is_sound() {
        let catalogue = Catalogue::parse(&real()).unwrap();
        let sets = catalogue.choose(&[]).unwrap();
        let names: Vec<&str> = sets.iter().map(|set| set.name.as_str()).collect();
        assert_eq!(names, ["cifar-10", "isbi-2012"]);
        let a_label_and_three_colours = 1 + 3 * 32 * 32;
        assert_eq!(sets[0].bytes(), 5 * 10_000 * a_label_and_three_colours);
        assert_eq!(sets[1].files, Isbi2012::FILES);
    }

    #[test]
    fn faults_are_named_with_their_line() {
        let text = real();
        for (sound, broken, said) in [
            ("c4a38c50a1", "C4A38C50A1", "is not a SHA-256"),
            ("\"ISBI-2012-challenge.zip\"", "\"a/b.zip\"", "is not the name of a .tar.gz or .zip file"),
            ("\"ISBI-2012-challenge.zip\"", "\"b.rar\"", "is not the name of a .tar.gz or .zip file"),
            ("licence = \"none", "license = \"none", "unknown field `license`"),
        ] {
            let error = Catalogue::parse(&text.replacen(sound, broken, 1)).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
            assert!(error.contains("at line"), "{error}");
        }
        let unread = Catalogue::parse(&text.replace("cifar-10", "cifar-11")).unwrap_err();
        assert!(unread.to_string().contains("no section reads"), "{unread}");
    }

    #[test]
    fn an_unknown_name_is_answered_with_a_suggestion() {
        let error = Catalogue::parse(&real()).unwrap().choose(&["cifar10".to_owned()]).unwrap_err();
        assert!(error.advice.as_ref().unwrap().contains("did you mean `cifar-10`?"), "{error:?}");
        assert_eq!(error.code, runner::messages::exit::USAGE);
    }
}
