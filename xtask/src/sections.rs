//! The checkout that a command works on: its places, and its sections by any of their names.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use runner::messages::exit;
use runner::{CommandError, Lock, atomic};
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
        let workspace = Self { root: root.to_path_buf(), crates, sections };
        for section in &workspace.sections {
            restore(&workspace.records().join(section.slug()));
        }
        Ok(workspace)
    }

    /// The sections named by number, package or folder name; all of them for an empty list. `3` stands for all of 3.1, 3.2 ….
    /// Fails when a name is unknown, with the known ones and a suggestion.
    pub fn choose(&self, names: &[String]) -> Result<Vec<&Section>, CommandError> {
        if names.is_empty() {
            return Ok(self.sections.iter().collect());
        }
        let mut chosen = Vec::new();
        for name in names {
            let above = format!("{}.", name.trim_end_matches('/'));
            let within = self.sections.iter().filter(|section| section.number.starts_with(&above));
            let known = chosen.len();
            chosen.extend(within);
            match self.section(name) {
                Ok(section) => chosen.push(section),
                Err(error) if chosen.len() == known => return Err(error),
                Err(_) => {}
            }
        }
        chosen.sort_by(|a, b| by_number(&a.number, &b.number));
        chosen.dedup();
        Ok(chosen)
    }

    /// The section with this number, package or folder name, or the path of its folder.
    /// Fails when there is none, with the known ones and a suggestion.
    pub fn section(&self, name: &str) -> Result<&Section, CommandError> {
        let last = name.trim_end_matches('/').rsplit('/').next().unwrap_or(name);
        let is_it =
            |section: &&Section| section.number == last || section.name == last || section.slug() == last;
        self.sections.iter().find(is_it).ok_or_else(|| {
            let known: Vec<String> = self.sections.iter().map(Section::slug).collect();
            let names = self.sections.iter().map(|section| section.name.as_str());
            CommandError::unknown("section", name, names, &format!("sections: {}", known.join(", ")))
        })
    }

    /// Takes the lock on the project's store for a command, waiting for whoever holds it.
    /// Fails when the store cannot be written to, or its file system has no locks.
    pub fn lock(&self, command: &str) -> Result<Lock, CommandError> {
        let what = format!("cargo xtask {command}");
        let lock = Lock::take(&self.store().join("lock"), &what, |message| eprintln!("{message}"));
        lock.map_err(|error| {
            let advice = match self.store().is_symlink() && !self.store().exists() {
                true => "it is a link that leads nowhere: make what it leads to, or remove it",
                false => "--cache DIR keeps runs elsewhere: a folder that can be written to and locked",
            };
            error.code(exit::USAGE).advise(advice)
        })
    }

    /// The project's store of runs.
    pub fn store(&self) -> PathBuf {
        STORE.get().cloned().unwrap_or_else(|| self.root.join(".cache"))
    }

    /// Where real data is looked for: the folder that `REPRO_DATA_DIR` names, or `data` of the checkout.
    /// Fails when the variable names no folder, which would silently mean stand-ins.
    pub fn data(&self) -> Result<PathBuf, CommandError> {
        let place = self.data_to_be()?;
        match place.is_dir() || place == self.root.join("data") {
            true => Ok(place),
            false => Err(CommandError::usage(format!("REPRO_DATA_DIR names no folder: {}", place.display()))
                .advise(
                    "name the folder of the data sets, or unset it: data/ of the checkout is meant then",
                )),
        }
    }

    /// The same where the folder may be made.
    /// Fails when the variable begins with `~`.
    pub fn data_to_be(&self) -> Result<PathBuf, CommandError> {
        data_place(&self.root, std::env::var_os("REPRO_DATA_DIR"))
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

/// Where the old record stands while a new one takes its place.
pub fn replaced(record: &Path) -> PathBuf {
    let name = record.file_name().unwrap_or_default().to_string_lossy();
    record.with_file_name(format!("{}{name}", atomic::UNFINISHED))
}

/// Puts a record back whose replacement was killed, or failed, before the new one stood in its place.
pub fn restore(record: &Path) {
    if !record.exists() {
        // Where there is none, or it cannot be moved, everything else goes on without it.
        let _ = std::fs::rename(replaced(record), record);
    }
}

/// Where the store is, if not in the checkout.
static STORE: OnceLock<PathBuf> = OnceLock::new();

/// Keeps the store of this process in a folder.
pub fn keep_store_in(folder: &Path) {
    let _ = STORE.set(std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf()));
}

