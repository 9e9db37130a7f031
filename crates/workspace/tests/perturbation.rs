//! Sources are perturbed in copies of this workspace: what computes must move the keys of exactly the sections that depend on
//! it, and what shows, tests, explains or lies about must move none. In every crate so, in every file, and with one token
//! changed in every pair of braces, however deep.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use workspace::{Crate, Crates, Side, Sources, root_above, source_files};

/// Hashes of what the runs of each section depend on, by section.
type Keys = BTreeMap<String, Vec<(String, String)>>;

fn keys(root: &Path) -> Keys {
    let sources = Sources::of_all(&Crates::read(root).unwrap()).unwrap();
    sources.into_iter().map(|(name, sources)| (name, sources.keyed)).collect()
}

fn root() -> PathBuf {
    root_above(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn copy_to(folder: &Path, root: &Path, file: &Path) {
    let to = folder.join(file.strip_prefix(root).unwrap());
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    fs::copy(file, to).unwrap();
}

/// The source files below a folder; none where it is not there.
fn sources(folder: &Path) -> Vec<PathBuf> {
    if folder.is_dir() { source_files(folder).unwrap() } else { Vec::new() }
}

/// The sections whose runs a file of a crate is for.
fn dependents(crates: &Crates, of: &Crate, file: &Path) -> BTreeSet<String> {
    let in_experiment = file.starts_with(of.folder.join("src/experiment"));
    let uses = |section: &&Crate| match of.side {
        Side::Unkeyed => false,
        Side::Section => in_experiment && section.name == of.name,
        Side::Keyed => crates.below(section).iter().any(|below| below.name == of.name),
    };
    let sections = crates.iter().filter(|found| found.side == Side::Section);
    sections.filter(uses).map(|section| section.name.clone()).collect()
}

/// Whether a file holds nothing but tests: it is declared so by its parent.
fn is_test(file: &Path, source: &Path) -> bool {
    let below = file.strip_prefix(source).unwrap().with_extension("");
    below.iter().any(|part| part == "tests" || part == "fixtures")
}

fn is_rust(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "rs")
}

/// What makes a file another one.
fn token(file: &Path) -> &'static str {
    if is_rust(file) { "\nconst PERTURBED: u8 = 1;\n" } else { " " }
}

/// What a file says to readers and to tests alone.
const SHOWN: &str = "\n// A comment.\n/// A doc line.\n#[cfg(test)]\nmod perturbed { const A: u8 = 1; }\n";

/// The sections that move when this is added to a file.
fn moved_by(root: &Path, before: &Keys, file: &Path, added: &str) -> BTreeSet<String> {
    let text = fs::read(file).unwrap();
    fs::write(file, [&text, added.as_bytes()].concat()).unwrap();
    let after = keys(root);
    fs::write(file, text).unwrap();
    before.iter().filter(|(name, keys)| after[*name] != **keys).map(|(name, _)| name.clone()).collect()
}

#[test]
fn a_crate_moves_exactly_the_keys_of_the_sections_that_use_it() {
    let root = root();
    let copy = temp_dir::TempDir::new().unwrap();
    for found in Crates::read(&root).unwrap().iter() {
        copy_to(copy.path(), &root, &found.folder.join("Cargo.toml"));
        for name in ["src", "tests", "benches"] {
            sources(&found.folder.join(name)).iter().for_each(|file| copy_to(copy.path(), &root, file));
        }
    }
    let (crates, before) = (Crates::read(copy.path()).unwrap(), keys(copy.path()));
    for found in crates.iter() {
        for room in ["src", "src/experiment", "src/report", "tests", "benches"] {
            let files = sources(&found.folder.join(room));
            let Some(file) = files.iter().find(|file| is_rust(file)) else { continue };
            let expected = match room {
                "tests" | "benches" => BTreeSet::new(),
                _ => dependents(&crates, found, file),
            };
            assert_eq!(moved_by(copy.path(), &before, file, token(file)), expected, "{}", file.display());
        }
    }
}

