//! `cargo xtask archive`: one file with everything that the reproduction is, to be deposited and cited; and whether such a
//! file is whole and says only what follows from what it holds.

mod check;
mod citation;
mod contents;
mod crate_metadata;
mod packed;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use runner::messages::exit;
use runner::{CommandError, atomic};

use crate::sections::Workspace;
use crate::{Outcome, compile, ledger_files};
use citation::Citation;

/// Options of `archive`.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  cargo xtask archive                          archive-VERSION.zip, of the commit and its records
  cargo xtask archive --out paper.zip          the same under another name
  cargo xtask archive --check paper.zip        is it whole, and does it say only what follows from what it holds?
  cargo xtask archive --describe               write CITATION.cff, .zenodo.json and codemeta.json from Cargo.toml

The same commit gives the same bytes, whenever and wherever it is made. --check runs no code of the archive: what takes
its programs is verified by this checkout's if the sources are the same, and named otherwise.

Exit codes: 0 made, or all of it verified; 1 failed, or a fault was found; 2 wrong input, or a tree with changes;
10 no fault was found, but something is left to be verified.")]
pub struct Args {
    /// The file to write
    #[arg(long, value_name = "FILE.zip")]
    out: Option<PathBuf>,
    /// Verify an archive
    #[arg(long, value_name = "FILE.zip", conflicts_with_all = ["out", "dirty", "describe"])]
    check: Option<PathBuf>,
    /// Also of a tree that differs from its commit; the archive says so
    #[arg(long)]
    dirty: bool,
    /// Only write the files that say how this is cited
    #[arg(long, conflicts_with_all = ["out", "dirty"])]
    describe: bool,
}

/// Runs the command.
/// Fails when the tree has changes, the citation files are behind the manifest, a record is damaged, or the file cannot be
/// written or read.
pub fn archive(args: &Args) -> Outcome {
    let workspace = Workspace::find()?;
    if let Some(file) = &args.check {
        return check::check(&workspace, file);
    }
    let citation = Citation::read(&workspace.root)?;
    if args.describe {
        let written = citation.write(&workspace.root)?;
        println!(
            "{}",
            if written.is_empty() { "nothing has changed".to_owned() } else { written.join("\n") }
        );
        return Ok(exit::OK);
    }
    let (origin, mut files) = contents::sources(&workspace.root)?;
    if !origin.changed.is_empty() && !args.dirty {
        let what = format!("the tree differs from its commit: {}", some(&origin.changed));
        return Err(CommandError::usage(what)
            .advise("commit it or take it away; --dirty makes an archive that names what differs"));
    }
    behind(&citation, &files)?;
    let _lock = workspace.lock("archive")?;
    let built = compile::build(&workspace, false)?;
    eprintln!("typesetting the paper of the records, describing {} sources", files.len());
    let out = workspace.store().join("archive");
    files.extend(contents::made(&workspace, &built, &out)?);
    let files = contents::describe(&workspace, &origin, files)?;
    eprintln!("packing {} files", files.len());
    let bytes = packed::pack(&files)?;
    let name = format!("archive-{}.zip", citation.package.version);
    let to = args.out.clone().unwrap_or_else(|| workspace.root.join(name));
    atomic::write(&to, &bytes)?;
    println!("{}: {} files, {}", to.display(), files.len(), indicatif::HumanBytes(bytes.len() as u64));
    println!("SHA-256 {}", packed::sha256(&bytes));
    to_fill_in(&workspace, &citation)
}

/// Refuses sources whose citation files are not what the manifest says.
fn behind(citation: &Citation, sources: &packed::Files) -> Result<(), CommandError> {
    let stands = |name: &str, text: &str| sources.get(name).is_some_and(|file| file.bytes == text.as_bytes());
    match citation.files().iter().find(|(name, text)| !stands(name, text)) {
        None => Ok(()),
        Some((name, _)) => Err(CommandError::usage(format!("{name} is not what Cargo.toml says"))
            .advise("cargo xtask archive --describe, and commit it")),
    }
}

/// Says what only the person who deposits it can know.
fn to_fill_in(workspace: &Workspace, citation: &Citation) -> Outcome {
    let mut newest = String::new();
    for section in &workspace.sections {
        let record = workspace.records().join(section.slug());
        if record.is_dir() {
            newest = newest.max(ledger_files::provenance(&record)?.made.created);
        }
    }
    let is_person = |author: &citation::Author| matches!(author, citation::Author::Person { .. });
    let day = newest.get(..10).unwrap_or_default();
    let missing = [
        (!citation.authors.iter().any(is_person)).then(|| "persons among the authors".to_owned()),
        citation.package.repository.is_none().then(|| "the repository's address".to_owned()),
        citation.doi.is_none().then(|| "a DOI, once the deposit has reserved one".to_owned()),
        (citation.date.as_str() < day)
            .then(|| format!("a date: the version is of {}, its records are of {day}", citation.date)),
    ];
    let missing: Vec<String> = missing.into_iter().flatten().collect();
    if !missing.is_empty() {
        eprintln!("not said in Cargo.toml, for whoever releases to fill in: {}", missing.join("; "));
    }
    Ok(exit::OK)
}

/// The first few of many, in one line.
fn some(names: &[String]) -> String {
    const SHOWN: usize = 5;
    let more = names.len().saturating_sub(SHOWN);
    let shown = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}

/// Writes files below a folder, which is ours.
fn lay_out(files: &packed::Files, folder: &Path) -> Result<(), CommandError> {
    for (name, file) in files {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(&path, &file.bytes)?;
    }
    Ok(())
}
