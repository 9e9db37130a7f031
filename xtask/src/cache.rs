//! `cargo xtask cache`: how much the store of runs holds, trimming it, and carrying it to another machine.

use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};

use runner::executor::is_submission;
use runner::messages::exit;
use runner::{CommandError, Key, Store, Usage};

use crate::sections::Workspace;
use crate::{Outcome, programs};

/// Options of `cache`.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  cargo xtask cache size
  cargo xtask cache prune --days 7 --dry-run
  cargo xtask cache export runs.store     here
  cargo xtask cache import runs.store     there: a sweep goes on where it was")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand, Debug)]
enum Command {
    /// Show entries and bytes, section by section.
    Size {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Remove what has not been used for a while, damaged entries, and what killed processes left behind.
    Prune {
        /// Keep what was used within this many days
        #[arg(long, default_value_t = 30)]
        days: u64,
        /// Only say what would be removed
        #[arg(long)]
        dry_run: bool,
    },
    /// Pack all runs into one file.
    Export {
        /// The file to write
        file: PathBuf,
    },
    /// Take in the runs of such a file.
    Import {
        /// The file to read
        file: PathBuf,
    },
}

/// Runs the command.
/// Fails when a file cannot be removed.
pub fn cache(args: &Args) -> Outcome {
    let workspace = Workspace::find()?;
    let (folder, checkpoints) = (workspace.store().join("runs"), workspace.store().join("checkpoints"));
    match &args.command {
        Command::Size { json } => {
            let sections = workspace.sections.iter().map(|section| section.slug());
            let places = sections.map(|slug| (folder.join(&slug), slug));
            let left = programs::left(&workspace.store());
            let unfinished =
                Usage { entries: folders(&checkpoints, Key::is_hash).count(), ..Store::usage(&checkpoints) };
            let whole = Store::usage(&workspace.store());
            let whole = Usage { unfinished: whole.unfinished + left.len(), ..whole };
            let more = [("checkpoints".to_owned(), unfinished), ("all".to_owned(), whole)];
            let all = places.map(|(place, name)| (name, Store::usage(&place))).chain(more);
            if *json {
                let all = all.map(|(name, usage)| (name, serde_json::json!(usage)));
                println!("{:#}", serde_json::Value::Object(all.collect()));
            } else {
                all.for_each(|(name, Usage { entries, bytes: size, unfinished })| {
                    let left =
                        if unfinished > 0 { format!("  {unfinished} leftovers") } else { String::new() };
                    println!("{name:<20} {entries:>6} runs {:>12}{left}", bytes(size));
                });
            }
        }
        Command::Prune { days, dry_run } => {
            let (days, dry_run) = (*days, *dry_run);
            // A run being written by another process must not be taken for a leftover.
            let _lock = workspace.lock("cache prune")?;
            let age = Duration::from_secs(days * 86_400);
            let removed = Store::prune(&folder, age, dry_run)?;
            let programs = programs::left(&workspace.store());
            if !dry_run {
                programs.iter().try_for_each(fs::remove_dir_all)?;
            }
            let left = prune_folders(&checkpoints, Key::is_hash, age, dry_run)?;
            let jobs = prune_folders(&workspace.store().join("jobs"), is_submission, age, dry_run)?;
            let did = if dry_run { "would remove" } else { "removed" };
            println!(
                "{did} {} runs, {} leftovers, the checkpoints of {} unfinished runs and the files of {} submissions, {}",
                removed.entries,
                removed.unfinished + programs.len(),
                left.entries,
                jobs.entries,
                bytes(removed.bytes + left.bytes + jobs.bytes)
            );
        }
        Command::Export { file } => {
            let absent = |what: &str, folder: &Path| {
                CommandError::usage(format!("there is no {what} at {}", folder.display()))
            };
            if !folder.is_dir() {
                return Err(absent("store", &workspace.store())
                    .advise("`--cache` names the one that `reproduce` was given"));
            }
            if let Some(parent) = std::path::absolute(file)?.parent().filter(|parent| !parent.is_dir()) {
                return Err(absent("folder", parent).advise("make it, or name another file"));
            }
            let runs = Store::export(&workspace.store(), file)?;
            println!("{runs} runs in {}", file.display());
        }
        Command::Import { file } => {
            if !file.is_file() {
                return Err(CommandError::usage(format!("there is no file {}", file.display()))
                    .advise("`cargo xtask cache export FILE` writes one, where the runs are"));
            }
            let (taken, all) = Store::import(&workspace.store(), file)?;
            println!("{taken} runs taken in; {} of the {all} were there", all - taken);
        }
    }
    Ok(exit::OK)
}

/// The folders below one whose names are ours: where the store is, something else may be.
fn folders(folder: &Path, is_ours: fn(&str) -> bool) -> impl Iterator<Item = PathBuf> {
    let listing = fs::read_dir(folder).into_iter().flatten().flatten();
    let ours = listing.filter(move |entry| entry.file_name().to_str().is_some_and(is_ours));
    ours.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).map(|entry| entry.path())
}

/// Removes folders in which nothing was written for `age`: each run's checkpoints, and each submission, have one.
fn prune_folders(
    folder: &Path,
    is_ours: fn(&str) -> bool,
    age: Duration,
    dry_run: bool,
) -> io::Result<Usage> {
    let mut removed = Usage::default();
    for run in folders(folder, is_ours) {
        let mut idle = true;
        for file in fs::read_dir(&run)? {
            idle &= file?.metadata()?.modified()?.elapsed().is_ok_and(|elapsed| elapsed >= age);
        }
        if idle {
            removed.entries += 1;
            removed.bytes += Store::usage(&run).bytes;
            if !dry_run {
                fs::remove_dir_all(&run)?;
            }
        }
    }
    Ok(removed)
}

fn bytes(bytes: u64) -> String {
    indicatif::HumanBytes(bytes).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checkpoints_are_kept_while_their_run_is_on_its_way() {
        let folder = tempfile::tempdir().unwrap();
        let run = folder.path().join("0a".repeat(32));
        for place in [&run, &folder.path().join("the user's")] {
            fs::create_dir(place).unwrap();
            fs::write(place.join("even.checkpoint"), "parameters").unwrap();
        }
        fs::write(folder.path().join("0b".repeat(32)), "a file of the user's").unwrap();
        let prune = |age, dry_run| prune_folders(folder.path(), Key::is_hash, age, dry_run).unwrap();
        assert_eq!(prune(Duration::from_secs(60), false).entries, 0);
        let found = prune(Duration::ZERO, true);
        assert_eq!((found.entries, found.bytes), (1, 10));
        assert!(run.exists());
        assert_eq!(prune(Duration::ZERO, false).entries, 1);
        assert!(!run.exists() && fs::read_dir(folder.path()).unwrap().count() == 2);
        assert_eq!(prune(Duration::ZERO, false).entries, 0);
    }
}
