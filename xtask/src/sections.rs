//! The sections of the paper: every crate with a number in `[package.metadata.section]`, in the paper's order.

use std::cmp::Ordering;
use std::fs;
use std::path::{Path, PathBuf};

use toml::Table;

use crate::stop::{Stop, nearest};

/// The checkout.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// Its root.
    pub root: PathBuf,
    /// Its sections, in the paper's order.
    pub sections: Vec<Section>,
}

/// A section crate.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Its number, such as `3.1`.
    pub number: String,
    /// Its package name, such as `theory`.
    pub name: String,
    /// Its crate's folder.
    pub folder: PathBuf,
}

impl Section {
    /// Name of the folder that holds its files.
    pub fn slug(&self) -> String {
        format!("{}-{}", self.number, self.name)
    }
}

impl Workspace {
    /// The workspace this program was built from, or the one around the current folder.
    ///
    /// # Errors
    /// When a manifest cannot be read or two sections have the same number.
    pub fn find() -> Result<Self, Stop> {
        let root = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let root = root.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")));
        let root = root.parent().map(Path::to_path_buf).unwrap_or(root);
        Self::at(&root)
    }

    /// The workspace at this root.
    ///
    /// # Errors
    /// When a manifest cannot be read or two sections have the same number.
    pub fn at(root: &Path) -> Result<Self, Stop> {
        let mut sections = Vec::new();
        for (folder, manifest) in crates(root)? {
            if let Some(section) = section_of(&folder, &manifest) {
                sections.push(section);
            }
        }
        sections.sort_by(|a, b| by_number(&a.number, &b.number));
        for pair in sections.windows(2) {
            if pair[0].number == pair[1].number {
                let (a, b) = (pair[0].folder.display(), pair[1].folder.display());
                return Err(Stop::usage(format!("{a} and {b} are both Section {}", pair[0].number)));
            }
        }
        Ok(Self { root: root.to_path_buf(), sections })
    }

    /// The sections named by number, package or folder name; all of them for an empty list.
    ///
    /// # Errors
    /// When a name is unknown, with the known ones and a suggestion.
    pub fn choose(&self, names: &[String]) -> Result<Vec<&Section>, Stop> {
        if names.is_empty() {
            return Ok(self.sections.iter().collect());
        }
        let mut chosen = names.iter().map(|name| self.section(name)).collect::<Result<Vec<_>, _>>()?;
        chosen.sort_by(|a, b| by_number(&a.number, &b.number));
        chosen.dedup();
        Ok(chosen)
    }

    /// The section with this number, package or folder name.
    ///
    /// # Errors
    /// When there is none, with the known ones and a suggestion.
    pub fn section(&self, name: &str) -> Result<&Section, Stop> {
        let is_it =
            |section: &&Section| section.number == name || section.name == name || section.slug() == name;
        self.sections.iter().find(is_it).ok_or_else(|| {
            let known: Vec<String> = self.sections.iter().map(Section::slug).collect();
            let names = self.sections.iter().map(|section| section.name.as_str());
            let meant = nearest(name, names).map_or(String::new(), |near| format!("did you mean `{near}`? "));
            Stop::usage(format!("no section `{name}`"))
                .advise(format!("{meant}sections: {}", known.join(", ")))
        })
    }

    /// The project's cache folder.
    pub fn cache(&self) -> PathBuf {
        self.root.join(".cache")
    }

    /// Where real data is looked for.
    pub fn data(&self) -> PathBuf {
        std::env::var_os("REPRO_DATA_DIR").map_or_else(|| self.root.join("data"), PathBuf::from)
    }

    /// The register of claims.
    pub fn register(&self) -> PathBuf {
        self.root.join("paper/claims.toml")
    }

    /// The adopted results.
    pub fn records(&self) -> PathBuf {
        self.root.join("data/records")
    }
}

/// Every crate below `crates/`, by folder name, with its manifest.
///
/// # Errors
/// When a folder or manifest cannot be read.
pub fn crates(root: &Path) -> Result<Vec<(PathBuf, Table)>, Stop> {
    let folder = root.join("crates");
    let listing =
        fs::read_dir(&folder).map_err(|error| Stop::failed(format!("{}: {error}", folder.display())))?;
    let mut folders: Vec<PathBuf> =
        listing.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    folders.retain(|folder| folder.join("Cargo.toml").is_file());
    folders.sort();
    folders.into_iter().map(|folder| manifest(&folder).map(|manifest| (folder, manifest))).collect()
}

fn manifest(folder: &Path) -> Result<Table, Stop> {
    let path = folder.join("Cargo.toml");
    let text =
        fs::read_to_string(&path).map_err(|error| Stop::failed(format!("{}: {error}", path.display())))?;
    text.parse().map_err(|error| Stop::failed(format!("{}: {error}", path.display())))
}

fn section_of(folder: &Path, manifest: &Table) -> Option<Section> {
    let package = manifest.get("package")?;
    let number = package.get("metadata")?.get("section")?.get("number")?.as_str()?.to_owned();
    Some(Section { number, name: package.get("name")?.as_str()?.to_owned(), folder: folder.to_path_buf() })
}

/// Compares section numbers part by part as integers: 3.10 comes after 3.9.
pub fn by_number(a: &str, b: &str) -> Ordering {
    let parts = |number: &str| -> Vec<u32> {
        number.split('.').map(|part| part.parse().unwrap_or(u32::MAX)).collect()
    };
    parts(a).cmp(&parts(b)).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace(crates: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (number, name) in crates {
            let folder = root.path().join(format!("crates/{number}-{name}"));
            fs::create_dir_all(&folder).unwrap();
            let text =
                format!("[package]\nname = \"{name}\"\n[package.metadata.section]\nnumber = \"{number}\"\n");
            fs::write(folder.join("Cargo.toml"), text).unwrap();
        }
        root
    }

    #[test]
    fn numbers_compare_as_integers() {
        let mut numbers = ["4", "3.10", "3.9", "3", "10"];
        numbers.sort_by(|a, b| by_number(a, b));
        assert_eq!(numbers, ["3", "3.9", "3.10", "4", "10"]);
    }

    #[test]
    fn sections_come_in_order_and_are_found_by_any_name() {
        let root = workspace(&[("3.10", "late"), ("3.9", "early"), ("2", "background")]);
        let workspace = Workspace::at(root.path()).unwrap();
        let numbers: Vec<&str> = workspace.sections.iter().map(|section| section.number.as_str()).collect();
        assert_eq!(numbers, ["2", "3.9", "3.10"]);
        for name in ["3.9", "early", "3.9-early"] {
            assert_eq!(workspace.section(name).unwrap().number, "3.9");
        }
        let chosen = workspace.choose(&["late".to_owned(), "2".to_owned(), "3.10".to_owned()]).unwrap();
        assert_eq!(chosen.len(), 2);
    }

    #[test]
    fn an_unknown_section_is_answered_with_a_suggestion() {
        let root = workspace(&[("2", "background")]);
        let stop = Workspace::at(root.path()).unwrap().section("backgroud").unwrap_err();
        assert!(format!("{stop:?}").contains("did you mean `background`?"), "{stop:?}");
    }

    #[test]
    fn two_sections_of_one_number_are_refused() {
        let root = workspace(&[("2", "background"), ("2", "again")]);
        assert!(Workspace::at(root.path()).unwrap_err().to_string().contains("both Section 2"));
    }
}