/// Manifests, tests, benches, commands and pages may move no key, so all of them are changed at once.
#[test]
fn nothing_beside_the_sources_moves_a_key_but_a_sections_own_build_script() {
    let (root, copy) = (root(), temp_dir::TempDir::new().unwrap());
    let within = ["crates", "xtask", "paper/sections"].map(|place| sources(&root.join(place))).concat();
    within.iter().chain([&root.join("Cargo.toml")]).for_each(|file| copy_to(copy.path(), &root, file));
    let (crates, before) = (Crates::read(copy.path()).unwrap(), keys(copy.path()));
    let is_keyed = |file: &Path| {
        let of_crate = |found: &Crate| {
            file.starts_with(found.folder.join("src")) || file == found.folder.join("build.rs")
        };
        crates.iter().any(of_crate)
    };
    let mut others = sources(copy.path());
    others.retain(|file| !is_keyed(file));
    for file in &others {
        let more = if file.ends_with("Cargo.toml") { "\n# perturbed = true\n" } else { token(file) };
        fs::write(file, [&fs::read(file).unwrap(), more.as_bytes()].concat()).unwrap();
    }
    assert_eq!(keys(copy.path()), before);
    for kind in ["toml", "typ", "rs", "csv", "py"] {
        assert!(others.iter().any(|file| file.extension().is_some_and(|end| end == kind)), "no {kind} file");
    }
    for section in crates.iter().filter(|found| found.side == Side::Section) {
        let script = section.folder.join("build.rs");
        assert_eq!(
            moved_by(copy.path(), &before, &script, token(&script)),
            BTreeSet::from([section.name.clone()])
        );
    }
}

/// A crate without its Rust files, and a section that depends on it; of a section, that section alone.
fn alone(root: &Path, found: &Crate) -> temp_dir::TempDir {
    let alone = temp_dir::TempDir::new().unwrap();
    copy_to(alone.path(), root, &found.folder.join("Cargo.toml"));
    if found.side != Side::Section {
        let section = "[package]\nname = \"s\"\n[package.metadata.section]\nnumber = \"1\"\n[dependencies]\n";
        fs::create_dir_all(alone.path().join("crates/s/src/experiment")).unwrap();
        fs::write(alone.path().join("crates/s/Cargo.toml"), format!("{section}{} = {{}}\n", found.name))
            .unwrap();
    }
    let files = sources(&found.folder.join("src"));
    files.iter().filter(|file| !is_rust(file)).for_each(|file| copy_to(alone.path(), root, file));
    alone
}

#[test]
fn every_file_that_computes_counts_by_standing_there_and_no_other_does() {
    let root = root();
    let crates = Crates::read(&root).unwrap();
    let (mut keyed_files, mut others) = (0, 0);
    for found in crates.iter() {
        let (alone, source) = (alone(&root, found), found.folder.join("src"));
        let here = |file: &Path| alone.path().join(file.strip_prefix(&root).unwrap());
        let files = sources(&source);
        files.iter().for_each(|file| copy_to(alone.path(), &root, file));
        let before = keys(alone.path());
        let moves = |file: &Path, added| !moved_by(alone.path(), &before, &here(file), added).is_empty();
        let computes = |file: &Path| !is_test(file, &source) && !dependents(&crates, found, file).is_empty();
        for file in &files {
            assert_eq!(moves(file, token(file)), computes(file), "{}", file.display());
            *(if computes(file) { &mut keyed_files } else { &mut others }) += 1;
            if is_rust(file) {
                assert!(!computes(file) || !moves(file, SHOWN), "{}", file.display());
            }
        }
        for room in ["src", "src/experiment", "src/report"].map(|name| found.folder.join(name)) {
            let names =
                [("unheard_of.rs", true), ("table.json", true), (".hidden.rs", false), ("a.rs~", false)];
            for (file, counts) in names.map(|(name, counts)| (room.join(name), counts)) {
                if room.is_dir() {
                    fs::write(here(&file), "").unwrap();
                    let moves = keys(alone.path()) != before;
                    fs::remove_file(here(&file)).unwrap();
                    assert_eq!(moves, counts && computes(&file), "{}", file.display());
                }
            }
        }
    }
    assert!(keyed_files > 100 && others > 100, "{keyed_files} files that compute, {others} others");
}

