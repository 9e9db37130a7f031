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

Exit codes: 0 all that is needed is there, 1 something needed is missing; with --device cuda a card and its tools are.")]
pub struct Args {
    /// How to show it
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// What is to be computed on: cpu or cuda
    #[arg(long, default_value = "cpu")]
    device: Device,
}

/// What settles on a card what no compiler and no test without one can tell.
const ON_A_CARD: &str = "cargo test -p networks --features cuda --test cuda: networks; \
    then cargo xtask diff A B, of the folders that `reproduce 3.2 --set simulation.engine=direct --out FOLDER` wrote with and without \
    `--device cuda`: random networks, by the kernel that draws weights. How long either takes on a card is not known";

/// One thing that was looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Finding {
    name: String,
    /// `ok`, `missing`, or `untried`.
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
    eprintln!("looking; Python takes some seconds to say whether it has PyTorch");
    let mut findings = look(&workspace, args.device);
    findings.extend(data_sets(&workspace));
    if args.device == Device::Cuda {
        findings.push(Finding {
            standing: "untried",
            ..Finding::new(
                "a card's numbers",
                false,
                Err("only a card can tell whether it computes what the processor does".to_owned()),
                "trust in what --device cuda computes",
                ON_A_CARD,
            )
        });
    }
    args.format.show(&findings, || table(&findings))?;
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

fn look(workspace: &Workspace, device: Device) -> Vec<Finding> {
    let (root, cuda) = (&workspace.root, device == Device::Cuda);
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
            cuda,
            "GPU and driver",
            programs::gpu(),
            "--device cuda: the paper profile of Section 5 in hours, and random networks by the direct engine",
            "an NVIDIA card with its driver, or a machine that has them",
        ),
        (
            cuda,
            "CUDA toolkit",
            programs::cuda_toolkit(),
            "building for --device cuda",
            "the CUDA toolkit, its folder in CUDA_PATH and its bin/ in PATH; or its wheels (README, Building for CUDA on a machine without a GPU)",
        ),
        (
            cuda,
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
        let workspace = Workspace::find().unwrap();
        let findings = look(&workspace, Device::Cpu);
        let rust = &findings[0];
        let it_just_compiled_this_test = ("Rust", "ok");
        assert_eq!((rust.name.as_str(), rust.standing), it_just_compiled_this_test, "{rust:?}");
        let needed = |device| look(&workspace, device).iter().filter(|finding| finding.needed).count();
        assert_eq!((needed(Device::Cpu), needed(Device::Cuda)), (2, 5), "a card and its tools");
        let json = serde_json::to_value(&findings).unwrap();
        for name in ["name", "standing", "needed", "found", "enables", "how"] {
            assert!(json[0].get(name).is_some(), "{name}");
        }
    }
}
