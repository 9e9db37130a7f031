//! `cargo xtask data`: the data sets that the paper uses. Lists, fetches, verifies or imports them; where they are missing,
//! sections use stand-ins.

mod catalogue;
mod check;
mod download;
mod fetch;
#[cfg(test)]
mod fixtures;
mod import;
mod memo;
mod meter;
mod stack;
mod unpack;

use std::path::{Path, PathBuf};
use std::time::Duration;

use indicatif::HumanBytes;
use runner::protocol::exit;
use serde_json::{Value, json};

use crate::Outcome;
use crate::columns::columns;
use crate::error::CommandError;
use crate::sections::Workspace;
use catalogue::{Catalogue, DataSet};
use check::Standing;
use download::Downloader;
use memo::Memo;

/// Options of `data`.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  cargo xtask data list                  what there is, what is here, on what terms
  cargo xtask data fetch isbi-2012       download, check and unpack one data set
  cargo xtask data import ~/Downloads    take files or archives that are already on disk
  cargo xtask data verify                check every file that is here

Data lies in data/, or in the folder that REPRO_DATA_DIR names. It is never needed: sections without it use stand-ins.
Exit codes: 0 done, 1 something present is wrong or could not be had, 2 wrong input (nothing was begun).")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand, Debug)]
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

#[derive(clap::ValueEnum, Debug, Clone, Copy)]
enum Format {
    Table,
    Json,
}

/// Before a transfer that broke off goes on.
const PAUSE: Duration = Duration::from_secs(2);

/// Runs the command.
///
/// # Errors
/// Wrong input, a damaged catalogue, data that cannot be had or written.
pub fn data(args: &Args) -> Outcome {
    let workspace = Workspace::find()?;
    let catalogue = Catalogue::read(&workspace.root)?;
    let (data, cache) = (workspace.data(), workspace.store());
    match &args.command {
        Command::List { format } => {
            let rows: Vec<Holding> = glance(&catalogue.choose(&[])?, &data, &Memo::open(&cache));
            match format {
                Format::Table => print!("{}", table(&rows, &data)),
                Format::Json => println!(
                    "{}",
                    serde_json::to_string_pretty(
                        &rows.iter().map(|row| row.json(&data)).collect::<Vec<_>>()
                    )?
                ),
            }
            Ok(exit::OK)
        }
        Command::Verify { names } => verify(&catalogue.choose(names)?, &data, &cache),
        Command::Fetch { names } => Ok(fetch(&catalogue.choose(names)?, &data, &cache)),
        Command::Import { dir } => import(dir, &catalogue.choose(&[])?, &data, &cache),
    }
}

/// Fetches data sets one by one: one that cannot be had does not keep the others away.
fn fetch(sets: &[&DataSet], data: &Path, cache: &Path) -> u8 {
    let downloader = Downloader::new(PAUSE);
    let mut code = exit::OK;
    for set in sets {
        eprintln!("{}: {}\n  terms: {}", set.name, set.title, set.terms);
        match fetch::fetch(set, data, cache, &downloader) {
            Ok(fresh) => {
                println!("{}: {}", set.name, if fresh { "fetched and verified" } else { "already here" })
            }
            Err(stop) => {
                stop.report();
                code = exit::FAILED;
            }
        }
    }
    code
}

/// A data set and how its files stand.
pub struct Holding<'a> {
    set: &'a DataSet,
    files: Vec<Standing>,
}

/// How all data sets stand, as far as that can be told without reading their files: name, and what to say about it.
///
/// # Errors
/// When the catalogue is damaged.
pub fn overview(workspace: &Workspace) -> Result<Vec<(String, bool, String)>, CommandError> {
    let catalogue = Catalogue::read(&workspace.root)?;
    let memo = Memo::open(&workspace.store());
    let sets = catalogue.choose(&[])?;
    let holdings = glance(&sets, &workspace.data(), &memo);
    Ok(holdings.iter().map(|holding| (holding.set.name.clone(), holding.whole(), holding.told())).collect())
}

fn glance<'a>(sets: &[&'a DataSet], data: &Path, memo: &Memo) -> Vec<Holding<'a>> {
    let files = |set: &DataSet| {
        set.files.iter().map(|file| file.glance(&data.join(file.path.as_path()), memo)).collect()
    };
    sets.iter().map(|set| Holding { set, files: files(set) }).collect()
}

