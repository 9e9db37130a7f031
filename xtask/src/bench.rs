//! `cargo xtask bench`: ours against a peer, measured in one run.
//!
//! A crate declares its benches in its manifest, public name to bench target, which is told the name:
//!
//! ```toml
//! [package.metadata.benches]
//! "ensemble/forward-3000" = "forward_3000"
//! ```
//!
//! Each prints, as the last line of its standard output, one JSON object: `name`, `unit`, `ours`, `peer`, `ratio` (how
//! many times as good ours is: above 1, ours is better). Where there is no peer, `skipped` with the reason takes the place of
//! the latter two; where nothing can be measured, of all four. More members are handed on.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

use runner::messages::exit;
use runner::{CommandError, FileError};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::sections::Workspace;
use crate::show::{Format, columns};
use crate::{Outcome, compile};

/// Options of `bench`.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  cargo xtask bench --list                     what can be measured
  cargo xtask bench mean-field/iterate         one of them
  cargo xtask bench --format json > now.json   all of them, for programs

The peer is PyTorch on 2 threads, of networks in whichever manner is fastest (eager, channels_last, torch.compile; reflected or
zero borders), in the Python that PYTHON names (python3 if none); where it is missing, ours is measured alone. JSON has each manner,
and the distance to what the machine can do at most. A ratio above 1 means that ours is better. Exit codes: 0 done, 1 a bench failed, 2 wrong input (nothing was begun).")]
pub struct Args {
    /// Benches; all of them if none is given
    names: Vec<String>,
    /// How to show it
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// Only list the benches
    #[arg(long)]
    list: bool,
}

/// A bench that a crate declares.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Bench {
    name: String,
    package: String,
    target: String,
}

/// What a bench measured: the members that every one has. The object itself is handed on as it is.
#[derive(Debug, Deserialize)]
struct Measured {
    name: String,
    #[serde(flatten)]
    result: Outcomes,
}

/// Numbers, or why some are missing.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Outcomes {
    Compared { unit: String, ours: f64, peer: f64, ratio: f64 },
    Alone { unit: String, ours: f64, skipped: String },
    Skipped { skipped: String },
}

/// Runs the command.
/// Fails when a name is unknown or a declaration malformed.
pub fn bench(args: &Args) -> Outcome {
    let workspace = Workspace::find()?;
    let benches = declared(&workspace)?;
    let chosen = choose(&benches, &args.names)?;
    if args.list {
        let row = |bench: &&Bench| {
            let Bench { name, target, .. } = bench;
            [name.clone(), format!("cargo bench --profile dev --workspace --bench {target} -- {name}")]
        };
        print!("{}", columns(chosen.iter().map(row)));
        return Ok(exit::OK);
    }
    let mut rows = Vec::new();
    let mut failed = Vec::new();
    for (count, bench) in chosen.iter().enumerate() {
        eprintln!("[{}/{}] {}", count + 1, chosen.len(), bench.name);
        match run(&workspace, bench) {
            // All of them take half an hour: what was measured is told at once, not only when the last one is done.
            Ok(row) => {
                let told = table(std::slice::from_ref(&row));
                told.lines().skip(1).for_each(|line| eprintln!("{line}"));
                rows.push(row);
            }
            Err(reason) => {
                eprintln!("{}: {reason}", bench.name);
                failed.push(bench.name.as_str());
            }
        }
    }
    args.format.show(&rows.iter().map(|(object, _)| object).collect::<Vec<_>>(), || table(&rows))?;
    if failed.is_empty() {
        return Ok(exit::OK);
    }
    Err(CommandError::failed(format!("failed: {}", failed.join(", ")))
        .advise("what they printed stands above"))
}

