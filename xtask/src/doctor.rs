//! `cargo xtask doctor`: what this machine has, what it lacks, what that would enable and how to get it.

mod machine;
mod programs;

use experiment::Device;
use runner::CommandError;
use runner::messages::exit;
use serde::Serialize;

use crate::sections::Workspace;
use crate::show::{Format, columns};
use crate::{Outcome, data};

/// Options of `doctor`.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  cargo xtask doctor                  one line for each thing looked for
  cargo xtask doctor --format json    the same for programs
  cargo xtask doctor --device cuda    and how to settle what only a card can tell

Exit codes: 0 all that is needed is there, 1 something needed is missing.")]
pub struct Args {
    /// How to show it
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// What is to be computed on: cpu or cuda
    #[arg(long, default_value = "cpu")]
    device: Device,
}

/// What no compiler and no test without a card can tell: whether a card computes what the processor does.
const ON_A_CARD: &str = "\
what only a card can tell: cargo test -p networks --features cuda --test cuda
    every operation and both networks against the processor, and the same bits twice; how long it takes on a card was never measured
";

/// One thing that was looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Finding {
    name: String,
    /// `ok` or `missing`.
    standing: &'static str,
    /// Whether nothing works without it.
    needed: bool,
    /// What was found.
    found: String,
    /// What it is good for.
    enables: &'static str,
    /// How to get it, where it is missing.
    how: Option<String>,
}

/// What was found, or why there is nothing.
type Found = Result<String, String>;

impl Finding {
    fn new(name: &str, needed: bool, found: Found, enables: &'static str, how: &str) -> Self {
        let standing = if found.is_ok() { "ok" } else { "missing" };
        let how = found.is_err().then(|| how.to_owned());
        let found = found.unwrap_or_else(|why| why);
        Self { name: name.to_owned(), standing, needed, found, enables, how }
    }
}

/// Runs the command; fails when the workspace is not found.
pub fn doctor(args: &Args) -> Outcome {
    let workspace = Workspace::find()?;
    let mut findings = look(&workspace);
    findings.extend(data_sets(&workspace));
    let last = if args.device == Device::Cuda { ON_A_CARD } else { "" };
    args.format.show(&findings, || table(&findings) + last)?;
    Ok(verdict(&findings))
}

/// Refuses `--device cuda` where no CUDA toolkit is found: nothing would build.
/// Fails where none is.
pub fn cuda_toolkit() -> Result<(), CommandError> {
    programs::cuda_toolkit().map(drop).map_err(|why| {
        CommandError::usage(format!("--device cuda needs the CUDA toolkit: {why}")).advise(
            "set CUDA_PATH to its folder, and PATH to its bin/; the README says how to build without a card",
        )
    })
}

fn look(workspace: &Workspace) -> Vec<Finding> {
    let root = &workspace.root;
    let all = [
        (true, "Rust", programs::rust(root), "everything", "rustup toolchain install stable"),
        (
            true,
            "disk",
            machine::disk(workspace),
            "compiling and caching",
            "make room; cargo xtask cache prune and cargo clean help",
        ),
        (false, "processor", machine::processor(), "everything; twice the threads, half the time", ""),
        (
            false,
            "memory",
            machine::memory(),
            "compiling on all cores, full sizes",
            "build with fewer jobs: CARGO_BUILD_JOBS=1",
        ),
        (
            false,
            "vector instructions",
            machine::vectors(),
            "matrix products at full speed",
            "a newer processor; results are right without",
        ),
        (
            false,
            "fonts",
            Ok("built into the program that typesets; none needs to be installed".to_owned()),
            "the paper",
            "",
        ),
        (
            false,
            "GPU and driver",
            programs::gpu(),
            "--device cuda: the paper profile of Section 5 in hours, and random networks by the direct engine",
            "an NVIDIA card with its driver, or a machine that has them",
        ),
        (
            false,
            "CUDA compiler",
            programs::nvcc(),
            "building for --device cuda",
            "the CUDA toolkit, or its wheels (README, Building for CUDA on a machine without a GPU), and CUDA_PATH",
        ),
        (
            false,
            "CUDA libraries",
            programs::cuda_libraries(),
            "running with --device cuda",
            "the CUDA toolkit or PyTorch's wheels (site-packages/nvidia/*/lib), and their folder on LD_LIBRARY_PATH",
        ),
        (
            false,
            "PyTorch",
            programs::pytorch(),
            "cargo xtask bench: ours against PyTorch",
            "pip install torch, for the Python that PYTHON names",
        ),
        (
            false,
            "git",
            programs::git(root),
            "the commit in every provenance; reviewing snapshots with git diff",
            "clone the repository with git",
        ),
        (
            false,
            "cargo-insta",
            programs::insta(root),
            "cargo insta review; cargo xtask review does without",
            "cargo install --locked cargo-insta",
        ),
    ];
    let finding = |(needed, name, found, enables, how)| Finding::new(name, needed, found, enables, how);
    all.into_iter().map(finding).collect()
}

