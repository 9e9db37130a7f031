//! What `cargo xtask reproduce` compiled, `cargo test --workspace` does not compile again, nor the workspace what xtask brought
//! along: packages are compiled anew where features differ, on their own side or on that of procedural macros.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::process::Command;

use serde_json::Value;

/// What is compiled, by name; two units of one name and hash are one.
type Units = BTreeSet<(String, u64)>;

/// The units of a cargo command, with all that goes into them, down to the last dependency.
fn units(command: &[&str]) -> Units {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut asked = Command::new(cargo);
    asked.args(command).args(["--unit-graph", "-Zunstable-options"]).env("RUSTC_BOOTSTRAP", "1");
    let told = asked.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).output().unwrap();
    let graph: Value = serde_json::from_slice(&told.stdout).expect("cargo tells its graph of units");
    let units = graph["units"].as_array().unwrap();
    let mut hashes = vec![None; units.len()];
    let name = |unit: &Value| format!("{} {} {}", unit["pkg_id"], unit["target"]["kind"][0], unit["mode"]);
    (0..units.len()).map(|index| (name(&units[index]), hash(units, index, &mut hashes))).collect()
}

fn hash(units: &[Value], index: usize, hashes: &mut Vec<Option<u64>>) -> u64 {
    if let Some(known) = hashes[index] {
        return known;
    }
    let (unit, mut hasher) = (&units[index], DefaultHasher::new());
    for part in ["/pkg_id", "/target", "/profile/opt_level", "/mode", "/features", "/platform"] {
        unit.pointer(part).map(Value::to_string).hash(&mut hasher);
    }
    for dependency in unit["dependencies"].as_array().unwrap() {
        let index = dependency["index"].as_u64().unwrap() as usize;
        hash(units, index, hashes).hash(&mut hasher);
    }
    *hashes[index].insert(hasher.finish())
}

/// Those that are compiled a second time, although another of their name was compiled before.
fn again<'a>(first: &'a Units, then: &'a Units) -> BTreeSet<&'a str> {
    let names: BTreeSet<_> = first.iter().map(|(name, _)| name.as_str()).collect();
    then.difference(first).map(|(name, _)| name.as_str()).filter(|name| names.contains(name)).collect()
}

#[test]
fn tests_compile_nothing_that_was_compiled_for_the_paper() {
    let (programs, tests) = (units(&["build", "--workspace", "--bins"]), units(&["test", "--workspace"]));
    assert!(programs.len() > 300 && tests.len() > programs.len());
    let again = again(&programs, &tests);
    assert!(again.is_empty(), "{} packages, such as {:?}", again.len(), again.first());
}

#[test]
fn what_is_compiled_for_xtask_serves_the_paper() {
    let (xtask, all) = (units(&["build", "--package", "xtask"]), units(&["build", "--workspace", "--bins"]));
    let for_xtask_alone: Vec<_> = xtask.difference(&all).map(|(name, _)| name).collect();
    assert!(for_xtask_alone.is_empty(), "xtask/Cargo.toml lacks a feature of: {for_xtask_alone:?}");
}