/// Every bench that a crate declares, by name.
fn declared(workspace: &Workspace) -> Result<Vec<Bench>, CommandError> {
    let mut benches = Vec::new();
    for found in workspace.crates.iter() {
        let manifest = found.folder.join("Cargo.toml");
        let malformed = |what: &str| CommandError::failed(format!("{}: {what}", manifest.display()));
        let Some(table) = found.metadata.get("benches") else { continue };
        let table = table.as_table().ok_or_else(|| malformed("package.metadata.benches is not a table"))?;
        for (name, target) in table {
            let no_target = || malformed(&format!("{name} must be the name of a bench target"));
            let target = target.as_str().ok_or_else(no_target)?.to_owned();
            benches.push(Bench { name: name.clone(), package: found.name.clone(), target });
        }
    }
    benches.sort_by(|a, b| a.name.cmp(&b.name));
    let same = |one: &Bench, other: &Bench| {
        one.name == other.name || (one.target == other.target && one.package != other.package)
    };
    for (index, one) in benches.iter().enumerate() {
        if let Some(other) = benches[..index].iter().find(|other| same(one, other)) {
            let (first, second, name) = (&other.package, &one.package, &one.name);
            return Err(CommandError::failed(format!(
                "{first} and {second} both declare {name}, or its target"
            )));
        }
    }
    Ok(benches)
}

/// The benches named, or all of them for an empty list.
fn choose<'a>(benches: &'a [Bench], names: &[String]) -> Result<Vec<&'a Bench>, CommandError> {
    if let Some(name) = names.iter().find(|name| benches.iter().all(|bench| bench.name != **name)) {
        let known: Vec<&str> = benches.iter().map(|bench| bench.name.as_str()).collect();
        let advice = format!("known: {}", known.join(", "));
        return Err(CommandError::unknown("bench", name, known, &advice));
    }
    Ok(benches.iter().filter(|bench| names.is_empty() || names.contains(&bench.name)).collect())
}

/// Builds and runs a bench. What it prints before its last line goes to standard error.
fn run(workspace: &Workspace, bench: &Bench) -> Result<(Value, Measured), CommandError> {
    let mut command = compile::cargo(workspace);
    // The profile and the features of everything else: others would compile every dependency once more.
    command.args(["bench", "--profile", "dev", "--quiet", "--workspace", "--bench", &bench.target]);
    command.args(["--", &bench.name]);
    let mut child =
        command.stdout(Stdio::piped()).spawn().map_err(FileError::of("start", Path::new("cargo")))?;
    let stdout = child.stdout.take().expect("the standard output is piped");
    let mut last: Option<String> = None;
    for line in BufReader::new(stdout).lines() {
        let line = line?;
        if !line.trim().is_empty()
            && let Some(before) = last.replace(line)
        {
            eprintln!("{before}");
        }
    }
    let status = child.wait()?;
    if !status.success() {
        last.iter().for_each(|line| eprintln!("{line}"));
        return Err(CommandError::failed(format!("ended with {status}")));
    }
    read(bench, &last.unwrap_or_default())
}

/// Reads the last line of a bench.
fn read(bench: &Bench, line: &str) -> Result<(Value, Measured), CommandError> {
    let wrong = |what: &str| CommandError::failed(format!("its last line {what}: {line}"));
    let object: Map<String, Value> = serde_json::from_str(line).map_err(|_| wrong("is not a JSON object"))?;
    let object = Value::Object(object);
    let needs = "needs name and skipped, or name, unit, ours and either skipped or peer and ratio";
    let measured = Measured::deserialize(&object).map_err(|_| wrong(needs))?;
    match measured.name == bench.name {
        true => Ok((object, measured)),
        false => Err(CommandError::failed(format!("it calls itself {}", measured.name))),
    }
}

fn table(rows: &[(Value, Measured)]) -> String {
    let head = ["bench", "ours", "peer", "unit", "ratio"].map(str::to_owned);
    let row = |(_, measured): &(Value, Measured)| match &measured.result {
        Outcomes::Compared { unit, ours, peer, ratio } => {
            [measured.name.clone(), digits(*ours), digits(*peer), unit.clone(), format!("{ratio:.2}")]
        }
        Outcomes::Alone { unit, ours, skipped } => {
            [measured.name.clone(), digits(*ours), "-".into(), unit.clone(), format!("no peer: {skipped}")]
        }
        Outcomes::Skipped { skipped } => {
            [measured.name.clone(), "-".into(), "-".into(), "-".into(), format!("skipped: {skipped}")]
        }
    };
    columns(std::iter::once(head).chain(rows.iter().map(row)))
}

