//! The program: `typeset --root . --generated paper/generated --records data/records --out paper`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use experiment::told;
use serde_json::json;
use typeset::{Job, Paper, Profiles};

/// Compiles the paper to paper.pdf and paper.html.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The workspace, which holds paper/ and crates/.
    #[arg(long, default_value = ".")]
    root: PathBuf,
    /// Results of this reproduction; `paper/generated` of the workspace if not given.
    #[arg(long)]
    generated: Option<PathBuf>,
    /// Adopted results, shown for sections that were not run; `data/records` of the workspace if not given.
    #[arg(long)]
    records: Option<PathBuf>,
    /// Other results to compare with: the page marks verdicts, numbers and curves that differ.
    #[arg(long)]
    against: Option<PathBuf>,
    /// The folder for paper.pdf and paper.html; `paper` of the workspace if not given.
    #[arg(long)]
    out: Option<PathBuf>,
    /// What profiles mean, as JSON: section's folder, profile, parameter, value; for the commands that repeat results.
    #[arg(long, value_parser = profiles, default_value = "{}")]
    profiles: BTreeMap<String, Profiles>,
    /// What has changed of sections' code since their results were computed, as JSON: section's folder, names.
    #[arg(long, value_parser = moved, default_value = "{}")]
    moved: BTreeMap<String, Vec<String>>,
    /// End with one line of JSON: pdf, html, warnings, gaps.
    #[arg(long)]
    json: bool,
}

fn moved(json: &str) -> serde_json::Result<BTreeMap<String, Vec<String>>> {
    serde_json::from_str(json)
}

fn profiles(json: &str) -> serde_json::Result<BTreeMap<String, Profiles>> {
    serde_json::from_str(json)
}

/// Gaps that are told one by one, at most.
const GAPS: usize = 6;

fn main() -> ExitCode {
    let Arguments { root, generated, records, against, out, profiles, moved, json } = Arguments::parse();
    let job = Job {
        generated: generated.unwrap_or_else(|| root.join("paper/generated")),
        records: records.unwrap_or_else(|| root.join("data/records")),
        out: out.unwrap_or_else(|| root.join("paper")),
        profiles,
        moved,
        against,
        root,
    };
    let paper = job.typeset();
    if let (Ok(paper), true) = (&paper, json) {
        println!("{}", json!(paper));
        return ExitCode::SUCCESS;
    }
    match paper {
        Ok(Paper { pdf, html, warnings, gaps }) => {
            warnings.iter().for_each(|warning| eprintln!("{warning}"));
            gaps.iter().take(GAPS).for_each(|gap| eprintln!("warning: a gap in the paper: {gap}"));
            if gaps.len() > GAPS {
                eprintln!("warning: and {} gaps more, each marked where it is", gaps.len() - GAPS);
            }
            println!("{}\n{}", pdf.display(), html.display());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{}", told(&error));
            ExitCode::FAILURE
        }
    }
}
