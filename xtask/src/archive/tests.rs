//! Archives of a small checkout: the same twice, and every kind of damage named.

use std::fs;
use std::path::Path;

use ledger::{Entry, Register, Verdict};
use runner::atomic;

use super::check::{Findings, by_itself};
use super::citation::Citation;
use super::contents::{self, CHECKSUMS, DESCRIPTION, ORIGIN};
use super::packed::{Content, Files, pack};
use crate::checkout::git;
use crate::checkout::tests::commit;
use crate::sections::Workspace;

const REGISTER: &str = "[[claim]]\nid = \"a\"\nsection = \"1\"\nlocator = \"Eq. 1\"\nkind = \"order\"\nstatement = \"<b> & \\\"quotes\\\"\"\n";

/// A checkout with one section, which has a record.
fn checkout() -> tempfile::TempDir {
    let place = crate::sections::tests::workspace(&[("1", "a")]);
    let root = place.path();
    let claims = {
        let register = Register::parse(REGISTER).unwrap();
        let mut row = Entry::unmeasured(&register.claims()[0]);
        (row.verdict, row.reason, row.table) =
            (Verdict::Reproduced, "it holds".to_owned(), Some("t".to_owned()));
        serde_json::to_string_pretty(&[row]).unwrap()
    };
    let table = "layer\n1\n";
    let hash = |text: &str| blake3::hash(text.as_bytes()).to_hex();
    let outputs = format!("{{\"claims.json\":\"{}\",\"tables/t.csv\":\"{}\"}}", hash(&claims), hash(table));
    let provenance = crate::adopt::tests::PROVENANCE.replace("{OUTPUTS}", &outputs);
    let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml")).unwrap();
    for (name, text) in [
        ("Cargo.toml", manifest.as_str()),
        ("paper/claims.toml", REGISTER),
        ("data/records/1-a/claims.json", &claims),
        ("data/records/1-a/tables/t.csv", table),
        ("data/records/1-a/provenance.json", &provenance),
    ] {
        atomic::write(&root.join(name), text.as_bytes()).unwrap();
    }
    Citation::read(root).unwrap().write(root).unwrap();
    git(root, &["init", "-q"]).unwrap();
    commit(root);
    place
}

fn archive(root: &Path) -> Files {
    let (origin, sources) = contents::sources(root).unwrap();
    contents::describe(&Workspace::at(root).unwrap(), &origin, sources).unwrap()
}

/// The faults that are found without programs.
fn faults(files: &Files) -> Vec<String> {
    let mut findings = Findings::default();
    by_itself(&pack(files).unwrap(), tempfile::tempdir().unwrap().path(), &mut findings).unwrap();
    findings.faults
}

/// The files with another text in one of them, and checksums that fit.
fn forged(files: &Files, name: &str, from: &str, to: &str) -> Files {
    let mut files = files.clone();
    let text = String::from_utf8(files[name].bytes.clone()).unwrap();
    assert!(text.contains(from), "{name} has no {from}");
    files.insert(name.to_owned(), Content::plain(text.replace(from, to)));
    files.remove(CHECKSUMS);
    let sums = contents::checksums(&files);
    files.insert(CHECKSUMS.to_owned(), Content::plain(sums));
    files
}

#[test]
fn the_same_commit_gives_the_same_bytes_elsewhere_and_later() {
    let (one, other) = (checkout(), tempfile::tempdir().unwrap());
    let clone = other.path().join("deeper/clone");
    git(one.path(), &["clone", "-q", ".", &clone.to_string_lossy()]).unwrap();
    let earlier = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    fs::File::open(clone.join("Cargo.toml")).unwrap().set_modified(earlier).unwrap();
    let files = archive(one.path());
    assert_eq!(pack(&files).unwrap(), pack(&archive(&clone)).unwrap());
    assert_eq!(faults(&files), Vec::<String>::new());
}