/// Four significant digits, without an exponent.
fn digits(value: f64) -> String {
    let before_point = if value == 0.0 { 0 } else { value.abs().log10().floor() as i32 };
    format!("{value:.*}", usize::try_from(3 - before_point).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace(manifests: &[(&str, &str)]) -> (tempfile::TempDir, Workspace) {
        let root = tempfile::tempdir().unwrap();
        for (name, benches) in manifests {
            let folder = root.path().join("crates").join(name);
            let text =
                format!("[package]\nname = \"{name}\"\n[package.metadata.library]\nkeyed = false\n{benches}");
            runner::atomic::write(&folder.join("Cargo.toml"), text.as_bytes()).unwrap();
        }
        let workspace = Workspace::at(root.path()).unwrap();
        (root, workspace)
    }

    fn one() -> Bench {
        Bench { name: "a/one".into(), package: "a".into(), target: "one".into() }
    }

    #[test]
    fn benches_are_declared_in_manifests() {
        let (_root, found) = workspace(&[
            ("b", "[package.metadata.benches]\n\"b/two\" = \"two\"\n\"b/two-wide\" = \"two\"\n"),
            ("a", "[package.metadata.benches]\n\"a/one\" = \"one\"\n"),
            ("c", ""),
        ]);
        let benches = declared(&found).unwrap();
        assert_eq!(benches[0], one());
        assert_eq!(benches.len(), 3);
        assert_eq!(choose(&benches, &[]).unwrap().len(), 3);
        assert_eq!(choose(&benches, &["b/two".to_owned()]).unwrap(), [&benches[1]]);
        let stop = format!("{:?}", choose(&benches, &["b/tow".to_owned()]).unwrap_err());
        assert!(stop.contains("did you mean `b/two`? known: a/one, b/two"), "{stop}");
    }

    #[test]
    fn malformed_declarations_name_the_manifest() {
        let twice = "[package.metadata.benches]\n\"same\" = \"x\"\n";
        for (manifests, said) in [
            (vec![("a", twice), ("b", twice)], "a and b both declare same"),
            (
                vec![("a", twice), ("b", "[package.metadata.benches]\n\"other\" = \"x\"\n")],
                "b and a both declare same",
            ),
            (
                vec![("a", "[package.metadata]\nbenches = 1\n")],
                "a/Cargo.toml: package.metadata.benches is not a",
            ),
            (vec![("a", "[package.metadata.benches]\nx = 1\n")], "x must be the name of a bench target"),
        ] {
            let (_root, workspace) = workspace(&manifests);
            let stop = declared(&workspace).unwrap_err();
            assert!(stop.to_string().contains(said), "{stop}");
        }
    }

    #[test]
    fn the_last_line_is_numbers_or_a_reason() {
        let line = r#"{"name":"a/one","unit":"ms","ours":2.0,"peer":3.0,"ratio":1.5,"threads":2}"#;
        let (object, measured) = read(&one(), line).unwrap();
        assert_eq!(object["threads"], 2, "more members are handed on");
        assert!(matches!(measured.result, Outcomes::Compared { ratio, .. } if ratio == 1.5));
        let skipped = read(&one(), r#"{"name":"a/one","skipped":"no torch"}"#).unwrap();
        let alone = r#"{"name":"a/one","unit":"ms","ours":2.0,"skipped":"no torch"}"#;
        let text = table(&[(object, measured), read(&one(), alone).unwrap(), skipped]);
        assert!(text.contains("a/one  2.000  3.000  ms    1.50\n"), "{text}");
        assert!(text.contains("a/one  2.000  -      ms    no peer: no torch\n"), "{text}");
        assert!(text.contains(" skipped: no torch\n"), "{text}");
        for (line, said) in [
            ("", "not a JSON object"),
            ("3", "not a JSON object"),
            (r#"{"name":"a/one","unit":"ms","ours":2.0}"#, "needs name and skipped, or"),
            (r#"{"name":"a/two","skipped":"x"}"#, "it calls itself a/two"),
        ] {
            let reason = read(&one(), line).unwrap_err().to_string();
            assert!(reason.contains(said), "{reason}");
        }
    }

    #[test]
    fn numbers_have_four_digits() {
        let shown = [12_345.6, 123.45, 1.0, 0.012_345, 0.0].map(digits);
        assert_eq!(shown, ["12346", "123.5", "1.000", "0.01235", "0.000"]);
    }
}
