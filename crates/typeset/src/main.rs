//! The program: `typeset --root . --generated paper/generated --records data/records --out paper`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use experiment::told;
use typeset::Job;

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
    /// End with one line of JSON: pdf, html, warnings, gaps.
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let Arguments { root, generated, records, against, out, json } = Arguments::parse();
    let job = Job {
        generated: generated.unwrap_or_else(|| root.join("paper/generated")),
        records: records.unwrap_or_else(|| root.join("data/records")),
        out: out.unwrap_or_else(|| root.join("paper")),
        against,
        root,
    };
    let paper = match job.typeset() {
        Ok(paper) => paper,
        Err(error) => {
            eprintln!("{}", told(&error));
            return ExitCode::FAILURE;
        }
    };
    if json {
        match serde_json::to_string(&paper) {
            Ok(line) => println!("{line}"),
            Err(error) => {
                eprintln!("{error}");
                return ExitCode::FAILURE;
            }
        }
        return ExitCode::SUCCESS;
    }
    for warning in &paper.warnings {
        eprintln!("{warning}");
    }
    for gap in &paper.gaps {
        println!("gap: {gap}");
    }
    println!("{}\n{}", paper.pdf.display(), paper.html.display());
    ExitCode::SUCCESS
}