fn data_place(root: &Path, named: Option<OsString>) -> Result<PathBuf, CommandError> {
    match named.filter(|named| !named.is_empty()) {
        None => Ok(root.join("data")),
        Some(named) if named.to_string_lossy().starts_with('~') => {
            let what = format!("REPRO_DATA_DIR is `{}`, and nobody expands the ~", named.to_string_lossy());
            Err(CommandError::usage(what).advise("write $HOME, or leave out the quotes"))
        }
        Some(named) => Ok(std::path::absolute(named)?),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    #[test]
    fn data_is_looked_for_where_the_variable_says_and_nowhere_else() {
        let root = Path::new("/checkout");
        let place = |named: &str| data_place(root, Some(named.into()));
        for unset in [data_place(root, None), place("")] {
            assert_eq!(unset.unwrap(), root.join("data"));
        }
        assert_eq!(place("/data").unwrap(), Path::new("/data"));
        assert!(place("data").unwrap().is_absolute());
        for home in ["~", "~/data", "~user/data"] {
            assert_eq!(place(home).unwrap_err().code, exit::USAGE);
        }
    }

    #[test]
    fn a_store_that_cannot_be_locked_is_told_with_a_way_out() {
        let root = workspace(&[("2", "background")]);
        let workspace = Workspace::at(root.path()).unwrap();
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(root.path().join("gone"), root.path().join(".cache")).unwrap();
            let told = format!("{:?}", workspace.lock("test").unwrap_err());
            assert!(told.contains("leads nowhere"), "{told}");
            std::fs::remove_file(root.path().join(".cache")).unwrap();
        }
        std::fs::write(root.path().join(".cache"), "a file").unwrap();
        let error = workspace.lock("test").unwrap_err();
        assert!(error.code == exit::USAGE && error.advice.unwrap().contains("--cache DIR"));
    }

    /// A workspace of these sections, by number and name.
    pub(crate) fn workspace(crates: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (number, name) in crates {
            let path = root.path().join(format!("crates/{number}-{name}/Cargo.toml"));
            let text =
                format!("[package]\nname = \"{name}\"\n[package.metadata.section]\nnumber = \"{number}\"\n");
            atomic::write(&path, text.as_bytes()).unwrap();
        }
        atomic::write(&root.path().join("paper/claims.toml"), b"# the paper's side\n").unwrap();
        root
    }

    #[test]
    fn sections_are_found_by_any_name_and_chosen_in_order() {
        let root = workspace(&[("3.10", "late"), ("3.9", "early"), ("2", "background")]);
        let workspace = Workspace::at(root.path()).unwrap();
        for name in ["3.9", "early", "3.9-early", "3.9-early/", "crates/3.9-early/"] {
            assert_eq!(workspace.section(name).unwrap().number, "3.9");
        }
        let chosen = workspace.choose(&["late".to_owned(), "2".to_owned(), "3.10".to_owned()]).unwrap();
        assert_eq!(chosen, [&workspace.sections[0], &workspace.sections[2]]);
        let all_of_three = workspace.choose(&["3".to_owned(), "3.9".to_owned()]).unwrap();
        assert_eq!(all_of_three, [&workspace.sections[1], &workspace.sections[2]]);
        assert!(workspace.choose(&["1".to_owned()]).is_err());
    }

    #[test]
    fn an_unknown_section_is_answered_with_a_suggestion() {
        let root = workspace(&[("2", "background")]);
        let stop = Workspace::at(root.path()).unwrap().section("backgroud").unwrap_err();
        assert!(format!("{stop:?}").contains("did you mean `background`?"), "{stop:?}");
    }
}