/// The data sets, as the program that fetches them sees them; where it does not build, nothing else is kept from being told.
fn data_sets(workspace: &Workspace) -> Vec<Finding> {
    let finding = |name: &str, found, how: &str| {
        Finding::new(name, false, found, "real data in place of stand-ins in Sections 3.3 and 5", how)
    };
    let of = |set: data::DataSet| {
        let how = format!("cargo xtask data fetch {}, or cargo xtask data import DIR", set.name);
        let found = if set.real { Ok(set.standing) } else { Err(set.standing) };
        finding(&format!("data set {}", set.name), found, &how)
    };
    match data::overview(workspace) {
        Ok(sets) => sets.into_iter().map(of).collect(),
        Err(why) => vec![finding("data sets", Err(why.to_string()), "cargo xtask data list")],
    }
}

fn verdict(findings: &[Finding]) -> u8 {
    let lacking = |finding: &Finding| finding.needed && finding.how.is_some();
    if findings.iter().any(lacking) { exit::FAILED } else { exit::OK }
}

fn table(findings: &[Finding]) -> String {
    let mut rows: Vec<[String; 3]> = Vec::new();
    for finding in findings {
        let lacking = verdict(std::slice::from_ref(finding)) == exit::FAILED;
        let standing = if lacking { "MISSING" } else { finding.standing };
        rows.push([standing.to_owned(), finding.name.clone(), finding.found.clone()]);
        if let Some(how) = &finding.how {
            rows.push([String::new(), String::new(), format!("would enable: {}", finding.enables)]);
            rows.push([String::new(), String::new(), format!("how: {how}")]);
        }
    }
    let is = if verdict(findings) == exit::OK { "nothing needed is" } else { "something needed is" };
    format!("{}{is} missing\n", columns(rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(needed: bool, found: Result<&str, &str>) -> Finding {
        Finding::new("thing", needed, found.map(str::to_owned).map_err(str::to_owned), "more", "buy it")
    }

    #[test]
    fn only_what_is_needed_counts_against_the_machine() {
        assert_eq!(verdict(&[finding(true, Ok("1.0")), finding(false, Err("none"))]), exit::OK);
        assert_eq!(verdict(&[finding(false, Ok("1.0")), finding(true, Err("none"))]), exit::FAILED);
    }

    #[test]
    fn what_is_missing_says_what_it_would_enable_and_how_to_get_it() {
        let text = table(&[finding(false, Ok("1.0")), finding(false, Err("none"))]);
        assert!(text.contains("ok       thing  1.0\nmissing  thing  none\n"), "{text}");
        assert!(text.contains("would enable: more\n") && text.contains("how: buy it\n"), "{text}");
        assert!(text.ends_with("nothing needed is missing\n"), "{text}");
        assert!(finding(false, Ok("1.0")).how.is_none());
    }

    #[test]
    fn this_checkout_is_looked_at_without_an_error() {
        let findings = look(&Workspace::find().unwrap());
        let rust = &findings[0];
        let it_just_compiled_this_test = ("Rust", "ok");
        assert_eq!((rust.name.as_str(), rust.standing), it_just_compiled_this_test, "{rust:?}");
        let json = serde_json::to_value(&findings).unwrap();
        for name in ["name", "standing", "needed", "found", "enables", "how"] {
            assert!(json[0].get(name).is_some(), "{name}");
        }
    }
}
