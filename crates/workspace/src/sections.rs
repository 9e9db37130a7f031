//! The sections of the paper: every crate with a number in `[package.metadata.section]`, in the paper's order.

use std::cmp::Ordering;
use std::path::{Path, PathBuf};

use crate::{Crates, WorkspaceError};

/// A section's crate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionCrate {
    /// Its number, such as `3.1`.
    pub number: String,
    /// Its package name, such as `theory`.
    pub name: String,
    /// Its crate's folder.
    pub folder: PathBuf,
}

impl SectionCrate {
    /// Name of the folder that holds its files.
    pub fn slug(&self) -> String {
        format!("{}-{}", self.number, self.name)
    }
}

/// The sections of a workspace, in the paper's order.
///
/// # Errors
/// When two of them have the same number.
pub fn sections(crates: &Crates) -> Result<Vec<SectionCrate>, WorkspaceError> {
    let numbered = crates.iter().filter_map(|found| {
        let (number, name, folder) = (found.number.clone()?, found.name.clone(), found.folder.clone());
        Some(SectionCrate { number, name, folder })
    });
    let mut sections: Vec<SectionCrate> = numbered.collect();
    sections.sort_by(|a, b| by_number(&a.number, &b.number));
    match sections.windows(2).find(|pair| pair[0].number == pair[1].number) {
        None => Ok(sections),
        Some(pair) => {
            let (first, second) = (&pair[0], &pair[1]);
            let what = format!("it and {} are both Section {}", second.folder.display(), first.number);
            Err(WorkspaceError::wrong(&first.folder, what))
        }
    }
}

/// Compares section numbers part by part as integers: 3.10 comes after 3.9.
pub fn by_number(a: &str, b: &str) -> Ordering {
    let parts = |number: &str| -> Vec<u32> {
        number.split('.').map(|part| part.parse().unwrap_or(u32::MAX)).collect()
    };
    parts(a).cmp(&parts(b)).then_with(|| a.cmp(b))
}

/// The root of the workspace around a folder.
///
/// # Errors
/// When there is none.
pub fn root_above(folder: &Path) -> Result<PathBuf, WorkspaceError> {
    let is_root =
        |above: &&Path| above.join("Cargo.toml").is_file() && above.join("paper/claims.toml").is_file();
    let found = folder.ancestors().find(is_root);
    let nowhere = "it does not lie in a workspace with sections of a paper";
    found.map(Path::to_path_buf).ok_or_else(|| WorkspaceError::wrong(folder, nowhere))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn workspace(crates: &[(&str, &str)]) -> temp_dir::TempDir {
        let root = temp_dir::TempDir::new().unwrap();
        for (number, name) in crates {
            let folder = root.path().join(format!("crates/{number}-{name}"));
            fs::create_dir_all(&folder).unwrap();
            let text =
                format!("[package]\nname = \"{name}\"\n[package.metadata.section]\nnumber = \"{number}\"\n");
            fs::write(folder.join("Cargo.toml"), text).unwrap();
        }
        root
    }

    fn numbers(crates: &[(&str, &str)]) -> Result<Vec<String>, WorkspaceError> {
        let found = sections(&Crates::read(workspace(crates).path())?)?;
        Ok(found.into_iter().map(|section| section.number).collect())
    }

    #[test]
    fn sections_come_in_the_papers_order() {
        let found = numbers(&[("4", "d"), ("3.10", "c"), ("3.9", "b"), ("10", "e"), ("3", "a")]).unwrap();
        assert_eq!(found, ["3", "3.9", "3.10", "4", "10"]);
    }

    #[test]
    fn two_sections_of_one_number_are_refused() {
        assert!(numbers(&[("2", "a"), ("2", "b")]).unwrap_err().to_string().contains("both Section 2"));
    }

    #[test]
    fn the_workspace_is_found_from_anywhere_in_it() {
        let root = workspace(&[("2", "a")]);
        let deep = root.path().join("crates/2-a/src/deep");
        fs::create_dir_all(&deep).unwrap();
        assert!(root_above(&deep).is_err());
        fs::create_dir_all(root.path().join("paper")).unwrap();
        fs::write(root.path().join("paper/claims.toml"), "").unwrap();
        fs::write(root.path().join("Cargo.toml"), "").unwrap();
        assert_eq!(root_above(&deep).unwrap(), root.path());
    }
}
