//! Verifying an archive: from its checksums to what its programs make of its runs. Nothing in it is believed because
//! something else in it says so, and none of its code is run.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use experiment::told;
use runner::messages::{Request, exit};
use runner::{CommandError, FileError};

use super::citation::Citation;
use super::contents::{self, CHECKSUMS, DESCRIPTION, ORIGIN, Origin};
use super::packed::{Content, Files, unpack};
use super::{lay_out, some};
use crate::code::Code;
use crate::compile::{self, Built};
use crate::sections::Workspace;
use crate::{Outcome, ledger_files, talk};

/// Places whose files decide what the programs do.
const PROGRAMS: [&str; 6] =
    [".cargo/", "Cargo.lock", "Cargo.toml", "crates/", "rust-toolchain.toml", "xtask/"];

/// What is known of an archive.
#[derive(Default, Debug)]
struct Findings {
    verified: Vec<String>,
    faults: Vec<String>,
    left: Vec<String>,
}

impl Findings {
    /// Takes note of faults or, if there are none, that something is verified.
    fn note(&mut self, faults: Vec<String>, verified: impl Into<String>) {
        if faults.is_empty() {
            self.verified.push(verified.into());
        }
        self.faults.extend(faults);
    }

    fn told(&self) -> u8 {
        self.verified.iter().for_each(|what| println!("verified: {what}"));
        self.left.iter().for_each(|what| println!("left:     {what}"));
        self.faults.iter().for_each(|what| println!("fault:    {what}"));
        match (self.faults.is_empty(), self.left.is_empty()) {
            (false, _) => exit::FAILED,
            (true, false) => exit::WOULD_RUN,
            (true, true) => exit::OK,
        }
    }
}

/// Checks an archive and says what it found.
/// Fails when the file cannot be read, or this checkout's programs cannot be built.
pub fn check(checkout: &Workspace, file: &Path) -> Outcome {
    let bytes = fs::read(file)
        .map_err(|error| CommandError::from(FileError::of("read", file)(error)).code(exit::USAGE))?;
    println!("{}: SHA-256 {}", file.display(), contents::sha256(&bytes));
    let mut findings = Findings::default();
    match unpack(&bytes) {
        Err(error) => findings.faults.push(told(&error)),
        Ok(files) => {
            findings.note(against_checksums(&files), format!("{} files, by their checksums", files.len()));
            if findings.faults.is_empty() {
                let place = tempfile::tempdir()?;
                lay_out(&files, place.path())?;
                deeper(checkout, file, &files, place.path(), &mut findings)?;
            }
        }
    }
    Ok(findings.told())
}

/// Files that are missing, changed or not listed.
fn against_checksums(files: &Files) -> Vec<String> {
    let Some(list) = files.get(CHECKSUMS) else { return vec![format!("it has no {CHECKSUMS}")] };
    let text = String::from_utf8_lossy(&list.bytes);
    let mut listed: BTreeMap<&str, &str> = BTreeMap::new();
    let mut faults = Vec::new();
    for line in text.lines() {
        match line.split_once("  ") {
            Some((sum, name)) if listed.insert(name, sum).is_none() => {}
            Some((_, name)) => faults.push(format!("{CHECKSUMS} lists {name} twice")),
            None => faults.push(format!("{CHECKSUMS} has the line {line:?}")),
        }
    }
    for (name, sum) in &listed {
        match files.get(*name) {
            None => faults.push(format!("{name} is missing")),
            Some(file) if contents::sha256(&file.bytes) != *sum => {
                faults.push(format!("{name} is not the file that {CHECKSUMS} lists"));
            }
            Some(_) => {}
        }
    }
    let extra = files.keys().filter(|name| *name != CHECKSUMS && !listed.contains_key(name.as_str()));
    faults.extend(extra.map(|name| format!("{name} is in it and not listed")));
    faults
}

