//! `cargo xtask doctor`: what this machine has, what it lacks, what that would enable and how to get it.

mod machine;
mod programs;

use runner::messages::exit;
use serde::Serialize;

use crate::columns::columns;
use crate::sections::Workspace;
use crate::{Outcome, data};

/// Options of `doctor`.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  cargo xtask doctor                  one line for each thing looked for
  cargo xtask doctor --format json    the same for programs

Exit codes: 0 all that is needed is there, 1 something needed is missing.")]
pub struct Args {
    /// How to show it
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

#[derive(clap::ValueEnum, Debug, Clone, Copy)]
enum Format {
    Table,
    Json,
}

/// Whether something is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Standing {
    Ok,
    Missing,
}

/// One thing that was looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Finding {
    name: String,
    standing: Standing,
    /// Whether nothing works without it.
    needed: bool,
    /// What was found.
    found: String,
    /// What it is good for.
    enables: String,
    /// How to get it, where it is missing.
    how: Option<String>,
}

impl Finding {
    /// Something that is there, `Ok` with what was found, or is not, `Err` with why.
    fn new(name: &str, found: Result<String, String>, enables: &str, how: &str) -> Self {
        let (standing, found) = match found {
            Ok(found) => (Standing::Ok, found),
            Err(why) => (Standing::Missing, why),
        };
        let how = (standing == Standing::Missing).then(|| how.to_owned());
        Self { name: name.to_owned(), standing, needed: false, found, enables: enables.to_owned(), how }
    }

    /// Nothing works without it.
    fn needed(self) -> Self {
        Self { needed: true, ..self }
    }
}

/// Runs the command.
///
/// # Errors
/// When the workspace is not found.
pub fn doctor(args: &Args) -> Outcome {
    let workspace = Workspace::find()?;
    let mut findings = look(&workspace);
    findings.extend(data_sets(&workspace));
    match args.format {
        Format::Table => print!("{}", table(&findings)),
        Format::Json => println!("{}", serde_json::to_string_pretty(&findings)?),
    }
    Ok(verdict(&findings))
}

fn look(workspace: &Workspace) -> Vec<Finding> {
    vec![
        programs::rust(&workspace.root).needed(),
        machine::disk(workspace).needed(),
        machine::processor(),
        machine::memory(),
        machine::vectors(),
        machine::fonts(),
        programs::gpu(),
        programs::nvcc(),
        programs::cuda_libraries(),
        programs::pytorch(),
        programs::git(&workspace.root),
        programs::insta(&workspace.root),
    ]
}

/// The data sets, as the program that fetches them sees them; where it does not build, nothing else is kept from being told.
fn data_sets(workspace: &Workspace) -> Vec<Finding> {
    let enables = "real data in place of stand-ins in Sections 3.3 and 5";
    let of = |set: data::DataSet| {
        let how = format!("cargo xtask data fetch {}, or cargo xtask data import DIR", set.name);
        let found = if set.real { Ok(set.standing) } else { Err(set.standing) };
        Finding::new(&format!("data set {}", set.name), found, enables, &how)
    };
    match data::overview(workspace) {
        Ok(sets) => sets.into_iter().map(of).collect(),
        Err(why) => vec![Finding::new("data sets", Err(why.to_string()), enables, "cargo xtask data list")],
    }
}

fn verdict(findings: &[Finding]) -> u8 {
    let lacking = |finding: &Finding| finding.needed && finding.standing == Standing::Missing;
    if findings.iter().any(lacking) { exit::FAILED } else { exit::OK }
}

fn table(findings: &[Finding]) -> String {
    let mut rows: Vec<[String; 3]> = Vec::new();
    for finding in findings {
        let standing = match (finding.standing, finding.needed) {
            (Standing::Ok, _) => "ok",
            (Standing::Missing, true) => "MISSING",
            (Standing::Missing, false) => "missing",
        };
        rows.push([standing.to_owned(), finding.name.clone(), finding.found.clone()]);
        if let Some(how) = &finding.how {
            rows.push([String::new(), String::new(), format!("would enable: {}", finding.enables)]);
            rows.push([String::new(), String::new(), format!("how: {how}")]);
        }
    }
    let last = if verdict(findings) == exit::OK {
        "nothing needed is missing"
    } else {
        "something needed is missing"
    };
    format!("{}{last}\n", columns(rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(found: Result<&str, &str>) -> Finding {
        Finding::new("thing", found.map(str::to_owned).map_err(str::to_owned), "more", "buy it")
    }

    #[test]
    fn only_what_is_needed_counts_against_the_machine() {
        assert_eq!(verdict(&[finding(Ok("1.0")).needed(), finding(Err("none"))]), exit::OK);
        assert_eq!(verdict(&[finding(Ok("1.0")), finding(Err("none")).needed()]), exit::FAILED);
    }

    #[test]
    fn what_is_missing_says_what_it_would_enable_and_how_to_get_it() {
        let text = table(&[finding(Ok("1.0")), finding(Err("none"))]);
        assert!(text.contains("ok       thing  1.0\nmissing  thing  none\n"), "{text}");
        assert!(text.contains("would enable: more\n") && text.contains("how: buy it\n"), "{text}");
        assert!(finding(Ok("1.0")).how.is_none());
    }

    #[test]
    fn this_checkout_is_looked_at_without_an_error() {
        let findings = look(&Workspace::find().unwrap());
        let rust = &findings[0];
        assert_eq!(
            (rust.name.as_str(), rust.standing),
            ("Rust", Standing::Ok),
            "it just compiled this test: {rust:?}"
        );
        let json = serde_json::to_value(&findings).unwrap();
        for name in ["name", "standing", "needed", "found", "enables", "how"] {
            assert!(json[0].get(name).is_some(), "{name}");
        }
    }
}
