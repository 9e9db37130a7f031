//! `cargo xtask paper`: typesets PDF and HTML from prose and results, unless nothing has changed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ledger::Entry;
use runner::messages::exit;
use runner::{CommandError, FileError, atomic};
use serde_json::Value;

use crate::built::Built;
use crate::code::Code;
use crate::ledger_files::{self, Results};
use crate::sections::{Section, Workspace};
use crate::{Outcome, compile, diff, request, talk};

/// Options of `paper`.
#[derive(clap::Args, Debug)]
#[command(after_help = "Example:
  cargo xtask paper --against records     mark what moved against the adopted reproduction")]
pub struct Args {
    /// Other results to compare with, as `cargo xtask diff` names them: the page marks what moved
    #[arg(long, value_name = "DIR|RECORD")]
    against: Option<PathBuf>,
    /// The folder that `reproduce --out` wrote to
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// The paper on disk.
pub struct Paper {
    /// The PDF.
    pub pdf: PathBuf,
    /// The HTML.
    pub html: PathBuf,
    /// Whether it had to be typeset.
    pub fresh: bool,
}

/// Runs the command.
/// Fails when the paper does not compile; the message names file and line.
pub fn paper(args: &Args) -> Outcome {
    let workspace = Workspace::find()?;
    let out = request::results(&workspace, args.out.as_deref())?;
    request::check_out(&workspace, &out)?;
    let against = args.against.as_ref().map(|name| other(&workspace, name)).transpose()?;
    let built = compile::build(&workspace, false)?;
    Results::find(&workspace, &out).write_merged(&workspace, &out)?;
    let paper = typeset(&workspace, &built, &out, against.as_deref())?;
    println!("{}\n{}", paper.pdf.display(), paper.html.display());
    Ok(exit::OK)
}

/// Where other results lie: a set that `cargo xtask diff` knows, or the record of one section by its folder's name.
/// Fails when there is nothing there.
fn other(workspace: &Workspace, name: &Path) -> Result<PathBuf, CommandError> {
    let places = [diff::set(workspace, name), workspace.records().join(name)];
    places.into_iter().find(|place| place.exists()).ok_or_else(|| {
        let advice =
            "give `fresh`, `records`, a folder that `reproduce --out` wrote to, or a folder of data/records/";
        CommandError::usage(format!("--against: no results in {}", name.display())).advise(advice)
    })
}

/// Typesets the paper below `out`, unless what it is made from is unchanged and it still stands.
/// Fails when the paper does not compile.
pub fn typeset(
    workspace: &Workspace,
    built: &Built,
    out: &Path,
    against: Option<&Path>,
) -> Result<Paper, CommandError> {
    let (pdf, html) = (out.join("paper.pdf"), out.join("paper.html"));
    let program = built.program("typeset")?;
    let inputs = inputs(workspace, out, program, against)?;
    let place = blake3::hash(out.to_string_lossy().as_bytes()).to_hex();
    let stamp = workspace.store().join(format!("typeset-{}", &place[..16]));
    let made = |pdf: &Path, html: &Path| Some(format!("{inputs} {} {}", hash_of(pdf)?, hash_of(html)?));
    if made(&pdf, &html).is_some_and(|now| fs::read_to_string(&stamp).is_ok_and(|then| then == now)) {
        return Ok(Paper { pdf, html, fresh: false });
    }
    let (generated, records) = (out.join("generated"), workspace.records());
    let places: [(&str, &Path); 4] =
        [("--root", &workspace.root), ("--generated", &generated), ("--records", &records), ("--out", out)];
    eprintln!("typesetting");
    let mut command = Command::new(program);
    for (option, place) in places.into_iter().chain(against.map(|set| ("--against", set))) {
        command.arg(option).arg(place);
    }
    command.arg("--profiles").arg(profiles(workspace, built).to_string());
    command.arg("--moved").arg(moved(workspace, built, out)?.to_string());
    let status = command.stdout(Stdio::null()).status().map_err(FileError::of("run", program))?;
    if !status.success() {
        return Err(CommandError::failed("the paper does not compile")
            .advise("mend what the message above names, then `cargo xtask paper`: results are kept"));
    }
    if let Some(now) = made(&pdf, &html) {
        // Where the store cannot be written to, the next call typesets again.
        let _ = atomic::write(&stamp, now.as_bytes());
    }
    Ok(Paper { pdf, html, fresh: true })
}

/// What the profiles of each section mean, as its program says: section's folder, profile, parameter, value. Of a program
/// that does not say it, nothing, and the page then promises less of the commands that repeat its results.
fn profiles(workspace: &Workspace, built: &Built) -> Value {
    let of = |section: &Section| {
        let mut profiles: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
        for parameter in talk::describe(built, section).ok()?.parameters {
            for (profile, value) in parameter.defaults {
                profiles.entry(profile).or_default().insert(parameter.name.clone(), value);
            }
        }
        Some((section.slug(), serde_json::to_value(profiles).ok()?))
    };
    workspace.sections.iter().filter_map(of).collect()
}

/// What has changed of the code of sections since their results were computed, by their folders, for the page to say; the
/// terminal is told.
/// Fails when a source cannot be read.
fn moved(workspace: &Workspace, built: &Built, out: &Path) -> Result<Value, CommandError> {
    let (code, results) = (Code::read(workspace, built)?, Results::look(workspace, out).0);
    let register = ledger_files::register(workspace)?;
    let mut all = BTreeMap::new();
    for section in &workspace.sections {
        let Some(result) = results.of(&section.number) else { continue };
        let mut moved = code.moved_since(section, result)?;
        let is_other = |entry: &&Entry| register.claim(&entry.id).is_some_and(|claim| !entry.is_of(claim));
        moved.extend(
            result.entries.iter().filter(is_other).map(|entry| format!("the register's {}", entry.id)),
        );
        if !moved.is_empty() {
            let (number, what) = (&section.number, moved.join(", "));
            eprintln!(
                "warning: Section {number}: what computed its numbers has changed since ({what}); the page says so"
            );
            eprintln!(
                "  what to do: `cargo xtask reproduce {number}` computes them with the code that stands there"
            );
            all.insert(section.slug(), moved);
        }
    }
    Ok(serde_json::to_value(all)?)
}

fn hash_of(path: &Path) -> Option<String> {
    Some(blake3::hash(&fs::read(path).ok()?).to_hex().to_string())
}

/// Hash of everything the paper is made from: prose, results, records, listed sources, the program itself.
fn inputs(
    workspace: &Workspace,
    out: &Path,
    program: &Path,
    against: Option<&Path>,
) -> Result<String, CommandError> {
    let mut files = Vec::new();
    let root = &workspace.root;
    for folder in [root.join("paper"), out.join("generated"), workspace.records(), root.join("crates")] {
        files.extend(listed(&folder)?);
    }
    let made = ["paper.pdf", "paper.html"].map(|name| root.join("paper").join(name));
    let elsewhere = root.join("paper/generated");
    files.retain(|file| !made.contains(file) && (out == root.join("paper") || !file.starts_with(&elsewhere)));
    files.sort();
    let mut hasher = blake3::Hasher::new();
    if let Some(set) = against {
        hasher.update(set.to_string_lossy().as_bytes());
        files.extend(if set.is_dir() { listed(set)? } else { vec![set.to_path_buf()] });
    }
    // The program is tens of megabytes: a build that changes nothing costs at most one typesetting.
    let metadata = fs::metadata(program)?;
    hasher.update(format!("{} {:?}", metadata.len(), metadata.modified()?).as_bytes());
    for file in files {
        hasher.update(blake3::hash(file.to_string_lossy().as_bytes()).as_bytes());
        let bytes = fs::read(&file).map_err(FileError::of("read", &file))?;
        hasher.update(blake3::hash(&bytes).as_bytes());
    }
    Ok(hasher.finalize().to_hex().to_string())
}

/// The files below a folder, if there is one, but for what editors and pipes leave there.
fn listed(folder: &Path) -> Result<Vec<PathBuf>, CommandError> {
    Ok(if folder.is_dir() { workspace::source_files(folder)? } else { Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn what_no_paper_is_made_of_is_passed_over() {
        let root = crate::sections::tests::workspace(&[("2", "background")]);
        let workspace = Workspace::at(root.path()).unwrap();
        let (out, program) = (root.path().join("paper"), root.path().join("Cargo.lock"));
        fs::write(&program, "stands for the program").unwrap();
        let made_of = || inputs(&workspace, &out, &program, None).unwrap();
        let before = made_of();
        for folder in ["paper", "paper/sections", "paper/generated", "crates/2-background", "data/records"] {
            let folder = root.path().join(folder);
            fs::create_dir_all(&folder).unwrap();
            std::os::unix::fs::symlink("user@host.1", folder.join(".#claims.toml")).unwrap();
            std::os::unix::fs::symlink("nowhere", folder.join("dangling")).unwrap();
            assert!(Command::new("mkfifo").arg(folder.join("pipe.typ")).status().unwrap().success());
        }
        assert_eq!(made_of(), before);
        fs::write(out.join("sections/a.typ"), "prose").unwrap();
        assert_ne!(made_of(), before);
    }

    #[test]
    fn other_results_are_there_or_refused() {
        let root = crate::sections::tests::workspace(&[("2", "background")]);
        let workspace = Workspace::at(root.path()).unwrap();
        let record = workspace.records().join("2-background");
        fs::create_dir_all(&record).unwrap();
        assert_eq!(other(&workspace, Path::new("2-background")).unwrap(), record);
        assert_eq!(other(&workspace, Path::new("records")).unwrap(), workspace.records());
        let error = other(&workspace, Path::new("nowhere")).unwrap_err();
        assert!(error.code == exit::USAGE && error.to_string().contains("nowhere"));
    }
}
