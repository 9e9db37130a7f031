//! `cargo xtask cache`: how much the run cache holds, and trimming it.

use std::path::Path;
use std::time::Duration;
use std::{fs, io};

use runner::protocol::exit;
use runner::{Cache, Lock, Usage};

use crate::Outcome;
use crate::sections::Workspace;

/// Options of `cache`.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  cargo xtask cache size
  cargo xtask cache prune --days 7 --dry-run")]
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
}

/// Runs the command.
///
/// # Errors
/// When a file cannot be removed.
pub fn cache(args: &Args) -> Outcome {
    let workspace = Workspace::find()?;
    let (folder, checkpoints) = (workspace.cache().join("runs"), workspace.cache().join("checkpoints"));
    match args.command {
        Command::Size { json } => {
            let sections = workspace
                .sections
                .iter()
                .map(|section| (section.slug(), Cache::usage(&folder.join(section.slug()))));
            let checkpoints = ("checkpoints".to_owned(), Cache::usage(&checkpoints));
            let all = sections.chain([checkpoints, ("all".to_owned(), Cache::usage(&workspace.cache()))]);
            if json {
                let all: serde_json::Map<String, serde_json::Value> = all
                    .map(|(name, usage)| Ok((name, serde_json::to_value(usage)?)))
                    .collect::<Result<_, serde_json::Error>>()?;
                println!("{}", serde_json::to_string_pretty(&all)?);
            } else {
                all.for_each(|(name, usage)| {
                    println!("{name:<20} {:>6} runs {:>12}", usage.entries, bytes(usage.bytes))
                });
            }
        }
        Command::Prune { days, dry_run } => {
            // A run being written by another process must not be taken for a leftover.
            let mut lock = Lock::in_folder(&workspace.cache())?;
            let us = format!("process {}: cargo xtask cache prune", std::process::id());
            let _guard = lock.take(&us, |holder| eprintln!("waiting for {holder} to finish"))?;
            let age = Duration::from_secs(days * 86_400);
            let removed = Cache::prune(&folder, age, dry_run)?;
            let left = prune_checkpoints(&checkpoints, age, dry_run)?;
            let did = if dry_run { "would remove" } else { "removed" };
            println!(
                "{did} {} runs, {} leftovers and the checkpoints of {} unfinished runs, {}",
                removed.entries,
                removed.unfinished,
                left.entries,
                bytes(removed.bytes + left.bytes)
            );
        }
    }
    Ok(exit::OK)
}

/// Removes the checkpoints of runs on which nobody has worked for `age`: each has a folder.
fn prune_checkpoints(folder: &Path, age: Duration, dry_run: bool) -> io::Result<Usage> {
    let mut removed = Usage::default();
    for run in fs::read_dir(folder).into_iter().flatten() {
        let run = run?.path();
        let mut idle = true;
        for file in fs::read_dir(&run)? {
            idle &= file?.metadata()?.modified()?.elapsed().is_ok_and(|elapsed| elapsed >= age);
        }
        if idle {
            removed.entries += 1;
            removed.bytes += Cache::usage(&run).bytes;
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
        fs::create_dir(folder.path().join("a")).unwrap();
        fs::write(folder.path().join("a/even.checkpoint"), "parameters").unwrap();
        let prune = |age, dry_run| prune_checkpoints(folder.path(), age, dry_run).unwrap();
        assert_eq!(prune(Duration::from_secs(60), false).entries, 0);
        let found = prune(Duration::ZERO, true);
        assert_eq!((found.entries, found.bytes), (1, 10));
        assert!(folder.path().join("a").exists());
        assert_eq!(prune(Duration::ZERO, false).entries, 1);
        assert!(!folder.path().join("a").exists());
        assert_eq!(prune_checkpoints(&folder.path().join("none"), Duration::ZERO, false).unwrap().entries, 0);
    }
}