/// A token that stands directly in a pair of braces or in the file: where it is and what takes its place; and whether it
/// stands in an item for tests.
struct Place {
    at: Range<usize>,
    text: String,
    for_tests: bool,
}

/// One place in each pair of braces. An item is for tests from its attribute to its own braces or its semicolon, a field to its
/// comma.
fn places(stream: TokenStream, for_tests: bool, start: usize, found: &mut Vec<Place>) {
    let trees: Vec<TokenTree> = stream.into_iter().collect();
    const ITEMS: [&str; 9] = ["const", "enum", "fn", "impl", "mod", "static", "struct", "trait", "use"];
    let (mut skipping, mut item, mut own) = (false, String::new(), None);
    for (index, tree) in trees.iter().enumerate() {
        let behind = |sign: char| matches!(trees.get(index.wrapping_sub(1)), Some(TokenTree::Punct(p)) if p.as_char() == sign);
        match tree {
            TokenTree::Group(attribute) if attribute.delimiter() == Delimiter::Bracket && behind('#') => {
                let text = attribute.stream().to_string().replace(' ', "");
                skipping |= text == "cfg(test)" || text.starts_with("cfg(all(test,");
                item.clear();
            }
            TokenTree::Group(group) => {
                let inside = for_tests || skipping;
                let braces = group.delimiter() == Delimiter::Brace;
                let mut more = Vec::new();
                places(group.stream(), inside, group.span_open().byte_range().end, &mut more);
                // What stands directly in parentheses or brackets belongs to the braces around them.
                found.extend(more.into_iter().skip(usize::from(!braces)));
                skipping &= !braces || item == "use";
            }
            TokenTree::Punct(end) if end.as_char() == ';' => skipping = false,
            TokenTree::Punct(end) if end.as_char() == ',' => skipping &= !item.is_empty(),
            TokenTree::Ident(word) if !skipping => {
                // The last one: what stands behind an item for tests is the first to be lost.
                own = Some((word.span().byte_range(), format!("{word}_perturbed")));
            }
            TokenTree::Ident(word) if item.is_empty() => {
                item.extend(ITEMS.into_iter().filter(|keyword| word == keyword));
            }
            _ => {}
        }
    }
    let (at, text) = own.unwrap_or((start..start, " perturbed ".to_owned()));
    found.insert(0, Place { at, text, for_tests });
}

#[test]
fn a_token_at_any_depth_counts_unless_only_tests_see_it() {
    let root = root();
    let crates = Crates::read(&root).unwrap();
    let (mut computing, mut testing) = (0, 0);
    for found in crates.iter().filter(|found| found.side != Side::Unkeyed) {
        let (alone, source) = (alone(&root, found), found.folder.join("src"));
        let computes = |file: &&PathBuf| {
            is_rust(file) && !is_test(file, &source) && !dependents(&crates, found, file).is_empty()
        };
        fs::create_dir_all(
            alone.path().join(found.folder.strip_prefix(&root).unwrap()).join("src/experiment"),
        )
        .unwrap();
        // One file at a time: reading all of them for each token would take hours.
        for file in sources(&source).iter().filter(computes) {
            let text = fs::read_to_string(file).unwrap();
            copy_to(alone.path(), &root, file);
            let here = alone.path().join(file.strip_prefix(&root).unwrap());
            let before = keys(alone.path());
            let mut found = Vec::new();
            places(text.parse().unwrap(), false, 0, &mut found);
            for Place { at, text: token, for_tests } in found {
                fs::write(&here, [&text[..at.start], &token, &text[at.end..]].concat()).unwrap();
                let differs = keys(alone.path()) != before;
                let line = text[..at.start].lines().count();
                assert_eq!(differs, !for_tests, "{}:{line}: {token}", file.display());
                *(if for_tests { &mut testing } else { &mut computing }) += 1;
            }
            fs::remove_file(&here).unwrap();
        }
    }
    assert!(computing > 2000 && testing > 300, "{computing} that compute, {testing} in tests");
}
