//! `cargo xtask adopt`: makes a finished result the reproduction that the repository stands behind.

use std::fs;
use std::path::{Path, PathBuf};

use flow::Provenance;
use flow::protocol::exit;
use ledger::{Entry, Scale, Totals};

use crate::sections::{Section, Workspace};
use crate::stop::Stop;
use crate::{Outcome, ledger_files, readme, request};

/// Options of `adopt`.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  cargo xtask adopt               every finished section
  cargo xtask adopt 3.1 4         two of them

Adopting changes snapshots/adopted: run the tests, then look at `cargo xtask review`.")]
pub struct Args {
    /// Sections by number or name; every finished one if none is given
    sections: Vec<String>,
    /// The folder that `reproduce --out` wrote to
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Replace a full-scale record by a reduced one
    #[arg(long)]
    force: bool,
}

/// Runs the command.
///
/// # Errors
/// When a named section is not finished, a file is not the one its provenance names, or a full record would be replaced by
/// a reduced one.
pub fn adopt(args: &Args) -> Outcome {
    let workspace = Workspace::find()?;
    let out = request::out(&workspace, args.out.as_deref());
    let chosen = workspace.choose(&args.sections)?;
    let finished = |section: &&&Section| fresh(&out, section).join("provenance.json").is_file();
    if let Some(section) = chosen.iter().find(|section| !args.sections.is_empty() && !finished(section)) {
        return Err(Stop::usage(format!(
            "Section {} has no finished result below {}",
            section.number,
            out.display()
        ))
        .advise(format!("cargo xtask reproduce {}", section.number)));
    }
    let ready: Vec<&&Section> = chosen.iter().filter(finished).collect();
    // All are checked before any is adopted.
    for section in &ready {
        check(&workspace, &fresh(&out, section), section, args.force)?;
    }
    for section in &ready {
        copy(&fresh(&out, section), &workspace.records().join(section.slug()))?;
        println!("{:<5}{}: adopted", section.number, section.name);
    }
    let totals = Totals::of(&ledger_files::adopted(&workspace)?);
    readme::write_totals(&workspace.root, &totals)?;
    println!("{totals}");
    println!("next: cargo test --workspace, then cargo xtask review");
    Ok(exit::OK)
}

fn fresh(out: &Path, section: &Section) -> PathBuf {
    out.join("generated").join(section.slug())
}

fn check(workspace: &Workspace, folder: &Path, section: &Section, force: bool) -> Result<(), Stop> {
    let provenance = ledger_files::provenance(folder)?;
    for (name, checksum) in &provenance.outputs {
        let sound =
            fs::read(folder.join(name)).is_ok_and(|bytes| blake3::hash(&bytes).to_hex().as_str() == checksum);
        if !sound {
            return Err(Stop::failed(format!(
                "{} is not the file that was made",
                folder.join(name).display()
            ))
            .advise(format!("cargo xtask reproduce {} makes it again", section.number)));
        }
    }
    let record = workspace.records().join(section.slug());
    if force || !record.join("claims.json").is_file() {
        return Ok(());
    }
    let (old, new) = (
        ledger_files::entries(&record.join("claims.json"))?,
        ledger_files::entries(&folder.join("claims.json"))?,
    );
    if full(&new) < full(&old) {
        let (old, new) = (full(&old), full(&new));
        let what = format!(
            "the record of Section {} has {old} full-scale claims, this result {new}",
            section.number
        );
        return Err(
            Stop::failed(what).advise("run it with a larger profile, or adopt it all the same with --force")
        );
    }
    Ok(())
}

fn full(rows: &[Entry]) -> usize {
    rows.iter().filter(|row| row.scale == Some(Scale::Full)).count()
}

/// Copies the files that the provenance names, and the provenance itself, and puts the copy in the record's place in one
/// step; the old record stands beside it until then.
fn copy(from: &Path, to: &Path) -> Result<(), Stop> {
    let provenance: Provenance = ledger_files::provenance(from)?;
    let parent = to.parent().expect("a record's folder lies below data/records");
    fs::create_dir_all(parent)?;
    let staging = tempfile::Builder::new().prefix(flow::atomic::UNFINISHED).tempdir_in(parent)?;
    for name in provenance.outputs.keys().map(String::as_str).chain(["provenance.json"]) {
        flow::atomic::write(&staging.path().join(name), &fs::read(from.join(name))?)?;
    }
    let old = tempfile::Builder::new().prefix(flow::atomic::UNFINISHED).tempdir_in(parent)?;
    if to.exists() {
        fs::rename(to, old.path().join("record"))?;
    }
    fs::rename(staging.keep(), to)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(to, fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROVENANCE: &str = r#"{"section":"1","profile":"quick","seed":1,"params":{},"device":"cpu","commit":"c","dirty":false,
        "diff_hash":null,"rustc":"r","lock_hash":"l","cpu":"p","gpu":null,"driver":null,"threads":2,"created":"now",
        "wall_seconds":1.0,"peak_memory_bytes":null,"runs":[],"data_hashes":{},"outputs":{OUTPUTS},"stamp":"s"}"#;

    fn result(folder: &Path, table: &str) {
        flow::atomic::write(&folder.join("tables/a.csv"), table.as_bytes()).unwrap();
        let outputs = format!("{{\"tables/a.csv\":\"{}\"}}", blake3::hash(table.as_bytes()).to_hex());
        flow::atomic::write(
            &folder.join("provenance.json"),
            PROVENANCE.replace("{OUTPUTS}", &outputs).as_bytes(),
        )
        .unwrap();
    }

    #[test]
    fn a_record_is_replaced_whole() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("fresh"), folder.path().join("records/1-a"));
        result(&from, "old");
        copy(&from, &to).unwrap();
        fs::write(to.join("tables/stale.csv"), "x").unwrap();
        result(&from, "new");
        copy(&from, &to).unwrap();
        assert_eq!(fs::read_to_string(to.join("tables/a.csv")).unwrap(), "new");
        assert!(!to.join("tables/stale.csv").exists());
        assert_eq!(
            fs::read_dir(folder.path().join("records")).unwrap().count(),
            1,
            "no staging folder may stay"
        );
    }

    #[test]
    fn a_file_changed_by_hand_is_not_adopted() {
        let folder = tempfile::tempdir().unwrap();
        let from = folder.path().join("fresh");
        result(&from, "made");
        fs::write(from.join("tables/a.csv"), "edited").unwrap();
        let workspace = Workspace { root: folder.path().to_path_buf(), sections: Vec::new() };
        let section = Section { number: "1".into(), name: "a".into(), folder: folder.path().into() };
        let stop = check(&workspace, &from, &section, false).unwrap_err();
        assert!(stop.to_string().contains("is not the file that was made"));
    }
}