#[test]
fn sources_are_held_against_the_commit() {
    let (place, unpacked) = (checkout(), tempfile::tempdir().unwrap());
    let (origin, _) = contents::sources(place.path()).unwrap();
    let held = |files: &Files, checkout: &Path| {
        super::lay_out(files, unpacked.path()).unwrap();
        contents::against_commit(checkout, &origin, files, unpacked.path()).unwrap()
    };
    let files = archive(place.path());
    assert_eq!(held(&files, place.path()), Some(Vec::new()));
    assert_eq!(held(&files, unpacked.path()), None, "the commit is unknown there");
    let mut other = forged(&files, "Cargo.toml", "resolver", "# resolver");
    other.remove("paper/claims.toml");
    other.insert("crates/1-a/build.rs".to_owned(), Content::plain("fn main() {}"));
    let named = held(&other, place.path()).unwrap();
    let expected = ["Cargo.toml", "crates/1-a/build.rs", "paper/claims.toml"];
    assert_eq!(named, expected.map(|name| format!("{name} is not as commit {} has it", origin.commit)));
}

#[test]
fn a_tree_with_changes_is_archived_as_such() {
    let place = checkout();
    fs::write(place.path().join("new.txt"), "new").unwrap();
    fs::remove_file(place.path().join("codemeta.json")).unwrap();
    let (origin, files) = contents::sources(place.path()).unwrap();
    assert_eq!(origin.changed, ["codemeta.json", "new.txt"]);
    assert!(files.contains_key("new.txt") && !files.contains_key("codemeta.json"));
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("/etc/passwd", place.path().join("link")).unwrap();
        assert!(
            contents::sources(place.path()).unwrap_err().to_string().starts_with("link is no plain file")
        );
    }
    let bare = tempfile::tempdir().unwrap();
    assert_eq!(contents::sources(bare.path()).unwrap_err().code, runner::messages::exit::USAGE);
}

#[test]
fn every_damage_is_named() {
    let place = checkout();
    let files = archive(place.path());
    let table = "data/records/1-a/tables/t.csv";
    let mut missing = files.clone();
    missing.remove(table);
    assert_eq!(faults(&missing), [format!("{table} is missing")]);
    let mut changed = files.clone();
    changed.insert(table.to_owned(), Content::plain("layer\n2\n"));
    assert_eq!(faults(&changed), [format!("{table} is not the file that {CHECKSUMS} lists")]);
    let mut extra = files.clone();
    extra.insert("extra".to_owned(), Content::plain(""));
    assert_eq!(faults(&extra), ["extra is in it and not listed"]);
    let mut unlisted = files.clone();
    unlisted.remove(CHECKSUMS);
    assert_eq!(faults(&unlisted), [format!("it has no {CHECKSUMS}")]);
    let bytes = pack(&files).unwrap();
    let mut findings = Findings::default();
    by_itself(&bytes[..bytes.len() / 2], place.path(), &mut findings).unwrap();
    assert!(findings.faults[0].starts_with("it is no whole zip archive"), "{:?}", findings.faults);
}

#[test]
fn a_forgery_with_right_checksums_is_named() {
    let place = checkout();
    let files = archive(place.path());
    let forge = |name, from, to| faults(&forged(&files, name, from, to));
    let not_made = |name: &str| format!("data/records/1-a/{name} is not the file that was made");
    assert_eq!(forge("data/records/1-a/tables/t.csv", "1", "2"), [not_made("tables/t.csv")]);
    assert_eq!(
        forge("data/records/1-a/claims.json", "reproduced", "inconclusive"),
        [not_made("claims.json")]
    );
    let description = format!("{DESCRIPTION} is not what its records say");
    assert_eq!(
        forge(DESCRIPTION, "\"ratingValue\": \"reproduced\"", "\"ratingValue\": \"misprint\""),
        std::slice::from_ref(&description)
    );
    assert_eq!(forge(ORIGIN, "\"commit\": \"", "\"commit\": \"0"), std::slice::from_ref(&description));
    assert_eq!(
        forge("CITATION.cff", "MIT", "GPL-3.0-only"),
        ["CITATION.cff is not what Cargo.toml says", &description]
    );
    assert!(forge(ORIGIN, "{", "")[0].starts_with(ORIGIN));
}
