//! The register of criteria against the adopted ledger and the history: every claim with an adopted measurement has one
//! criterion, and one that was fixed when its outcome was known says so.

#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap()
}

fn git(arguments: &[&str]) -> std::process::Output {
    Command::new("git").args(arguments).current_dir(root()).output().expect("git says what was known when")
}

fn criteria() -> Vec<toml::Table> {
    let text = std::fs::read_to_string(root().join("paper/criteria.toml")).unwrap();
    let file: toml::Table = toml::from_str(&text).unwrap();
    file["criterion"].as_array().unwrap().iter().map(|row| row.as_table().unwrap().clone()).collect()
}

#[test]
fn every_adopted_claim_has_one_criterion() {
    let rows = criteria();
    let listed: Vec<&str> = rows
        .iter()
        .flat_map(|row| row["claims"].as_array().unwrap())
        .map(|id| id.as_str().unwrap())
        .collect();
    for (at, id) in listed.iter().enumerate() {
        assert!(!listed[..at].contains(id), "{id} has two criteria");
    }
    let register = ledger::Register::read(&root().join("paper/claims.toml")).unwrap();
    assert!(
        listed.iter().all(|id| register.claim(id).is_some()),
        "a criterion of a claim that nobody states"
    );
    for record in std::fs::read_dir(root().join("data/records")).unwrap() {
        for entry in ledger::read_entries(&record.unwrap().path().join("claims.json")).unwrap() {
            assert!(listed.contains(&entry.id.as_str()), "paper/criteria.toml has nothing on {}", entry.id);
        }
    }
}

#[test]
#[ignore = "asks for the whole history, which not every clone has: cargo test --workspace --test criteria -- --ignored"]
fn what_was_fixed_after_its_outcome_was_known_says_so() {
    let history = git(&["rev-parse", "--is-shallow-repository"]);
    assert_eq!(String::from_utf8_lossy(&history.stdout).trim(), "false", "this asks for the whole history");
    for row in criteria() {
        let commit = |field: &str| row[field].as_str().unwrap().to_owned();
        let (fixed, result) = (commit("fixed"), commit("result"));
        for commit in [&fixed, &result] {
            assert!(
                git(&["cat-file", "-e", &format!("{commit}^{{commit}}")]).status.success(),
                "no commit {commit}"
            );
        }
        let known = git(&["merge-base", "--is-ancestor", &result, &fixed]).status.success();
        let told = row.get("after").and_then(|after| after.as_str()).is_some_and(|after| !after.is_empty());
        assert_eq!(known, told, "{}: `after` says what was known, where something was", row["claims"]);
    }
}
