//! The data sets of the paper, brought to their places: downloaded or taken from disk, and checked. Which files these are
//! and what they hold says the crate `datasets`, which alone decides what is real; where they come from and on what terms
//! says the catalogue, `data/datasets.toml`. This program is `cargo xtask data`; where data is missing, sections use
//! stand-ins.

// Output that nobody reads is no reason to stop: these take the places of the standard library's.
#[macro_use(eprintln, println)]
extern crate runner;

mod archive;
mod catalogue;
mod download;
mod error;
mod fetch;
mod import;
mod meter;
mod status;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use catalogue::{Catalogue, DataSet};
use clap::Parser;
use download::Downloader;
use indicatif::HumanBytes;
use runner::messages::exit;
use runner::{CommandError, told};
use serde_json::{Value, json};
use status::SetStatus;

/// List, fetch, verify or import the data sets.
#[derive(Parser)]
#[command(
    name = "cargo xtask data",
    bin_name = "cargo xtask data",
    max_term_width = 110,
    after_help = "Examples:
  cargo xtask data list                  what there is, what is here, on what terms
  cargo xtask data fetch isbi-2012       download, check and unpack one data set
  cargo xtask data import ~/Downloads    take files or archives that are already on disk
  cargo xtask data verify                check every file that is here

Data lies in data/, or in the folder that REPRO_DATA_DIR names. It is never needed: sections without it use stand-ins.
Exit codes: 0 done, 1 something present is wrong or could not be had, 2 wrong input (nothing was begun)."
)]
struct Args {
    /// The checkout
    #[arg(long, hide = true, default_value = ".")]
    root: PathBuf,
    /// The data folder; `data` of the checkout if not given
    #[arg(long, hide = true)]
    data: Option<PathBuf>,
    /// Where unfinished downloads are kept; `.cache` of the checkout if not given
    #[arg(long, hide = true)]
    store: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Show the data sets: what is here, on what terms, and where it is looked for.
    List {
        /// How to show it
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// Download what is missing, check it and unpack it; an interrupted download goes on where it stopped.
    Fetch {
        /// Data sets; all of them if none is given
        names: Vec<String>,
    },
    /// Check every file that is here against its checksum.
    Verify {
        /// Data sets; all of them if none is given
        names: Vec<String>,
    },
    /// Find data files or archives below a folder, by content, and copy them to their places.
    Import {
        /// The folder, or a single file
        dir: PathBuf,
    },
}

#[derive(clap::ValueEnum, Clone, Copy)]
enum Format {
    Table,
    Json,
}

/// Before a transfer that broke off goes on.
const PAUSE: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    let args = Args::parse();
    let data = args.data.unwrap_or_else(|| args.root.join("data"));
    let store = args.store.unwrap_or_else(|| args.root.join(".cache"));
    let outcome = Catalogue::read(&args.root).and_then(|all| run(&args.command, &all, &data, &store));
    runner::output::end(outcome)
}

fn run(command: &Command, catalogue: &Catalogue, data: &Path, store: &Path) -> Result<u8, CommandError> {
    match command {
        Command::List { format } => Ok(list(&catalogue.choose(&[])?, data, *format)),
        Command::Verify { names } => Ok(verify(&catalogue.choose(names)?, data)),
        Command::Fetch { names } => Ok(fetch_all(&catalogue.choose(names)?, data, store)),
        Command::Import { dir } => import(dir, &catalogue.choose(&[])?, data),
    }
}

fn list(sets: &[&DataSet], data: &Path, format: Format) -> u8 {
    let sets: Vec<SetStatus> = sets.iter().map(|set| SetStatus::of(set, data)).collect();
    match format {
        Format::Table => sets.iter().for_each(|status| println!("{}", row(status, data))),
        Format::Json => {
            println!("{:#}", Value::Array(sets.iter().map(|status| json(status, data)).collect()))
        }
    }
    exit::OK
}

fn row(status: &SetStatus, data: &Path) -> String {
    let DataSet { name, title, licence, terms, citation, .. } = status.set;
    format!(
        "{name}: {status}\n  {title}\n  {}, looked for in {}\n  {licence}: {terms}\n  cite: {citation}\n",
        HumanBytes(status.set.bytes()),
        data.display()
    )
}

fn json(status: &SetStatus, data: &Path) -> Value {
    let files = status.files().map(|(file, status)| {
        let (standing, detail) = match status {
            Ok(()) => ("sound", None),
            Err(datasets::DataError::Missing { .. }) => ("missing", None),
            Err(error) => ("wrong", Some(told(error))),
        };
        json!({ "path": data.join(file.path), "standing": standing, "detail": detail })
    });
    let mut set = json!(status.set);
    set["standing"] = json!(status.to_string());
    set["real"] = json!(status.is_real());
    set["bytes"] = json!(status.set.bytes());
    set["files"] = files.collect();
    set
}

/// Checks every file that is here.
fn verify(sets: &[&DataSet], data: &Path) -> u8 {
    let mut wrong = 0;
    for status in sets.iter().map(|set| SetStatus::of(set, data)) {
        let name = &status.set.name;
        println!("{name}: {status}");
        if status.missing() < status.set.files.len() {
            status.files().for_each(|(file, status)| match status {
                Ok(()) => println!("    {}: sound", file.path),
                Err(error) => println!("    {}", told(error)),
            });
        }
        if status.missing() > 0 {
            println!(
                "    looked for in {}: sections use stand-ins; `cargo xtask data fetch {name}` gets it",
                data.display()
            );
        }
        wrong += status.wrong();
    }
    if wrong == 0 {
        return exit::OK;
    }
    eprintln!("wrong files: {wrong}; `cargo xtask data fetch` or `import` replaces them");
    exit::FAILED
}

/// Fetches data sets one by one: one that cannot be had does not keep the others away.
fn fetch_all(sets: &[&DataSet], data: &Path, cache: &Path) -> u8 {
    let downloader = Downloader::new(PAUSE);
    let mut code = exit::OK;
    for set in sets {
        eprintln!("{}: {}\n  terms: {}", set.name, set.title, set.terms);
        match fetch::fetch(set, data, cache, &downloader) {
            Ok(true) => println!("{}: fetched and verified", set.name),
            Ok(false) => println!("{}: already here", set.name),
            Err(error) => {
                error.report();
                code = exit::FAILED;
            }
        }
    }
    code
}

fn import(from: &Path, sets: &[&DataSet], data: &Path) -> Result<u8, CommandError> {
    let all = import::import(from, sets, data)?;
    for (set, imported) in sets.iter().zip(&all) {
        for (file, source) in &imported.new {
            println!("{}: from {}", data.join(file).display(), source.display());
        }
        let missing = match imported.missing.join(", ") {
            none if none.is_empty() => "complete".to_owned(),
            missing => format!("still missing: {missing}"),
        };
        let (new, present) = (imported.new.len(), imported.present);
        println!("{}: {new} imported, {present} already here, {missing}", set.name);
        if let Some(other) = &imported.other_version {
            let wanted = &set.archive.file;
            eprintln!("  {} is another version of {}; wanted is {wanted}", other.display(), set.name);
        }
    }
    if all.iter().any(|imported| !imported.new.is_empty() || imported.missing.is_empty()) {
        return Ok(exit::OK);
    }
    let archives: Vec<&str> = sets.iter().map(|set| set.archive.file.as_str()).collect();
    let archives = archives.join(" and ");
    Err(CommandError::failed(format!("no file of a data set below {}", from.display()))
        .advise(format!("files are recognised by content, under any name; so are the archives {archives}")))
}
