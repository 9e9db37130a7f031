//! Every source file of this workspace is perturbed in turn, in a copy: what computes must move the keys of exactly the
//! sections that depend on it, and what shows, tests, explains or lies about must move none.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use workspace::{Crate, Crates, Side, Sources, root_above, source_files};

/// Hashes of what the runs of each section depend on, by section.
type Keys = BTreeMap<String, Vec<(String, String)>>;

fn keys(root: &Path) -> Keys {
    let sources = Sources::of_all(&Crates::read(root).unwrap()).unwrap();
    sources.into_iter().map(|(name, sources)| (name, sources.keyed)).collect()
}

/// A copy of the sources and manifests of this workspace.
fn copy() -> tempfile::TempDir {
    let root = root_above(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    let copy = tempfile::tempdir().unwrap();
    for found in Crates::read(&root).unwrap().iter() {
        let mut files = vec![found.folder.join("Cargo.toml")];
        for folder in
            ["src", "tests", "benches"].map(|name| found.folder.join(name)).iter().filter(|at| at.is_dir())
        {
            files.extend(source_files(folder).unwrap());
        }
        for file in files {
            let to = copy.path().join(file.strip_prefix(&root).unwrap());
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(&file, to).unwrap();
        }
    }
    copy
}

/// The sections whose keys differ.
fn moved(before: &Keys, after: &Keys) -> BTreeSet<String> {
    before.iter().filter(|(name, keys)| after[*name] != **keys).map(|(name, _)| name.clone()).collect()
}

/// The sections whose runs a file of a crate is for.
fn dependents(crates: &Crates, of: &Crate, file: &Path) -> BTreeSet<String> {
    match of.side {
        Side::Unkeyed => BTreeSet::new(),
        Side::Section if file.starts_with(of.folder.join("src/experiment")) => {
            BTreeSet::from([of.name.clone()])
        }
        Side::Section => BTreeSet::new(),
        Side::Keyed => {
            let uses = |section: &&Crate| {
                section.side == Side::Section
                    && crates.below(section).iter().any(|below| below.name == of.name)
            };
            crates.iter().filter(uses).map(|section| section.name.clone()).collect()
        }
    }
}

/// Whether a file holds nothing but tests: it is declared so by its parent.
fn is_test(file: &Path, source: &Path) -> bool {
    file.strip_prefix(source).unwrap().components().any(|part| {
        let name = Path::new(&part).file_stem().unwrap().to_string_lossy().into_owned();
        ["tests", "fixtures"].contains(&name.as_str())
    })
}

fn perturbed(file: &Path, text: &[u8], with: &str, check: impl FnOnce()) {
    fs::write(file, [text, with.as_bytes()].concat()).unwrap();
    check();
    fs::write(file, text).unwrap();
}

#[test]
fn exactly_what_computes_moves_exactly_the_keys_of_what_it_computes() {
    let copy = copy();
    let crates = Crates::read(copy.path()).unwrap();
    let before = keys(copy.path());
    let none = BTreeSet::new();
    let (mut keyed_files, mut others) = (0, 0);
    for found in crates.iter() {
        let source = found.folder.join("src");
        for file in source_files(&source).unwrap() {
            let expected = match is_test(&file, &source) {
                true => BTreeSet::new(),
                false => dependents(&crates, found, &file),
            };
            let text = fs::read(&file).unwrap();
            let name = file.display();
            let is_rust = file.extension().is_some_and(|extension| extension == "rs");
            let token = if is_rust { "\nconst PERTURBED: u8 = 1;\n" } else { " " };
            perturbed(&file, &text, token, || {
                assert_eq!(moved(&before, &keys(copy.path())), expected, "{name}")
            });
            *(if expected.is_empty() { &mut others } else { &mut keyed_files }) += 1;
            if is_rust && !expected.is_empty() {
                let shown =
                    "\n// A comment.\n/// A doc line.\n#[cfg(test)]\nmod perturbed { const A: u8 = 1; }\n";
                perturbed(&file, &text, shown, || {
                    assert_eq!(moved(&before, &keys(copy.path())), none, "{name}")
                });
            }
        }
        for folder in ["tests", "benches"].map(|name| found.folder.join(name)).iter().filter(|at| at.is_dir())
        {
            let file = source_files(folder)
                .unwrap()
                .into_iter()
                .find(|file| file.extension().is_some_and(|e| e == "rs"));
            let Some(file) = file else { continue };
            let text = fs::read(&file).unwrap();
            perturbed(&file, &text, "\nconst PERTURBED: u8 = 1;\n", || {
                assert_eq!(moved(&before, &keys(copy.path())), none, "{}", file.display());
            });
        }
    }
    assert!(keyed_files > 100 && others > 100, "{keyed_files} files that compute, {others} others");
}

#[test]
fn a_new_file_counts_by_standing_in_a_keyed_folder() {
    let copy = copy();
    let crates = Crates::read(copy.path()).unwrap();
    let before = keys(copy.path());
    for found in crates.iter() {
        for folder in ["src", "src/experiment", "src/report"].map(|name| found.folder.join(name)) {
            if !folder.is_dir() {
                continue;
            }
            for (name, counts) in
                [("unheard_of.rs", true), ("table.json", true), (".hidden.rs", false), ("a.rs~", false)]
            {
                let file: PathBuf = folder.join(name);
                fs::write(&file, "").unwrap();
                let expected = if counts { dependents(&crates, found, &file) } else { BTreeSet::new() };
                assert_eq!(moved(&before, &keys(copy.path())), expected, "{}", file.display());
                fs::remove_file(&file).unwrap();
            }
        }
    }
}
