//! The commands of the project, one file each; `cargo xtask --help` lists them.
//!
//! This program links neither polars nor Typst nor dfdx, and no network, so that it compiles in less than a minute: it finds the sections, has
//! cargo build them, talks to their programs in lines of JSON, and puts together what they hand over.

mod adopt;
mod begun;
mod bench;
mod cache;
mod checkout;
mod claims;
mod code;
mod compile;
mod data;
mod diff;
mod doctor;
mod executors;
mod explain;
mod ledger_files;
mod locked;
mod new_section;
mod paper;
mod progress;
mod readme;
mod reproduce;
mod request;
mod review;
mod sections;
mod show;
mod status;
mod talk;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use runner::CommandError;

/// A paper that runs: recompute every section, judge every claim, typeset the paper.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version, max_term_width = 110)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the sections in the paper's order, judge the claims and typeset the paper.
    Reproduce(reproduce::Args),
    /// Say, run by run, what is queued, running or failed, what is stale and which part of its key moved.
    Status(request::Args),
    /// Take back runs that are queued or running on a cluster.
    Cancel(executors::Cancel),
    /// Show the ledger: every claim of the paper with its verdict.
    Claims(claims::Args),
    /// Compare two sets of results: changed verdicts first, then numbers.
    Diff(diff::Args),
    /// Make the finished result the repository's reproduction (data/records/).
    Adopt(adopt::Args),
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
    leave_quietly_when_nobody_reads();
    let outcome = match Cli::parse().command {
        Command::Reproduce(args) => reproduce::reproduce(&args),
        Command::Status(args) => status::status(&args),
        Command::Cancel(args) => executors::cancel(&args),
        Command::Claims(args) => claims::claims(&args),
        Command::Diff(args) => diff::diff(&args),
        Command::Adopt(args) => adopt::adopt(&args),
        Command::Cache(args) => cache::cache(&args),
        Command::Review(args) => review::review(&args),
        Command::Paper(args) => paper::paper(&args),
        Command::NewSection(args) => new_section::new_section(&args),
        Command::Data(args) => data::data(&args),
        Command::Bench(args) => bench::bench(&args),
        Command::Doctor(args) => doctor::doctor(&args),
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(error) => ExitCode::from(error.report()),
    }
}

/// `cargo xtask claims | head` closes our output early: that is no failure, and no reason for a panic's message.
fn leave_quietly_when_nobody_reads() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let message = panic.payload().downcast_ref::<String>().map_or("", String::as_str);
        if message.starts_with("failed printing to stdout") && message.contains("Broken pipe") {
            std::process::exit(0);
        }
        usual(panic);
    }));
}

/// What a command returns: its exit code, or why it stopped.
type Outcome = Result<u8, CommandError>;
