//! The checkout that a command works on: its places, and its sections by any of their names.

use std::path::{Path, PathBuf};

use runner::messages::exit;
use runner::{CommandError, FileError, Lock};
use workspace::{Crates, WorkspaceError, by_number};

pub use workspace::SectionCrate as Section;

/// The checkout.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// Its root.
    pub root: PathBuf,
    /// Its crates.
    pub crates: Crates,
    /// Its sections, in the paper's order.
    pub sections: Vec<Section>,
}

impl Workspace {
    /// The workspace around the current folder.
    /// Fails when there is none, a manifest cannot be read or two sections have the same number.
    pub fn find() -> Result<Self, CommandError> {
        let here = std::env::current_dir()?;
        let advice = "call `cargo xtask` from within the checkout that it is to work on";
        let root = workspace::root_above(&here)
            .map_err(|error| CommandError::from(error).code(exit::USAGE).advise(advice))?;
        Self::at(&root)
    }

    /// The workspace at this root.
    /// Fails when a manifest cannot be read or two sections have the same number.
    pub fn at(root: &Path) -> Result<Self, CommandError> {
        let read = || {
            let crates = Crates::read(root)?;
            let sections = workspace::sections(&crates)?;
            Ok((crates, sections))
        };
        let (crates, sections) =
            read().map_err(|error: WorkspaceError| CommandError::from(error).code(exit::USAGE))?;
        Ok(Self { root: root.to_path_buf(), crates, sections })
    }

    /// The sections named by number, package or folder name; all of them for an empty list.
    /// Fails when a name is unknown, with the known ones and a suggestion.
    pub fn choose(&self, names: &[String]) -> Result<Vec<&Section>, CommandError> {
        if names.is_empty() {
            return Ok(self.sections.iter().collect());
        }
        let mut chosen = names.iter().map(|name| self.section(name)).collect::<Result<Vec<_>, _>>()?;
        chosen.sort_by(|a, b| by_number(&a.number, &b.number));
        chosen.dedup();
        Ok(chosen)
    }

    /// The section with this number, package or folder name.
    /// Fails when there is none, with the known ones and a suggestion.
    pub fn section(&self, name: &str) -> Result<&Section, CommandError> {
        let is_it =
            |section: &&Section| section.number == name || section.name == name || section.slug() == name;
        self.sections.iter().find(is_it).ok_or_else(|| {
            let known: Vec<String> = self.sections.iter().map(Section::slug).collect();
            let names = self.sections.iter().map(|section| section.name.as_str());
            CommandError::unknown("section", name, names, &format!("sections: {}", known.join(", ")))
        })
    }

    /// Takes the lock on the project's store for a command, waiting for whoever holds it.
    pub fn lock(&self, command: &str) -> Result<Lock, FileError> {
        let what = format!("cargo xtask {command}");
        Lock::take(&self.store().join("lock"), &what, |message| eprintln!("{message}"))
    }

    /// The project's store of runs.
    pub fn store(&self) -> PathBuf {
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

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A workspace of these sections, by number and name.
    pub(crate) fn workspace(crates: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (number, name) in crates {
            let path = root.path().join(format!("crates/{number}-{name}/Cargo.toml"));
            let text =
                format!("[package]\nname = \"{name}\"\n[package.metadata.section]\nnumber = \"{number}\"\n");
            runner::atomic::write(&path, text.as_bytes()).unwrap();
        }
        runner::atomic::write(&root.path().join("paper/claims.toml"), b"# the paper's side\n").unwrap();
        root
    }

    #[test]
    fn sections_are_found_by_any_name_and_chosen_in_order() {
        let root = workspace(&[("3.10", "late"), ("3.9", "early"), ("2", "background")]);
        let workspace = Workspace::at(root.path()).unwrap();
        for name in ["3.9", "early", "3.9-early"] {
            assert_eq!(workspace.section(name).unwrap().number, "3.9");
        }
        let chosen = workspace.choose(&["late".to_owned(), "2".to_owned(), "3.10".to_owned()]).unwrap();
        assert_eq!(chosen, [&workspace.sections[0], &workspace.sections[2]]);
    }

    #[test]
    fn an_unknown_section_is_answered_with_a_suggestion() {
        let root = workspace(&[("2", "background")]);
        let stop = Workspace::at(root.path()).unwrap().section("backgroud").unwrap_err();
        assert!(format!("{stop:?}").contains("did you mean `background`?"), "{stop:?}");
    }
}
