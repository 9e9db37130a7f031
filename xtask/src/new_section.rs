//! `cargo xtask new-section`: a section of your own, from templates, that builds, runs and is part of the paper at once.

use std::fs;
use std::path::{Path, PathBuf};

use runner::messages::exit;
use runner::{CommandError, atomic};

use crate::sections::Workspace;
use crate::{Outcome, compile, ledger_files};

/// Options of `new-section`.
#[derive(clap::Args, Debug)]
#[command(after_help = "Example:
  cargo xtask new-section 8 correlated-inputs
  cargo xtask reproduce 8

It makes crates/8-correlated-inputs with every room, paper/sections/8-correlated-inputs.typ, a claim at the end of
paper/claims.toml and its snapshot. Until the placeholders are replaced, `cargo xtask claims --check` fails.")]
pub struct Args {
    /// Its number, such as 8 or 3.5
    number: String,
    /// Its package name, such as correlated-inputs
    name: String,
}

/// A template of a crate: where it goes, and its text.
macro_rules! of_crate {
    ($name:literal) => {
        (concat!("crates/{{slug}}/", $name), include_str!(concat!("../templates/section/", $name)))
    };
}
/// The templates: where each goes, and its text.
const TEMPLATES: [(&str, &str); 13] = [
    of_crate!("Cargo.toml"),
    of_crate!("build.rs"),
    of_crate!("src/main.rs"),
    of_crate!("src/lib.rs"),
    of_crate!("src/experiment/mod.rs"),
    of_crate!("src/experiment/params.rs"),
    of_crate!("src/experiment/runs.rs"),
    of_crate!("src/report/mod.rs"),
    of_crate!("src/report/tables.rs"),
    of_crate!("src/report/figures.rs"),
    of_crate!("src/report/claims.rs"),
    of_crate!("tests/snapshots.rs"),
    ("paper/sections/{{slug}}.typ", include_str!("../templates/page.typ")),
];
const SNAPSHOT: (&str, &str) =
    ("snapshots/smoke/{{number}}.placeholder.snap", include_str!("../templates/snapshot.snap"));
const CLAIM: &str = include_str!("../templates/claim.toml");
/// What removes the files again.
const BACK: &str = "rm -rf crates/{{slug}} paper/sections/{{slug}}.typ snapshots/smoke/{{number}}.placeholder.snap paper/generated/{{slug}}";

/// Runs the command.
/// Fails when number or name are malformed or taken, or a file cannot be written; nothing that exists is overwritten.
pub fn new_section(args: &Args) -> Outcome {
    let workspace = Workspace::find()?;
    check(&workspace, args)?;
    ledger_files::register(&workspace)?;
    for path in write(&workspace.root, args)? {
        println!("{}", path.display());
    }
    let number = &args.number;
    println!("next: cargo xtask reproduce {number}, then replace what says PLACEHOLDER");
    println!("back: {}", filled(BACK, args));
    println!(
        "      and take `{number}.placeholder` out of paper/claims.toml again; cargo mends Cargo.lock by itself"
    );
    Ok(exit::OK)
}

fn check(workspace: &Workspace, args: &Args) -> Result<(), CommandError> {
    let Args { number, name } = args;
    let is_number =
        |part: &str| !part.is_empty() && part.len() < 6 && part.bytes().all(|byte| byte.is_ascii_digit());
    if !number.split('.').all(is_number) || number.split('.').count() > 2 {
        return Err(CommandError::usage(format!("`{number}` is not a section number"))
            .advise("write it like 8 or 3.5"));
    }
    let kebab = |part: &str| {
        part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()) && !part.is_empty()
    };
    if !name.split('-').all(kebab) || !name.starts_with(|first: char| first.is_ascii_lowercase()) {
        return Err(CommandError::usage(format!("`{name}` is not a package name"))
            .advise("write it like correlated-inputs"));
    }
    if let Some(taken) = workspace.sections.iter().find(|section| section.number == *number) {
        return Err(CommandError::usage(format!("Section {number} exists: {}", taken.name))
            .advise("choose another number"));
    }
    let lock = fs::read_to_string(workspace.root.join("Cargo.lock")).unwrap_or_default();
    let is_locked = lock.contains(&format!("\nname = \"{name}\"\n"));
    if let Some(why) = refused_by_cargo(workspace, name)? {
        return Err(CommandError::usage(why).advise("choose another name"));
    }
    if workspace.crates.get(name).is_some() || is_locked || name == "xtask" {
        return Err(CommandError::usage(format!("a package `{name}` exists")).advise("choose another name"));
    }
    Ok(())
}

/// Why cargo makes no package of this name, or warns of it: words of Rust, its own folders, the standard library.
fn refused_by_cargo(workspace: &Workspace, name: &str) -> Result<Option<String>, CommandError> {
    if name == "gen" {
        return Ok(Some("`gen` is a word of Rust 2024".to_owned()));
    }
    let folder = tempfile::tempdir()?;
    let mut cargo = compile::cargo(workspace);
    cargo.args(["new", "--vcs", "none", "--name", name]).arg(folder.path().join("package"));
    let said = cargo.env("CARGO_TERM_COLOR", "never").output()?;
    let text = String::from_utf8_lossy(&said.stderr).into_owned();
    let mut lines =
        text.lines().filter(|line| line.starts_with("error") || line.starts_with("warning: package"));
    Ok(lines.next().and_then(|line| line.split_once(": ")).map(|(_, why)| why.to_owned()))
}

