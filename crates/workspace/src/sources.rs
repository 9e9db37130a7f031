//! Hashes of the sources that a section is made of.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

use blake3::Hasher;

use crate::tokens::{RustFile, module_folder};
use crate::{Crate, Crates, Side, WorkspaceError, source_files};

/// The sources of a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sources {
    /// What its runs depend on: the section's experiment and each keyed crate below it, by name, with a hash that no
    /// comment, doc line, white space or test moves.
    pub keyed: Vec<(String, String)>,
    /// The other sources, of which its tables, figures and measurements are made, byte by byte.
    pub shown: String,
}

impl Sources {
    /// The sources of a section as they stand in a workspace.
    ///
    /// # Errors
    /// When a source cannot be read, is not Rust, or a keyed crate depends on one that is not.
    pub fn of(crates: &Crates, section: &Crate) -> Result<Self, WorkspaceError> {
        Self::read(crates, section, &mut BTreeMap::new())
    }

    /// The sources of all sections, by name: each crate is read once.
    ///
    /// # Errors
    /// As [`Sources::of`].
    pub fn of_all(crates: &Crates) -> Result<BTreeMap<String, Self>, WorkspaceError> {
        let mut known = BTreeMap::new();
        let sections = crates.iter().filter(|found| found.side == Side::Section);
        sections.map(|section| Ok((section.name.clone(), Self::read(crates, section, &mut known)?))).collect()
    }

    fn read(
        crates: &Crates,
        section: &Crate,
        known: &mut BTreeMap<String, String>,
    ) -> Result<Self, WorkspaceError> {
        keeps_to_itself(crates, section)?;
        let own = hash(&experiment(section), &section.folder)?;
        let mut keyed = vec![(format!("{}, experiment", section.name), own)];
        let mut shown = Hasher::new();
        feed(&mut shown, &section.name, bytes_without(section, Some(&experiment(section)))?.as_bytes());
        for found in crates.below(section) {
            if found.side == Side::Section {
                return Err(line(section, found));
            }
            let hash = match (known.get(&found.name), found.side) {
                (Some(hash), _) => hash.clone(),
                (None, Side::Keyed) => {
                    if let Some(other) = crates.below(found).iter().find(|other| other.side != Side::Keyed) {
                        return Err(line(found, other));
                    }
                    hash(&found.folder.join("src"), &found.folder)?
                }
                (None, _) => bytes(found)?,
            };
            known.insert(found.name.clone(), hash.clone());
            match found.side {
                Side::Keyed => keyed.push((found.name.clone(), hash)),
                _ => feed(&mut shown, &found.name, hash.as_bytes()),
            }
        }
        Ok(Self { keyed, shown: shown.finalize().to_hex().to_string() })
    }

    /// As one line, to be compiled into a program.
    pub fn line(&self) -> String {
        let keyed = self.keyed.iter().map(|(name, hash)| format!("{name}={hash};"));
        keyed.chain([format!("={}", self.shown)]).collect()
    }
}

/// The folder of a section that computes.
pub(crate) fn experiment(section: &Crate) -> PathBuf {
    section.folder.join("src/experiment")
}

/// Hash of all sources of a crate, byte by byte.
///
/// # Errors
/// When one cannot be read.
pub fn bytes(of: &Crate) -> Result<String, WorkspaceError> {
    bytes_without(of, None)
}

/// The same without those below a folder.
fn bytes_without(of: &Crate, without: Option<&Path>) -> Result<String, WorkspaceError> {
    let mut hasher = Hasher::new();
    let mut files = source_files(&of.folder.join("src"))?;
    files.retain(|file| without.is_none_or(|at| !file.starts_with(at)));
    for file in &files {
        feed(&mut hasher, &name(file, &of.folder), &read(file)?);
    }
    Ok(hasher.finalize().to_hex().to_string())
}

/// Hash of all sources below a folder but those of tests, named from `base` on.
fn hash(folder: &Path, base: &Path) -> Result<String, WorkspaceError> {
    let mut files = Vec::new();
    let mut test_modules: BTreeSet<PathBuf> = BTreeSet::new();
    for path in source_files(folder)? {
        let rust = if is_rust(&path) { Some(RustFile::read(&path)?) } else { None };
        test_modules.extend(rust.iter().flat_map(|rust| rust.test_modules.clone()));
        files.push((path, rust));
    }
    let is_test =
        |path: &Path| path.ancestors().any(|above| test_modules.contains(&above.with_extension("")));
    let mut hasher = Hasher::new();
    for (path, rust) in files.iter().filter(|(path, _)| !is_test(path)) {
        let Some(rust) = rust else {
            feed(&mut hasher, &name(path, base), &read(path)?);
            continue;
        };
        if let Some(word) = ["env!", "option_env!"].into_iter().find(|word| rust.words.contains(*word)) {
            return Err(reaching(path, &format!("the environment of the compiler by `{word}`")));
        }
        feed(&mut hasher, &name(path, base), rust.text.as_bytes());
        for embedded in &rust.embedded {
            let is_outside = !embedded.starts_with(folder)
                || embedded.components().any(|part| part == Component::ParentDir);
            if is_rust(embedded) && is_outside {
                return Err(reaching(path, &embedded.display().to_string()));
            }
            feed(&mut hasher, "embedded", &read(embedded)?);
        }
    }
    // What a build script says is compiled in.
    if let Ok(script) = fs::read(base.join("build.rs")) {
        feed(&mut hasher, "build.rs", &script);
    }
    Ok(hasher.finalize().to_hex().to_string())
}

