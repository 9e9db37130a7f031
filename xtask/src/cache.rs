//! `cargo xtask cache`: how much the run cache holds, and trimming it.

use std::time::Duration;

use flow::protocol::exit;
use flow::{Cache, Lock};

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
    let folder = workspace.cache().join("runs");
    match args.command {
        Command::Size { json } => {
            let sections = workspace
                .sections
                .iter()
                .map(|section| (section.slug(), Cache::usage(&folder.join(section.slug()))));
            let all = sections.chain([("all".to_owned(), Cache::usage(&folder))]);
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
            let removed = Cache::prune(&folder, Duration::from_secs(days * 86_400), dry_run)?;
            let did = if dry_run { "would remove" } else { "removed" };
            println!(
                "{did} {} runs and {} leftovers, {}",
                removed.entries,
                removed.unfinished,
                bytes(removed.bytes)
            );
        }
    }
    Ok(exit::OK)
}

fn bytes(bytes: u64) -> String {
    indicatif::HumanBytes(bytes).to_string()
}