/// Writes the section and gives the paths of its files.
fn write(root: &Path, args: &Args) -> Result<Vec<PathBuf>, CommandError> {
    let files = TEMPLATES
        .iter()
        .chain([&SNAPSHOT])
        .map(|(path, text)| (root.join(filled(path, args)), filled(text, args)));
    let files: Vec<(PathBuf, String)> = files.collect();
    let folder = root.join(filled("crates/{{slug}}", args));
    let places = files.iter().map(|(path, _)| path).chain([&folder]);
    if let Some(path) = { places }.find(|path| path.symlink_metadata().is_ok()) {
        return Err(CommandError::usage(format!("{} exists", path.display()))
            .advise("move it away, or choose another name"));
    }
    let register = root.join("paper/claims.toml");
    let claims = fs::read_to_string(&register)? + &filled(CLAIM, args);
    let all = files.iter().map(|(path, text)| (path, text)).chain([(&register, &claims)]);
    for (path, text) in all {
        if let Err(error) = atomic::write(path, text.as_bytes()) {
            // Nothing stays of a section that is not whole. The register is written last.
            files.iter().for_each(|(path, _)| drop(fs::remove_file(path)));
            let _ = fs::remove_dir_all(&folder);
            return Err(CommandError::from(error).advise("nothing was made: mend that and call it again"));
        }
    }
    Ok(files.into_iter().map(|(path, _)| path).chain([register]).collect())
}

fn filled(template: &str, args: &Args) -> String {
    let words: Vec<&str> = args.name.split('-').collect();
    let capital = |word: &&str| word[..1].to_uppercase() + &word[1..];
    let title = words.join(" ");
    let fields = [
        ("{{slug}}", format!("{}-{}", args.number, args.name)),
        ("{{number}}", args.number.clone()),
        ("{{name}}", args.name.clone()),
        ("{{crate}}", args.name.replace('-', "_")),
        ("{{type}}", words.iter().map(capital).collect()),
        ("{{Title}}", title[..1].to_uppercase() + &title[1..]),
        ("{{title}}", title.clone()),
    ];
    fields.iter().fold(template.to_owned(), |text, (field, value)| text.replace(field, value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger::Register;

    fn args(number: &str, name: &str) -> Args {
        Args { number: number.to_owned(), name: name.to_owned() }
    }

    fn root() -> tempfile::TempDir {
        let root = crate::sections::tests::workspace(&[("2", "background")]);
        fs::write(root.path().join("Cargo.lock"), "[[package]]\nname = \"polars\"\n").unwrap();
        root
    }

    #[test]
    fn numbers_and_names_that_exist_or_are_malformed_are_refused() {
        let root = root();
        let workspace = Workspace::at(root.path()).unwrap();
        for (number, name) in [
            ("2", "again"),
            ("7", "background"),
            ("7", "polars"),
            ("7", "build"),
            ("7", "match"),
            ("7", "test"),
            ("7", "core"),
            ("7", "gen"),
            ("7", "xtask"),
            ("seven", "topic"),
            ("7.", "topic"),
            ("7.1.2", "topic"),
            ("", "topic"),
            ("7", "My-Topic"),
            ("7", "-topic"),
            ("7", "7topic"),
            ("7", ""),
            ("7", "a/b"),
            ("../7", "topic"),
        ] {
            assert!(check(&workspace, &args(number, name)).is_err(), "{number} {name}");
        }
        assert!(check(&workspace, &args("3.5", "my-topic")).is_ok());
    }

    #[test]
    fn the_section_is_found_and_its_claim_is_well_formed() {
        let root = root();
        let before = workspace::source_files(root.path()).unwrap();
        let written = write(root.path(), &args("7", "my-topic")).unwrap();
        assert!(written.iter().all(|path| path.is_file()));
        assert_eq!(Workspace::at(root.path()).unwrap().section("7").unwrap().name, "my-topic");
        let register = Register::read(&root.path().join("paper/claims.toml")).unwrap();
        assert!(register.claim("7.placeholder").unwrap().placeholder);
        for path in written {
            let text = fs::read_to_string(&path).unwrap();
            assert!(!text.contains("{{"), "{} has an unfilled field", path.display());
            if path.extension().is_some_and(|extension| extension == "rs") {
                assert!(text.contains("//!"), "{}", path.display());
            }
        }
        assert!(write(root.path(), &args("7", "my-topic")).is_err(), "nothing is overwritten");
        let mut back = std::process::Command::new("sh");
        back.arg("-c").arg(filled(BACK, &args("7", "my-topic"))).current_dir(root.path());
        assert!(back.status().unwrap().success());
        assert_eq!(workspace::source_files(root.path()).unwrap(), before, "nothing stays behind");
    }

    #[test]
    fn nothing_stays_of_a_section_that_cannot_be_written() {
        let root = root();
        let mine = root.path().join("crates/7-my-topic/notes.md");
        atomic::write(&mine, b"the user's").unwrap();
        assert_eq!(write(root.path(), &args("7", "my-topic")).unwrap_err().code, exit::USAGE);
        assert!(mine.exists());
        fs::remove_dir_all(mine.parent().unwrap()).unwrap();
        fs::write(root.path().join("snapshots"), "a file where a folder belongs").unwrap();
        let before = fs::read(root.path().join("paper/claims.toml")).unwrap();
        write(root.path(), &args("7", "my-topic")).unwrap_err();
        assert!(!root.path().join("crates/7-my-topic").exists());
        assert!(!root.path().join("paper/sections/7-my-topic.typ").exists());
        assert_eq!(fs::read(root.path().join("paper/claims.toml")).unwrap(), before);
    }
}
