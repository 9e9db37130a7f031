//! House rules, as tests: what no compiler checks and every section has to keep.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use workspace::{Crates, Side};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// Git in a folder, not in the one for which a hook or an alias of git's may have called us.
fn git(folder: &Path) -> Command {
    let mut git = Command::new("git");
    git.arg("-C").arg(folder);
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        git.env_remove(name);
    }
    git
}

/// Files below a folder, by extension, that belong to the project: those that git tracks. What else stands in a checkout, such
/// as environments, notes and build outputs, is its owner's. Without git all of it counts.
fn files(folder: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    let tracked = git(folder).args(["ls-files", "-z"]).output();
    let mut paths = match tracked.ok().filter(|tracked| tracked.status.success()) {
        Some(tracked) => {
            let names = tracked.stdout.split(|byte| *byte == 0);
            names.filter_map(|name| std::str::from_utf8(name).ok()).map(|name| folder.join(name)).collect()
        }
        None => workspace::source_files(folder).unwrap(),
    };
    let is_one =
        |path: &PathBuf| path.extension().is_some_and(|end| extensions.iter().any(|known| end == *known));
    // One that is deleted stays known to git until that is committed.
    paths.retain(|path| is_one(path) && path.is_file());
    paths.sort();
    paths
}

#[test]
fn what_git_does_not_track_is_nobodys_business() {
    let checkout = tempfile::tempdir().unwrap();
    let git = |words: &[&str]| {
        let done = git(checkout.path()).args(words).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    let place = |name: &str| checkout.path().join(name);
    fs::create_dir_all(place("venv/lib")).unwrap();
    fs::write(place("ours.md"), "ours").unwrap();
    git(&["init", "-q"]);
    git(&["add", "ours.md"]);
    fs::write(place("venv/lib/notes.md"), [0xff, 0xfe]).unwrap();
    assert_eq!(files(checkout.path(), &["md"]), [place("ours.md")]);
}

/// The lines of a file, with their numbers.
fn lines(file: &Path) -> Vec<(usize, String)> {
    (1..).zip(fs::read_to_string(file).unwrap().lines().map(str::to_owned)).collect()
}

fn sections() -> Vec<PathBuf> {
    let sections = workspace::sections(&Crates::read(&root()).unwrap()).unwrap();
    assert!(!sections.is_empty());
    sections.into_iter().map(|section| section.folder).collect()
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

/// Code of a file, without comments and strings that begin or end in other lines.
fn code(file: &Path) -> String {
    let lines = lines(file).into_iter().map(|(_, line)| line);
    lines.filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

// That an experiment names nothing outside is seen to wherever its key is made: what the rest of the section could push
// into it is left.
#[test]
fn the_root_of_a_section_holds_two_modules_and_its_declaration() {
    for section in sections() {
        let code = code(&section.join("src/lib.rs"));
        let declaration = code.trim().strip_prefix("pub mod experiment;\nmod report;\n\npub const SECTION: ");
        let ends = declaration.and_then(|declaration| declaration.find("\n};")).map(|end| end + 3);
        assert_eq!(ends, declaration.map(str::len), "{}", section.display());
        assert!(ends.is_some(), "{}: something else stands in lib.rs", section.display());
    }
}

/// The type that a line gives something to, where it opens an `impl`.
fn implemented(line: &str) -> Option<&str> {
    let line = line.trim_start().strip_prefix("unsafe ").unwrap_or(line.trim_start()).strip_prefix("impl")?;
    let generics = line.starts_with('<').then(|| line.find("> ")).flatten().map_or(0, |end| end + 1);
    let head = &line[generics..];
    Some(head.split(" for ").last()?.split(['{', '<']).next()?.trim())
}

/// A method or a trait that the report side gives to a type of the experiment would be reached from there without its name.
#[test]
fn what_shows_adds_nothing_to_what_computes() {
    assert_eq!(
        implemented("impl<T: From<u8>> a::B<T> for crate::experiment::Run {"),
        Some("crate::experiment::Run")
    );
    assert_eq!(implemented("    impl Found<'_> {"), Some("Found"));
    for section in sections() {
        let shown = files(&section.join("src/report"), &["rs"]);
        let all: String = shown.iter().map(|file| code(file)).collect();
        for (file, line) in
            shown.iter().flat_map(|file| lines(file).into_iter().map(move |(_, line)| (file, line)))
        {
            let Some(of) = implemented(&line) else { continue };
            let is_ours = ["struct", "enum"].iter().any(|kind| all.contains(&format!("{kind} {of}")));
            assert!(is_ours, "{}: {line}: {of} is not declared beside it", file.display());
        }
    }
}

/// What builds a keyed crate is in no key but for its build script's own words.
#[test]
fn what_computes_is_built_without_help() {
    for found in Crates::read(&root()).unwrap().iter().filter(|found| found.side != Side::Unkeyed) {
        let manifest: toml::Table =
            fs::read_to_string(found.folder.join("Cargo.toml")).unwrap().parse().unwrap();
        let helpers = manifest.get("build-dependencies").and_then(|value| value.as_table());
        let helpers: Vec<&String> = helpers.into_iter().flat_map(|table| table.keys()).collect();
        let may = if found.side == Side::Section { vec!["workspace"] } else { Vec::new() };
        assert_eq!(helpers, may, "{}", found.folder.display());
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
    let all = files(&root().join("crates"), &["rs", "cu"]);
    for file in all.iter().filter(|file| !file.starts_with(&typeset)) {
        let names = |marker: &str| -> Vec<String> {
            let of = |(_, line): (usize, String)| Some(line.trim().strip_prefix(marker)?.trim().to_owned());
            lines(file).into_iter().filter_map(of).collect()
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
        for (number, line) in lines(&file) {
            assert!(!has_measured_number(&line), "{}:{number}: {line}", file.display());
        }
    }
}

/// Behind an expression a semicolon belongs to the expression, and is not printed.
#[test]
fn no_semicolon_of_the_text_is_swallowed() {
    for file in files(&root().join("paper/sections"), &["typ"]) {
        for (number, line) in lines(&file) {
            assert!(!line.contains("\"); "), "{}:{number}: write \\; in {line}", file.display());
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
    let crates =
        files(&root().join("crates"), &["toml"]).into_iter().chain([root().join("xtask/Cargo.toml")]);
    for manifest in crates.filter(|file| file.ends_with("Cargo.toml")) {
        let table: toml::Table = fs::read_to_string(&manifest).unwrap().parse().unwrap();
        for kind in ["dependencies", "dev-dependencies"] {
            for (name, value) in table.get(kind).and_then(|value| value.as_table()).into_iter().flatten() {
                let shared = value.get("workspace").and_then(|value| value.as_bool()) == Some(true);
                assert!(shared, "{}: {name} is not taken from the workspace", manifest.display());
            }
        }
        assert!(table.contains_key("lints"), "{} does not share the lints", manifest.display());
    }
}

#[test]
fn nothing_names_a_place_that_only_one_machine_has() {
    // Put together here so that this file does not contain what it forbids.
    let forbidden = [("/wo", "rk/"), ("/ro", "ot/"), ("/ho", "me/")].map(|(a, b)| format!("{a}{b}"));
    let records = root().join("data/records");
    let all = files(&root(), &["rs", "toml", "md", "typ", "py", "cu", "sh", "cff", "snap"]);
    for file in all.iter().filter(|file| !file.starts_with(&records)) {
        for (number, line) in lines(file) {
            let place = forbidden.iter().find(|place| line.contains(place.as_str()));
            assert!(place.is_none(), "{}:{number}: {line}", file.display());
        }
    }
}

#[test]
fn snapshots_that_differ_are_written_wherever_tests_run() {
    // Left to itself, insta writes none where CI is set, and `cargo xtask review` would find nothing.
    let config: toml::Table = fs::read_to_string(root().join(".cargo/config.toml")).unwrap().parse().unwrap();
    assert_eq!(config["env"]["INSTA_UPDATE"].as_str(), Some("new"));
    assert!(std::env::var_os("INSTA_UPDATE").is_some(), "cargo has not read .cargo/config.toml");
}
