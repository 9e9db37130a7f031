//! Verifying an archive: from its checksums to what its programs make of its runs. Nothing in it is believed because
//! something else in it says so, and none of its code is run.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use experiment::told;
use runner::messages::{Request, exit};
use runner::{CommandError, FileError};

use super::citation::Citation;
use super::contents::{self, CHECKSUMS, DESCRIPTION, ORIGIN};
use super::packed::{Files, Origin, sha256, unpack};
use super::{lay_out, some};
use crate::built::Built;
use crate::code::Code;
use crate::compile;
use crate::sections::Workspace;
use crate::{Outcome, talk};

/// Places whose files decide what the programs do.
const PROGRAMS: [&str; 6] =
    [".cargo/", "Cargo.lock", "Cargo.toml", "crates/", "rust-toolchain.toml", "xtask/"];

/// What is known of an archive.
#[derive(Default, Debug)]
pub(super) struct Findings {
    verified: Vec<String>,
    pub(super) faults: Vec<String>,
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
    let bytes = fs::read(file).map_err(|error| {
        let refused = CommandError::from(FileError::of("read", file)(error)).code(exit::USAGE);
        refused.advise("name the .zip file itself; in a folder that was unpacked, sha256sum -c SHA256SUMS checks the files")
    })?;
    println!("{}: SHA-256 {}", file.display(), sha256(&bytes));
    let (place, mut findings) = (tempfile::tempdir()?, Findings::default());
    if let Some((workspace, files)) = by_itself(&bytes, place.path(), &mut findings)? {
        by_commit(checkout, &workspace, &files, &mut findings)?;
        by_programs(checkout, file, &workspace, &files, &mut findings)?;
    }
    Ok(findings.told())
}

/// What can be said of an archive without its programs: whether each file is the one that is listed, and whether the
/// records say what the description says. Without faults, it is unpacked to `place`.
pub(super) fn by_itself(
    bytes: &[u8],
    place: &Path,
    findings: &mut Findings,
) -> Result<Option<(Workspace, Files)>, CommandError> {
    let files = match unpack(bytes) {
        Ok(files) => files,
        Err(error) => {
            findings.faults.push(told(&error));
            return Ok(None);
        }
    };
    findings.note(against_checksums(&files), format!("{} files, by their checksums", files.len()));
    if !findings.faults.is_empty() {
        return Ok(None);
    }
    lay_out(&files, place)?;
    match Workspace::at(place)
        .and_then(|workspace| described(&workspace, &files, findings).map(|()| workspace))
    {
        Ok(workspace) => Ok(findings.faults.is_empty().then_some((workspace, files))),
        Err(error) => {
            findings.faults.push(error.to_string().replace(&format!("{}/", place.display()), ""));
            Ok(None)
        }
    }
}

/// Holds the files that describe the archive against its records and its manifest.
/// Fails when a record is damaged: its files are not those that its provenance names.
fn described(workspace: &Workspace, files: &Files, findings: &mut Findings) -> Result<(), CommandError> {
    let origin = origin(files)?;
    let changed = if origin.changed.is_empty() { "" } else { ", with changes that archive.json names" };
    println!("of commit {}{changed}", origin.commit);
    let mut again = files.clone();
    again.retain(|name, _| ![DESCRIPTION, CHECKSUMS].contains(&name.as_str()));
    let again = contents::describe(workspace, &origin, again)?;
    let citation = Citation::read(&workspace.root)?.files();
    let citation = citation.iter().map(|(name, text)| (*name, text.as_bytes(), "Cargo.toml says"));
    let description = (DESCRIPTION, &again[DESCRIPTION].bytes[..], "its records say");
    let other = citation
        .chain([description])
        .filter(|(name, text, _)| files.get(*name).is_none_or(|file| file.bytes != *text));
    let faults = other.map(|(name, _, says)| format!("{name} is not what {says}"));
    findings.note(faults.collect(), "provenance, description and citation, from records and Cargo.toml");
    Ok(())
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
            Some(file) if sha256(&file.bytes) != *sum => {
                faults.push(format!("{name} is not the file that {CHECKSUMS} lists"));
            }
            Some(_) => {}
        }
    }
    let extra = files.keys().filter(|name| *name != CHECKSUMS && !listed.contains_key(name.as_str()));
    faults.extend(extra.map(|name| format!("{name} is in it and not listed")));
    faults
}

/// The commit that an archive says it is of.
fn origin(files: &Files) -> Result<Origin, CommandError> {
    let text = files.get(ORIGIN).map(|file| &file.bytes[..]).unwrap_or_default();
    let origin: Origin =
        serde_json::from_slice(text).map_err(|error| CommandError::failed(ORIGIN).because(error))?;
    match !origin.commit.is_empty() && origin.commit.chars().all(|digit| digit.is_ascii_hexdigit()) {
        true => Ok(origin),
        false => Err(CommandError::failed(format!("{ORIGIN} names no commit"))),
    }
}

/// Holds sources against the commit, where this checkout knows it.
fn by_commit(
    checkout: &Workspace,
    workspace: &Workspace,
    files: &Files,
    findings: &mut Findings,
) -> Result<(), CommandError> {
    let origin = origin(files)?;
    let commit = &origin.commit;
    match contents::against_commit(&checkout.root, &origin, files, &workspace.root)? {
        Some(faults) => findings.note(faults, format!("sources and records, from commit {commit}")),
        None => findings.left.push(format!(
            "that sources and records are those of commit {commit}: this checkout does not know it; a clone that has it does"
        )),
    }
    Ok(())
}

/// Has this checkout's programs make again what the archive holds, if they are made of the same sources.
fn by_programs(
    checkout: &Workspace,
    file: &Path,
    workspace: &Workspace,
    files: &Files,
    findings: &mut Findings,
) -> Result<(), CommandError> {
    let differ = differing(checkout, files)?;
    if !differ.is_empty() {
        let what = "that verdicts follow from tables, tables from runs, page and PDF from both";
        findings.left.push(format!("{what}: this checkout's sources are others ({})", some(&differ)));
        let file = std::path::absolute(file)?;
        let file = file.display();
        findings.left.push(format!(
            "to verify that: unzip '{file}' -d DIR && cd DIR && cargo xtask archive --check '{file}'"
        ));
        return Ok(());
    }
    let _lock = checkout.lock("archive")?;
    let built = compile::build(checkout, false)?;
    sections(workspace, &built, findings)?;
    eprintln!("typesetting the paper of its records");
    match contents::made(workspace, &built, &workspace.store().join("archive")) {
        Err(error) => findings.faults.push(format!("page and PDF cannot be made again: {error}")),
        Ok(made) => {
            let other = made.iter().filter(|(name, file)| files.get(*name) != Some(file));
            let faults = other.map(|(name, _)| format!("{name} is not what the records give"));
            findings.note(faults.collect(), "page, PDF and ledger, from the records");
        }
    }
    Ok(())
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
                if !found.stale.is_empty() {
                    let what = format!(
                        "Section {number}: today's code draws or words otherwise: {}",
                        some(&found.stale)
                    );
                    findings.left.push(format!(
                        "{what}; `cargo xtask reproduce {number} --from-records`, and adopt it"
                    ));
                }
                if !whole {
                    let (kept, runs) = (found.kept, found.runs);
                    let what = format!(
                        "Section {number}: tables from runs: {kept} of the {runs} runs behind them are kept"
                    );
                    findings.left.push(format!(
                        "{what}; `cargo xtask reproduce {number} --from-records` computes them"
                    ));
                }
            }
        }
    }
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
