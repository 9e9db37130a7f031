//! The commands of the project, one file each; `cargo xtask --help` lists them.
//!
//! This program links neither polars nor Typst nor dfdx, and no network, so that it compiles in less than a minute: it finds the sections, has
//! cargo build them, talks to their programs in lines of JSON, and puts together what they hand over.

// Output that nobody reads is no reason to stop: these take the places of the standard library's.
#[macro_use(eprintln, print, println)]
extern crate runner;

mod adopt;
mod archive;
mod begun;
mod bench;
mod built;
mod cache;
mod checkout;
mod claims;
mod code;
mod compile;
mod compiling;
mod costs;
mod data;
mod diff;
mod doctor;
mod early;
mod executors;
mod explain;
mod ledger_files;
mod locked;
mod new_section;
mod paper;
mod programs;
mod progress;
mod readme;
mod reproduce;
mod request;
mod review;
mod sections;
mod show;
mod status;
mod talk;
mod work;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use runner::CommandError;

/// A paper that runs: recompute every section, judge every claim, typeset the paper.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version, max_term_width = 110)]
struct Cli {
    /// Keep runs, checkpoints and locks in this folder, not in .cache of the checkout
    #[arg(long, global = true, value_name = "DIR")]
    cache: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the sections, judge the claims and typeset the paper; at first, whichever section is compiled first.
    Reproduce(reproduce::Args),
    /// Say, run by run, what is queued, running or failed, what is stale and which part of its key moved.
    Status(status::Args),
    /// Take back runs that are queued or running on a cluster.
    Cancel(executors::Cancel),
    /// Show the ledger: every claim of the paper with its verdict.
    Claims(claims::Args),
    /// Compare two sets of results: changed verdicts first, then numbers.
    Diff(diff::Args),
    /// Make the finished result the repository's reproduction (data/records/).
    Adopt(adopt::Args),
    /// Pack sources, records and paper into one file that can be deposited and cited; check such a file.
    Archive(archive::Args),
    /// Show, trim, export or import the store of runs.
    Cache(cache::Args),
    /// Show pending snapshot changes, changes of verdict first.
    Review(review::Args),
    /// Typeset the paper from what is there: no run is repeated.
    Paper(paper::Args),
    /// Add a section of your own that builds, runs, has a figure, a claim, a test and a page.
    NewSection(new_section::Args),
    /// List, fetch, verify or import the data sets.
    Data(data::Args),
    /// Measure ours against a peer in one run.
    Bench(bench::Args),
    /// Check toolchain, fonts, data and disk: what is missing and what it would enable.
    Doctor(doctor::Args),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Some(folder) = &cli.cache {
        sections::keep_store_in(folder);
    }
    let outcome = match cli.command {
        Command::Reproduce(args) => reproduce::reproduce(&args),
        Command::Status(args) => status::status(&args),
        Command::Cancel(args) => executors::cancel(&args),
        Command::Claims(args) => claims::claims(&args),
        Command::Diff(args) => diff::diff(&args),
        Command::Adopt(args) => adopt::adopt(&args),
        Command::Archive(args) => archive::archive(&args),
        Command::Cache(args) => cache::cache(&args),
        Command::Review(args) => review::review(&args),
        Command::Paper(args) => paper::paper(&args),
        Command::NewSection(args) => new_section::new_section(&args),
        Command::Data(args) => data::data(&args),
        Command::Bench(args) => bench::bench(&args),
        Command::Doctor(args) => doctor::doctor(&args),
    };
    runner::output::end(outcome)
}

/// What a command returns: its exit code, or why it stopped.
type Outcome = Result<u8, CommandError>;