impl Holding<'_> {
    fn count(&self, is: impl Fn(&Standing) -> bool) -> usize {
        self.files.iter().filter(|file| is(file)).count()
    }

    /// Whether every file is there and none is known to be wrong.
    fn whole(&self) -> bool {
        self.count(|file| matches!(file, Standing::Missing | Standing::Wrong(_))) == 0
    }

    fn told(&self) -> String {
        let (all, missing) = (self.files.len(), self.count(|file| *file == Standing::Missing));
        let sound = self.count(|file| matches!(file, Standing::Sound(_)));
        let wrong = self.count(|file| matches!(file, Standing::Wrong(_)));
        match (missing, wrong) {
            (_, 1..) => format!("{wrong} of {all} files wrong"),
            (missing, _) if missing == all => "not here".to_owned(),
            (1.., _) => format!("{missing} of {all} files missing"),
            (0, _) if sound == all => "here, verified".to_owned(),
            (0, _) => "here, not verified".to_owned(),
        }
    }

    fn json(&self, data: &Path) -> Value {
        let set = self.set;
        let file = |(file, standing): (&catalogue::DataFile, &Standing)| {
            let (standing, detail) = match standing {
                Standing::Missing => ("missing", None),
                Standing::Unchecked => ("unchecked", None),
                Standing::Sound(form) => ("sound", Some(form)),
                Standing::Wrong(reason) => ("wrong", Some(reason)),
            };
            json!({ "path": data.join(file.path.as_path()), "standing": standing, "detail": detail })
        };
        json!({
            "name": set.name,
            "title": set.title,
            "standing": self.told(),
            "bytes": set.bytes(),
            "licence": set.licence,
            "terms": set.terms,
            "citation": set.citation,
            "page": set.page,
            "archive": {
                "file": set.archive.file.as_str(),
                "addresses": set.archive.addresses,
                "bytes": set.archive.bytes,
                "sha256": set.archive.sha256,
                "md5": set.archive.md5,
            },
            "files": set.files.iter().zip(&self.files).map(file).collect::<Vec<_>>(),
        })
    }
}

fn table(holdings: &[Holding], data: &Path) -> String {
    let head = ["data set", "standing", "size", "terms", "looked for in"].map(str::to_owned);
    let row = |holding: &Holding| {
        let place =
            holding.set.files.first().and_then(|file| file.path.as_path().parent()).unwrap_or(Path::new(""));
        let size = HumanBytes(holding.set.bytes()).to_string();
        let licence = holding.set.licence.clone();
        [holding.set.name.clone(), holding.told(), size, licence, data.join(place).display().to_string()]
    };
    let mut text = columns(std::iter::once(head).chain(holdings.iter().map(row)));
    for set in holdings.iter().map(|holding| holding.set) {
        text.push_str(&format!("\n{}: {}\n  {}\n  cite: {}\n", set.name, set.title, set.terms, set.citation));
    }
    text
}

/// Checks every file that is here.
fn verify(sets: &[&DataSet], data: &Path, cache: &Path) -> Outcome {
    let mut memo = Memo::open(cache);
    let mut faults = 0;
    for set in sets {
        let check = |file: &catalogue::DataFile| file.check(&data.join(file.path.as_path()), &mut memo);
        let holding = Holding { set, files: set.files.iter().map(check).collect() };
        println!("{}: {}", set.name, holding.told());
        let missing = holding.count(|file| *file == Standing::Missing);
        if missing < set.files.len() {
            set.files
                .iter()
                .zip(&holding.files)
                .for_each(|(file, standing)| println!("    {}", told(file, standing)));
        }
        faults += holding.count(|file| matches!(file, Standing::Wrong(_)));
        if missing > 0 {
            println!(
                "    looked for in {}: sections use stand-ins; `cargo xtask data fetch {}` gets it",
                data.display(),
                set.name
            );
        }
    }
    memo.save()?;
    if faults == 0 {
        return Ok(exit::OK);
    }
    eprintln!("wrong files: {faults}; `cargo xtask data fetch` or `import` replaces them");
    Ok(exit::FAILED)
}

fn told(file: &catalogue::DataFile, standing: &Standing) -> String {
    let path = file.path.as_path().display();
    match standing {
        Standing::Sound(form) => format!("{path}: sound ({form})"),
        Standing::Wrong(reason) => format!("{path}: wrong: {reason}"),
        Standing::Missing | Standing::Unchecked => format!("{path}: missing"),
    }
}

fn import(from: &Path, sets: &[&DataSet], data: &Path, cache: &Path) -> Outcome {
    let mut memo = Memo::open(cache);
    let imported = import::import(from, sets, data, &mut memo)?;
    memo.save()?;
    for (set, imported) in sets.iter().zip(&imported) {
        let missing: Vec<String> = imported.missing.iter().map(|path| path.display().to_string()).collect();
        let lacking = if missing.is_empty() {
            "complete".to_owned()
        } else {
            format!("still missing: {}", missing.join(", "))
        };
        println!("{}: {} imported, {} already here, {lacking}", set.name, imported.new, imported.present);
    }
    if imported.iter().any(|imported| imported.new > 0 || imported.missing.is_empty()) {
        return Ok(exit::OK);
    }
    let archives: Vec<&str> = sets.iter().map(|set| set.archive.file.as_str()).collect();
    Err(CommandError::failed(format!("no file of a data set below {}", from.display())).advise(format!(
        "files are recognised by content, under any name; so are the archives {}",
        archives.join(" and ")
    )))
}
