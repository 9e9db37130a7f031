//! `cargo xtask adopt`: makes a finished result the reproduction that the repository stands behind.

mod losses;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use experiment::told;
use ledger::Totals;
use runner::messages::{Event, Request, exit};
use runner::{CommandError, FileError, Provenance, Store, atomic};

use crate::code::Code;
use crate::sections::{Section, Workspace};
use losses::{Worth, losses};

use crate::{Outcome, begun, checkout, compile, ledger_files, readme, request, sections, talk};

/// Options of `adopt`.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  cargo xtask adopt               every finished section
  cargo xtask adopt 3.1 4         two of them
  cargo xtask adopt 5             also what is there of a sweep that is not finished

Adopting changes snapshots/adopted: run the tests, then look at `cargo xtask review`.")]
pub struct Args {
    /// Sections by number or name; every finished one if none is given
    sections: Vec<String>,
    /// The folder that `reproduce --out` wrote to
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Replace a record by a result that is less in data, scale, claims, profile or runs
    #[arg(long)]
    force: bool,
}

/// Runs the command.
/// Fails when a named section is not finished, a file is not the one its provenance names, or a record would be replaced by
/// a result that is less.
pub fn adopt(args: &Args) -> Outcome {
    let workspace = Workspace::find()?;
    let out = request::out(&workspace, args.out.as_deref());
    let chosen = workspace.choose(&args.sections)?;
    if !args.sections.is_empty() {
        chosen.iter().try_for_each(|section| gather(&workspace, &out, section))?;
    }
    let finished = |section: &&&Section| fresh(&out, section).join("provenance.json").is_file();
    if let Some(section) = chosen.iter().find(|section| !args.sections.is_empty() && !finished(section)) {
        let (number, out) = (&section.number, out.display());
        let what = format!("Section {number} has no finished result below {out}");
        return Err(CommandError::usage(what).advise(format!("cargo xtask reproduce {number}")));
    }
    let ready: Vec<&&Section> = chosen.iter().filter(finished).collect();
    if ready.is_empty() {
        let what = format!("no section has a finished result below {}", out.display());
        return Err(
            CommandError::usage(what).advise("`cargo xtask reproduce` makes them; --out names their folder")
        );
    }
    // All are checked before any is adopted.
    for section in &ready {
        check(&workspace, &fresh(&out, section), section, args.force)?;
    }
    for section in &ready {
        let record = workspace.records().join(section.slug());
        let runs = Store::of_section(&workspace.store(), &section.slug(), Some(&record));
        let adopted = copy(&fresh(&out, section), &record, &runs)?;
        println!("{:<4} {}: adopted", section.number, section.name);
        if !adopted.missing.is_empty() {
            let (there, missing) = (adopted.runs.len(), adopted.missing.len());
            println!("     {there} of {} runs are there; missing:", there + missing);
            adopted.missing.iter().for_each(|run| println!("     {run}"));
        }
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

/// Puts together what is there of a sweep that was begun and is not finished; where nothing is on its way, does nothing.
fn gather(workspace: &Workspace, out: &Path, section: &Section) -> Result<(), CommandError> {
    let folder = fresh(out, section);
    let Some(request) = begun::unfinished(&workspace.store(), &folder) else { return Ok(()) };
    let _lock = workspace.lock("adopt")?;
    if begun::unfinished(&workspace.store(), &folder).is_none() {
        return Ok(());
    }
    let built = compile::build(workspace, request.device == experiment::Device::Cuda)?;
    eprintln!("Section {} is not finished: putting together what is there", section.number);
    // The request is of when the sweep began; sources may have changed since, and runs that fit them no more are not there.
    let code = Code::read(workspace, &built)?;
    let checkout = checkout::look(&workspace.root, code.lock_hash());
    let (parts, sources) = (code.parts(section)?, code.sources(section));
    let request =
        Request { gather: true, repeat_before: None, out: folder, code: parts, sources, checkout, ..request };
    talk::run(&built, section, &request, |event| {
        if let Event::Warning { message } = event {
            eprintln!("warning: {}: {message}", section.name);
        }
    })
}

fn check(workspace: &Workspace, folder: &Path, section: &Section, force: bool) -> Result<(), CommandError> {
    let worth = Worth::of(folder)?;
    let record = workspace.records().join(section.slug());
    if force || !record.join("claims.json").is_file() {
        return Ok(());
    }
    let lost = losses(&Worth::of(&record)?, &worth);
    if lost.is_empty() {
        return Ok(());
    }
    let what =
        format!("this result is less than the record of Section {}: {}", section.number, lost.join("; "));
    Err(CommandError::failed(what)
        .advise("run it with a larger profile, or adopt it all the same with --force"))
}

/// Bytes of compressed runs that a section's record holds at the most.
const MOST_RUNS: usize = 8 << 20;
/// A table of more bytes is kept compressed.
const LARGE: usize = 128 << 10;

/// Copies the files that the provenance names, large tables compressed, with a provenance that names the copies, and puts
/// them in the record's place in one step; the old record stands beside it until then. Returns the provenance.
fn copy(from: &Path, to: &Path, store: &Store) -> Result<Provenance, CommandError> {
    let mut provenance: Provenance = ledger_files::provenance(from)?;
    let parent = to.parent().expect("a record's folder lies below data/records");
    fs::create_dir_all(parent)?;
    let staging = tempfile::Builder::new().prefix(atomic::UNFINISHED).tempdir_in(parent)?;
    for (name, checksum) in std::mem::take(&mut provenance.outputs) {
        let path = from.join(&name);
        let bytes = fs::read(&path).map_err(FileError::of("read", &path))?;
        if hash(&bytes) != checksum {
            return Err(CommandError::failed(format!("{} changed while it was adopted", path.display())));
        }
        let (name, bytes) = kept(name, bytes)?;
        atomic::write(&staging.path().join(&name), &bytes)?;
        provenance.outputs.insert(name, hash(&bytes));
    }
    keep_runs(&mut provenance, store, staging.path())?;
    let mut text = serde_json::to_vec_pretty(&provenance)?;
    text.push(b'\n');
    atomic::write(&staging.path().join("provenance.json"), &text)?;
    #[cfg(unix)]
    fs::set_permissions(staging.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    let old = sections::replaced(to);
    sections::restore(to);
    if old.exists() {
        // An earlier adoption was killed before it could remove it.
        fs::remove_dir_all(&old)?;
    }
    if to.exists() {
        fs::rename(to, &old)?;
    }
    let outcome = fs::rename(staging.path(), to);
    sections::restore(to);
    outcome.map_err(|error| {
        CommandError::failed(format!("{} cannot be replaced", to.display())).because(error)
    })?;
    let _ = staging.keep();
    if old.exists() {
        fs::remove_dir_all(&old)?;
    }
    Ok(provenance)
}

fn hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

/// Keeps the runs behind a result in its record, each under the hash of its key, the smallest first while they fit: those
/// that do not are named, and `cargo xtask cache export` carries them.
fn keep_runs(provenance: &mut Provenance, store: &Store, record: &Path) -> Result<(), CommandError> {
    let mut runs = Vec::new();
    for run in &provenance.runs {
        let place = provenance.places().get(run.origin).unwrap_or(&provenance.made);
        match store.compressed(&run.key, place) {
            Ok(bytes) => runs.push((&run.key, bytes)),
            Err(error) => {
                let (name, why) = (&run.name, told(&error));
                eprintln!("warning: the record lacks run {name}: {why}");
            }
        }
    }
    runs.sort_by_key(|(_, bytes)| bytes.len());
    let (mut size, mut left_out) = (0, 0);
    for (key, bytes) in runs {
        size += bytes.len();
        if size > MOST_RUNS {
            left_out += 1;
            continue;
        }
        let name = format!("runs/{key}.run.gz");
        atomic::write(&record.join(&name), &bytes)?;
        provenance.outputs.insert(name, hash(&bytes));
    }
    if left_out > 0 {
        let limit = MOST_RUNS >> 20;
        eprintln!(
            "warning: {left_out} runs are left out: a record holds {limit} MiB of them; `cargo xtask cache export` carries all"
        );
    }
    Ok(())
}

/// Name and content of a file as a record keeps it. The same content is compressed to the same bytes: gzip's place for a
/// time stays empty.
fn kept(name: String, bytes: Vec<u8>) -> Result<(String, Vec<u8>), CommandError> {
    if bytes.len() <= LARGE || !name.ends_with(".csv") {
        return Ok((name, bytes));
    }
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&bytes)?;
    Ok((format!("{name}.gz"), encoder.finish()?))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) const PROVENANCE: &str = r#"{"section":"1","profile":"quick","seed":1,"params":{},"device":"cpu","commit":"c","dirty":false,
        "diff_hash":null,"rustc":"r","lock_hash":"l","cpu":"p","gpu":null,"driver":null,"threads":2,"created":"now",
        "wall_seconds":1.0,"peak_memory_bytes":null,"runs":[],"data_hashes":{},"outputs":{OUTPUTS},"stamp":"s"}"#;

    /// A folder of results, and where a record of them goes.
    struct Place(tempfile::TempDir);

    impl Place {
        fn new() -> Self {
            Self(tempfile::tempdir().unwrap())
        }

        fn fresh(&self) -> PathBuf {
            self.0.path().join("fresh")
        }

        fn record(&self) -> PathBuf {
            self.0.path().join("records/1-a")
        }

        fn result(&self, table: &str) {
            let outputs =
                format!(r#"{{"tables/a.csv":"{}","claims.json":"{}"}}"#, hash(table.as_bytes()), hash(b"[]"));
            let provenance = PROVENANCE.replace("{OUTPUTS}", &outputs);
            for (name, text) in
                [("tables/a.csv", table), ("claims.json", "[]"), ("provenance.json", &provenance)]
            {
                atomic::write(&self.fresh().join(name), text.as_bytes()).unwrap();
            }
        }

        fn adopt(&self) -> Provenance {
            let store = Store::of_section(self.0.path(), "1-a", None);
            copy(&self.fresh(), &self.record(), &store).unwrap()
        }
    }

    #[test]
    fn a_record_is_replaced_whole() {
        let place = Place::new();
        let to = place.record();
        place.result("old");
        place.adopt();
        fs::write(to.join("tables/stale.csv"), "x").unwrap();
        place.result("new");
        place.adopt();
        assert_eq!(fs::read_to_string(to.join("tables/a.csv")).unwrap(), "new");
        assert!(!to.join("tables/stale.csv").exists());
        let left = fs::read_dir(to.parent().unwrap()).unwrap().count();
        assert_eq!(left, 1, "no staging folder may stay");
    }

    /// Killed between the two renames, an adoption leaves the old record beside its place.
    #[test]
    fn a_record_is_back_in_its_place_when_the_next_command_starts() {
        let root = crate::sections::tests::workspace(&[("1", "a")]);
        let place = Place(root);
        let record = place.0.path().join("data/records/1-a");
        let adopt = |table: &str| {
            place.result(table);
            copy(&place.fresh(), &record, &Store::of_section(place.0.path(), "1-a", None)).unwrap();
        };
        adopt("old");
        fs::rename(&record, sections::replaced(&record)).unwrap();
        Workspace::at(place.0.path()).unwrap();
        assert_eq!(fs::read_to_string(record.join("tables/a.csv")).unwrap(), "old");
        // Killed a moment later, it leaves both.
        fs::create_dir_all(sections::replaced(&record).join("tables")).unwrap();
        adopt("new");
        assert_eq!(fs::read_to_string(record.join("tables/a.csv")).unwrap(), "new");
        assert!(!sections::replaced(&record).exists());
    }

    #[test]
    fn large_tables_are_kept_compressed_under_their_own_checksum() {
        let place = Place::new();
        let kept = place.record().join("tables/a.csv.gz");
        let table = "0.125,0.25\n".repeat(LARGE / 8);
        place.result(&table);
        let adopted = place.adopt();
        assert!(!place.record().join("tables/a.csv").exists());
        let bytes = fs::read(&kept).unwrap();
        assert!(bytes.len() < table.len() / 50);
        assert_eq!(adopted.outputs["tables/a.csv.gz"], hash(&bytes));
        assert_eq!(ledger_files::provenance(&place.record()).unwrap(), adopted);
        let inflated = std::io::read_to_string(flate2::read::GzDecoder::new(&bytes[..])).unwrap();
        assert_eq!(inflated, table);
        place.adopt();
        assert_eq!(fs::read(&kept).unwrap(), bytes, "the same content gives the same bytes");
    }

    #[test]
    fn a_file_changed_by_hand_is_not_adopted() {
        let place = Place::new();
        place.result("made");
        fs::write(place.fresh().join("tables/a.csv"), "edited").unwrap();
        let root = crate::sections::tests::workspace(&[("1", "a")]);
        let workspace = Workspace::at(root.path()).unwrap();
        let stop = check(&workspace, &place.fresh(), &workspace.sections[0], false).unwrap_err();
        assert!(stop.to_string().contains("is not the file that was made"));
    }
}
