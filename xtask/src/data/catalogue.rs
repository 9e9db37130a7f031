//! The catalogue `data/datasets.toml`: where each data set comes from, how its files are recognised, on what terms.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{CommandError, nearest};

/// All data sets, by name.
#[derive(Debug)]
pub struct Catalogue {
    sets: BTreeMap<String, DataSet>,
}

/// A data set.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataSet {
    /// Its name, such as `cifar-10`.
    #[serde(skip)]
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
    /// The files that the sections read.
    pub files: Vec<DataFile>,
}

/// The archive that a data set is handed out in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Archive {
    /// Its file name; the ending says how it is packed.
    pub file: PlainName,
    /// Where it lies, the best address first.
    pub addresses: Vec<String>,
    /// Its size, where known.
    pub bytes: Option<u64>,
    /// Its SHA-256, where known.
    pub sha256: Option<Sha256>,
    /// The MD5 that its authors publish: for the reader, never computed here.
    pub md5: Option<String>,
}

/// A file of a data set.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataFile {
    /// Its place below the data folder. Its name is also its name in the archive.
    pub path: Place,
    /// The encodings of it that are known.
    pub containers: Vec<Container>,
    /// For an image stack: what its pixels are, however they are encoded.
    pub pixels: Option<Pixels>,
}

/// A known encoding of a file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Container {
    /// Where it comes from, in a word.
    pub what: String,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: Sha256,
}

/// The decoded pixels of an image stack: 8 bits each, row by row and page by page.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pixels {
    /// Number of images.
    pub pages: usize,
    /// Pixels in a row.
    pub width: u32,
    /// Rows of an image.
    pub height: u32,
    /// SHA-256 of all pixels.
    pub sha256: Sha256,
}

/// A SHA-256 in lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Sha256(String);

impl Sha256 {
    /// The hash of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self::from_digest(ring::digest::digest(&ring::digest::SHA256, bytes))
    }

    /// A finished digest, written out.
    pub fn from_digest(digest: ring::digest::Digest) -> Self {
        Self(digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Its digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Sha256 {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let sound = text.len() == 64 && text.bytes().all(digit);
        if sound {
            Ok(Self(text))
        } else {
            Err(format!("`{text}` is not a SHA-256: 64 digits of 0-9 and a-f"))
        }
    }
}

/// A path below the data folder that cannot lead out of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "PathBuf")]
pub struct Place(PathBuf);

impl TryFrom<PathBuf> for Place {
    type Error = String;

    fn try_from(path: PathBuf) -> Result<Self, String> {
        let inside =
            path.components().all(|part| matches!(part, Component::Normal(_))) && path.file_name().is_some();
        if inside {
            Ok(Self(path))
        } else {
            Err(format!("`{}` leads out of the data folder", path.display()))
        }
    }
}

impl Place {
    /// The path.
    pub fn as_path(&self) -> &Path {
        &self.0
    }

    /// The file's name, which is also its name in the archive.
    pub fn file_name(&self) -> &str {
        self.0
            .file_name()
            .and_then(|name| name.to_str())
            .expect("it was text in the catalogue and has a last part")
    }
}

/// A file name without a folder.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct PlainName(String);

impl TryFrom<String> for PlainName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let plain = Path::new(&text).file_name().is_some_and(|name| name == text.as_str());
        if plain { Ok(Self(text)) } else { Err(format!("`{text}` is not the name of a file")) }
    }
}

impl PlainName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl DataSet {
    /// Size of its files as officially handed out.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.containers.first().map_or(0, |container| container.bytes)).sum()
    }
}

impl Catalogue {
    /// Reads `data/datasets.toml` of the checkout at `root`.
    ///
    /// # Errors
    /// When it is missing or malformed; the message names line and field.
    pub fn read(root: &Path) -> Result<Self, CommandError> {
        let path = root.join("data/datasets.toml");
        let advice = "it belongs to the repository: restore it from there";
        let text = fs::read_to_string(&path).map_err(|error| {
            CommandError::failed(format!("cannot read {}: {error}", path.display())).advise(advice)
        })?;
        Self::parse(&text).map_err(|error| {
            CommandError::usage(format!("data/datasets.toml: {error}"))
                .advise("its header explains the fields")
        })
    }