/// Whether the files, all of them what the checksums say, fit each other.
fn deeper(
    checkout: &Workspace,
    file: &Path,
    files: &Files,
    place: &Path,
    findings: &mut Findings,
) -> Result<(), CommandError> {
    let opened = || {
        let workspace = Workspace::at(place)?;
        let rows = ledger_files::adopted(&workspace)?;
        let origin: Origin =
            serde_json::from_slice(files.get(ORIGIN).map(|file| &file.bytes[..]).unwrap_or_default())
                .map_err(|error| CommandError::failed(ORIGIN).because(error))?;
        Ok((workspace, rows, origin))
    };
    let (workspace, rows, origin) = match opened() {
        Ok(opened) => opened,
        Err(error) => {
            let error: CommandError = error;
            findings.faults.push(error.to_string().replace(&format!("{}/", place.display()), ""));
            return Ok(());
        }
    };
    findings.verified.push("records, by the checksums in their provenance".to_owned());
    let differ = differing(checkout, files)?;
    let changed = if origin.changed.is_empty() { "" } else { ", with changes that archive.json names" };
    println!("of commit {}{changed}, {} claims", origin.commit, rows.len());
    if !differ.is_empty() {
        let what =
            "that verdicts follow from tables, tables from runs, and page, PDF and description from both";
        findings.left.push(format!("{what}: this checkout's sources are others ({})", some(&differ)));
        let file = std::path::absolute(file)?;
        let file = file.display();
        findings.left.push(format!(
            "to verify that: unzip '{file}' -d DIR && cd DIR && cargo xtask archive --check '{file}'"
        ));
        return Ok(());
    }
    let citation = Citation::read(place)?.files();
    let is_behind =
        |(name, text): &&(&str, String)| files.get(*name) != Some(&Content::plain(text.as_bytes()));
    let behind =
        citation.iter().filter(is_behind).map(|(name, _)| format!("{name} is not what Cargo.toml says"));
    findings.note(behind.collect(), "CITATION.cff, .zenodo.json and codemeta.json, from Cargo.toml");
    let _lock = checkout.lock("archive")?;
    let built = compile::build(checkout, false)?;
    sections(&workspace, &built, findings)?;
    eprintln!("typesetting the paper of its records");
    remade(&workspace, &built, &origin, files, findings)
}

/// Has each section's program hold its record's files against each other.
fn sections(workspace: &Workspace, built: &Built, findings: &mut Findings) -> Result<(), CommandError> {
    let code = Code::read(workspace, built)?;
    for section in &workspace.sections {
        let record = workspace.records().join(section.slug());
        if !record.is_dir() {
            continue;
        }
        eprintln!("Section {}: verdicts from tables, tables from runs", section.number);
        let request = Request {
            record: Some(record),
            register: workspace.register(),
            ..Request::bare(&workspace.store(), &code.sources(section))
        };
        let number = &section.number;
        match talk::recheck(built, section, &request) {
            Err(error) => findings.faults.push(format!("Section {number}: {error}")),
            Ok(found) => {
                let whole = found.kept == found.runs && found.runs > 0;
                let faults = found.faults.into_iter().map(|fault| format!("Section {number}: {fault}"));
                let tables = if whole {
                    format!("; tables and figures, from {} runs", found.runs)
                } else {
                    String::new()
                };
                findings.note(faults.collect(), format!("Section {number}: verdicts, from tables{tables}"));
                if !whole {
                    let (kept, runs) = (found.kept, found.runs);
                    let what = format!(
                        "Section {number}: tables from runs: {kept} of the {runs} runs behind them are kept"
                    );
                    findings.left.push(format!("{what}; `cargo xtask reproduce {number}` computes them"));
                }
            }
        }
    }
    Ok(())
}

/// Makes again what the archive's maker made, and compares.
fn remade(
    workspace: &Workspace,
    built: &Built,
    origin: &Origin,
    files: &Files,
    findings: &mut Findings,
) -> Result<(), CommandError> {
    let made = ["paper/paper.pdf", "paper/paper.html", "paper/generated/claims.json", DESCRIPTION];
    let mut sources = files.clone();
    sources.retain(|name, _| !made.contains(&name.as_str()) && name != CHECKSUMS);
    let whole = contents::complete(workspace, built, &workspace.store().join("archive"), origin, sources);
    let faults = match whole {
        Err(error) => vec![format!("page, PDF and description cannot be made again: {error}")],
        Ok(whole) => {
            let other = made.iter().filter(|name| whole.get(**name) != files.get(**name));
            other.map(|name| format!("{name} is not what the records give")).collect()
        }
    };
    findings.note(faults, format!("page, PDF, ledger and {DESCRIPTION}, from the records"));
    Ok(())
}

/// The sources of programs in which a checkout and an archive differ.
/// Fails when a file of the checkout cannot be read.
fn differing(checkout: &Workspace, files: &Files) -> Result<Vec<String>, CommandError> {
    let mut differ = Vec::new();
    for (name, file) in files.iter().filter(|(name, _)| PROGRAMS.iter().any(|place| name.starts_with(place)))
    {
        let path = checkout.root.join(name);
        if !path.is_file() || fs::read(&path).map_err(FileError::of("read", &path))? != file.bytes {
            differ.push(name.clone());
        }
    }
    Ok(differ)
}
