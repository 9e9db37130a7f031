//! House rules, as tests: what no compiler checks and every section has to keep.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// Files below a folder, by extension, build outputs left out.
fn files(folder: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    let listing = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = listing.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let kept = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        !matches!(name.as_str(), "target" | ".git" | ".cache" | "generated" | "records")
    };
    paths
        .into_iter()
        .filter(kept)
        .flat_map(|path| match path.is_dir() {
            true => files(&path, extensions),
            false if path.extension().is_some_and(|e| extensions.iter().any(|known| e == *known)) => {
                vec![path]
            }
            false => Vec::new(),
        })
        .collect()
}

fn sections() -> Vec<PathBuf> {
    let listing = fs::read_dir(root().join("crates")).unwrap();
    let mut folders: Vec<PathBuf> = listing.map(|entry| entry.unwrap().path()).collect();
    folders.retain(|folder| {
        fs::read_to_string(folder.join("Cargo.toml"))
            .is_ok_and(|text| text.contains("[package.metadata.section]"))
    });
    folders.sort();
    assert!(!folders.is_empty());
    folders
}

#[test]
fn every_section_has_the_same_rooms() {
    for section in sections() {
        let computed = ["mod", "params", "runs"].map(|room| format!("experiment/{room}"));
        let shown = ["mod", "tables", "figures", "claims"].map(|room| format!("report/{room}"));
        for room in ["lib".to_owned(), "main".to_owned()].iter().chain(&computed).chain(&shown) {
            let file = section.join(format!("src/{room}.rs"));
            assert!(file.is_file(), "{} is missing", file.display());
        }
        assert!(section.join("tests").is_dir(), "{} has no tests", section.display());
        let page =
            root().join("paper/sections").join(section.file_name().unwrap()).with_added_extension("typ");
        assert!(page.is_file(), "{} is missing", page.display());
    }
}

#[test]
fn what_computes_knows_nothing_of_what_shows() {
    const SHOWS: [&str; 5] = ["report", "ledger", "runner", "snapshots", "typeset"];
    for section in sections() {
        for file in files(&section.join("src/experiment"), &["rs"]) {
            let text = fs::read_to_string(&file).unwrap();
            let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            for shows in SHOWS {
                assert!(!code.contains(&format!("{shows}::")), "{} reaches {shows}", file.display());
            }
        }
    }
}

#[test]
fn files_hold_one_idea() {
    const MOST: usize = 400;
    for folder in ["crates", "xtask"] {
        for file in files(&root().join(folder), &["rs"]) {
            let lines = fs::read_to_string(&file).unwrap().lines().count();
            assert!(lines <= MOST, "{} has {lines} lines of at most {MOST}", file.display());
        }
    }
}

#[test]
fn regions_open_and_close_once() {
    // What typesets cuts regions: its tests hold markers in strings.
    let typeset = root().join("crates/typeset");
    for file in
        files(&root().join("crates"), &["rs", "cu"]).into_iter().filter(|file| !file.starts_with(&typeset))
    {
        let text = fs::read_to_string(&file).unwrap();
        let names = |marker: &str| -> Vec<String> {
            text.lines()
                .filter_map(|line| Some(line.trim().strip_prefix(marker)?.trim().to_owned()))
                .collect()
        };
        let (opened, closed) = (names("// region:"), names("// endregion:"));
        assert_eq!(opened.len(), closed.len(), "{}: regions left open", file.display());
        for (index, name) in opened.iter().enumerate() {
            assert!(!opened[..index].contains(name), "{}: region {name} twice", file.display());
            assert!(closed.contains(name), "{}: region {name} is not closed", file.display());
        }
    }
}

#[test]
fn no_number_in_prose_is_typed_by_hand() {
    let pages = files(&root().join("paper/sections"), &["typ"]);
    assert!(!pages.is_empty());
    for file in pages {
        for (number, line) in (1..).zip(fs::read_to_string(&file).unwrap().lines()) {
            assert!(!has_measured_number(line), "{}:{number}: {line}", file.display());
        }
    }
}

/// Whether a line has a decimal number outside code, strings and lengths.
fn has_measured_number(line: &str) -> bool {
    let outside: String = line.split('"').step_by(2).collect::<Vec<_>>().join(" ");
    let outside = outside.split("//").next().unwrap_or_default();
    let bytes = outside.as_bytes();
    (1..bytes.len().saturating_sub(2)).any(|at| {
        let decimal = bytes[at] == b'.'
            && bytes[at - 1] == b'0'
            && bytes[at + 1].is_ascii_digit()
            && bytes[at + 2].is_ascii_digit();
        let alone = at < 2 || !bytes[at - 2].is_ascii_alphanumeric();
        if !(decimal && alone) {
            return false;
        }
        let tail = outside[at + 1..].trim_start_matches(|c: char| c.is_ascii_digit());
        !tail.starts_with("em") && !tail.starts_with("pt") && !tail.starts_with("cm")
    })
}

#[test]
fn the_rule_on_numbers_sees_what_it_should() {
    assert!(has_measured_number("the slope is -0.381 per layer"));
    assert!(!has_measured_number("the slope is #claim(\"4.slope-batchnorm\") per layer"));
    assert!(!has_measured_number("#v(0.65em) and Section 3.1 and \"0.383\""));
}

#[test]
fn dependencies_are_named_once() {
    for (_, manifest) in manifests() {
        let text = fs::read_to_string(&manifest).unwrap();
        let table: toml::Table = text.parse().unwrap();
        for kind in ["dependencies", "dev-dependencies"] {
            for (name, value) in table.get(kind).and_then(|value| value.as_table()).into_iter().flatten() {
                let shared = value.get("workspace").and_then(|value| value.as_bool()) == Some(true);
                assert!(shared, "{}: {name} is not taken from the workspace", manifest.display());
            }
        }
        assert!(table.contains_key("lints"), "{} does not share the lints", manifest.display());
    }
}

fn manifests() -> Vec<(String, PathBuf)> {
    let folders = fs::read_dir(root().join("crates")).unwrap().map(|entry| entry.unwrap().path());
    let all = folders.chain([root().join("xtask")]).map(|folder| folder.join("Cargo.toml"));
    all.filter(|path| path.is_file()).map(|path| (path.display().to_string(), path)).collect()
}

#[test]
fn nothing_names_a_place_that_only_one_machine_has() {
    // Put together here so that this file does not contain what it forbids.
    let forbidden = ["/wo", "/ro", "/ho"].iter().zip(["rk/", "ot/", "me/"]).map(|(a, b)| format!("{a}{b}"));
    let forbidden: Vec<String> = forbidden.collect();
    for file in files(&root(), &["rs", "toml", "md", "typ", "py", "cu", "sh", "cff", "snap"]) {
        let text = fs::read_to_string(&file).unwrap();
        for (number, line) in (1..).zip(text.lines()) {
            let place = forbidden.iter().find(|place| line.contains(place.as_str()));
            assert!(place.is_none(), "{}:{number}: {line}", file.display());
        }
    }
}