    /// Reads the text of a catalogue.
    ///
    /// # Errors
    /// What is malformed, with its line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut sets: BTreeMap<String, DataSet> = toml::from_str(text).map_err(|error| error.to_string())?;
        for (name, set) in &mut sets {
            set.name.clone_from(name);
            if set.archive.addresses.is_empty() {
                return Err(format!("{name}: archive.addresses is empty"));
            }
            if let Some(file) = set.files.iter().find(|file| file.containers.is_empty()) {
                return Err(format!("{name}: {} has no containers", file.path.as_path().display()));
            }
        }
        Ok(Self { sets })
    }

    /// The data sets named, or all of them for an empty list, by name.
    ///
    /// # Errors
    /// When a name is unknown, with the known ones and a suggestion.
    pub fn choose(&self, names: &[String]) -> Result<Vec<&DataSet>, CommandError> {
        if let Some(name) = names.iter().find(|name| !self.sets.contains_key(*name)) {
            let known: Vec<&str> = self.sets.keys().map(String::as_str).collect();
            let meant = nearest(name, known.iter().copied())
                .map_or(String::new(), |near| format!("did you mean `{near}`? "));
            return Err(CommandError::usage(format!("no data set `{name}`"))
                .advise(format!("{meant}known: {}", known.join(", "))));
        }
        Ok(self.sets.values().filter(|set| names.is_empty() || names.contains(&set.name)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn real() -> String {
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/datasets.toml")).unwrap()
    }

    #[test]
    fn the_repositorys_catalogue_is_sound() {
        let catalogue = Catalogue::parse(&real()).unwrap();
        let sets = catalogue.choose(&[]).unwrap();
        let names: Vec<&str> = sets.iter().map(|set| set.name.as_str()).collect();
        assert_eq!(names, ["cifar-10", "isbi-2012"]);
        assert_eq!(
            sets[0].bytes(),
            5 * 10_000 * (1 + 3 * 32 * 32),
            "a label and three colours of 32 × 32 pixels"
        );
        for file in &sets[1].files {
            let pixels = file.pixels.as_ref().unwrap();
            let least = pixels.pages as u64 * u64::from(pixels.width) * u64::from(pixels.height);
            assert!(
                file.containers.iter().all(|container| container.bytes > least),
                "known containers are uncompressed"
            );
        }
    }

    #[test]
    fn faults_are_named_with_their_line() {
        let text = real();
        for (sound, broken, said) in [
            ("c4a38c50a1", "C4A38C50A1", "is not a SHA-256"),
            ("\"isbi2012/train-volume.tif\"", "\"../train-volume.tif\"", "leads out of the data folder"),
            ("\"isbi2012/train-volume.tif\"", "\"/train-volume.tif\"", "leads out of the data folder"),
            ("\"ISBI-2012-challenge.zip\"", "\"a/b.zip\"", "is not the name of a file"),
            ("licence = \"none", "license = \"none", "unknown field `license`"),
        ] {
            let error = Catalogue::parse(&text.replacen(sound, broken, 1)).unwrap_err();
            assert!(error.contains(said), "{error}");
            assert!(error.contains("at line"), "{error}");
        }
    }

    #[test]
    fn an_unknown_name_is_answered_with_a_suggestion() {
        let stop = Catalogue::parse(&real()).unwrap().choose(&["cifar10".to_owned()]).unwrap_err();
        assert!(format!("{stop:?}").contains("did you mean `cifar-10`?"), "{stop:?}");
    }

    #[test]
    fn the_hash_is_the_standards() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Sha256::of(b"abc").as_str(), abc);
    }
}