/// Refuses an experiment that uses what its key does not cover: other modules of its crate, or crates that are not keyed,
/// whose names it may not even use as words.
fn keeps_to_itself(crates: &Crates, section: &Crate) -> Result<(), WorkspaceError> {
    let unkeyed: Vec<String> = crates
        .below(section)
        .into_iter()
        .filter(|below| below.side == Side::Unkeyed)
        .map(|below| below.name.replace('-', "_"))
        .collect();
    for path in source_files(&experiment(section))?.into_iter().filter(|path| is_rust(path)) {
        let RustFile { reaches, above, words, .. } = RustFile::read(&path)?;
        let inside = module_folder(&path).strip_prefix(experiment(section)).map_or(0, |at| at.iter().count());
        let outside = reaches.iter().find(|name| *name != "experiment").map(|name| format!("crate::{name}"));
        let upwards = (above > inside).then(|| "super::".repeat(above));
        let unkeyed = unkeyed.iter().find(|name| words.contains(*name)).cloned();
        if let Some(outside) = outside.or(upwards).or(unkeyed) {
            return Err(reaching(&path, &outside));
        }
    }
    Ok(())
}

/// What computes and depends on what does not, or a section on another.
fn line(of: &Crate, on: &Crate) -> WorkspaceError {
    let what = format!("part of run keys, it cannot depend on {}, which is not part of them", on.name);
    WorkspaceError::wrong(&of.folder, what)
}

/// What computes and reaches something that its key does not cover.
fn reaching(path: &Path, what: &str) -> WorkspaceError {
    let what = format!("it reaches {what}, which is in no key: move what computes into the folder");
    WorkspaceError::wrong(path, what)
}

fn is_rust(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "rs")
}

fn read(path: &Path) -> Result<Vec<u8>, WorkspaceError> {
    fs::read(path).map_err(WorkspaceError::unreadable(path))
}

fn name(file: &Path, base: &Path) -> String {
    file.strip_prefix(base).unwrap_or(file).to_string_lossy().replace('\\', "/")
}

fn feed(hasher: &mut Hasher, name: &str, content: &[u8]) {
    hasher.update(blake3::hash(name.as_bytes()).as_bytes());
    hasher.update(blake3::hash(content).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of the sources of a section in which one file says this.
    fn told(file: &str, text: &str) -> Result<BTreeMap<String, Sources>, String> {
        let root = temp_dir::TempDir::new().unwrap();
        let write = |name: &str, text: &str| {
            let path = root.path().join("crates").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write(
            "a/Cargo.toml",
            "[package]\nname=\"a\"\n[dependencies]\nb-c={}\n[package.metadata.section]\nnumber=\"1\"",
        );
        write("b/Cargo.toml", "[package]\nname=\"b-c\"\n[package.metadata.library]\nkeyed=false");
        write("b/src/lib.rs", "");
        for name in ["mod.rs", "runs.rs", "runs/deep.rs"] {
            write(&format!("a/src/experiment/{name}"), if name == file { text } else { "" });
        }
        let crates = Crates::read(root.path()).unwrap();
        Sources::of_all(&crates).map_err(|error| error.to_string())
    }

    #[test]
    fn what_reaches_beyond_its_key_is_refused_whatever_the_way() {
        for (file, text) in [
            ("mod.rs", "fn f() { super::helper() }"),
            ("runs.rs", "use super::super::report as r;"),
            ("runs.rs", "use super::{super::helper};"),
            ("runs.rs", "use crate::{report, experiment};"),
            ("runs.rs", "use crate as c; fn f() { c::report::f() }"),
            ("runs.rs", "extern crate self as me;"),
            ("runs/deep.rs", "use super::super::super::helper;"),
            ("runs/deep.rs", "use ::b_c as other;"),
            ("runs.rs", "const A: Option<&str> = option_env!(\"A\");"),
            ("mod.rs", "#[path = \"../helper.rs\"] mod helper;"),
        ] {
            assert!(told(file, text).unwrap_err().contains("which is in no key"), "{file}: {text}");
        }
        for (file, text) in [
            ("mod.rs", "mod runs; pub use self::runs::f; pub use crate::experiment::runs::g;"),
            ("runs.rs", "use super::f; #[cfg(test)] mod tests { use super::super::*; use b_c; }"),
            ("runs/deep.rs", "use super::super::f; pub(crate) fn environment() { std::env::args(); }"),
        ] {
            told(file, text).unwrap();
        }
    }
}
