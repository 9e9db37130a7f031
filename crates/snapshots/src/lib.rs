//! Claims as insta snapshots: one file per claim and profile, numbers compared within their own error.
//!
//! A section's test calls [`check`], which computes the section under the smoke profile, draws its figures, compares each
//! claim with its snapshot, and then turns on the judge: every measurement is pushed past its tolerance, and a verdict
//! that does not change is a failure. So is a record whose verdicts are not those that today's code gives from its tables.
//! For further tests, of odd parameters and of programs that are killed, there is a section on trial: [`params`],
//! [`refuses`], [`computed`], [`claimed`], [`request`] and [`files`].

mod adopted;
mod comparator;
mod mutation;
mod recorded;
mod trial;

use std::path::{Path, PathBuf};

use experiment::{Experiment, Profile, told};
use insta::Settings;
use ledger::{Claim, Entry, Measurement, Register, Snapshot, Verdict};
use report::Section;

pub use adopted::check_adopted;
pub use comparator::WithinError;
pub use trial::{claimed, computed, files, params, refuses, request};

/// The seed of all smoke snapshots.
const SEED: u64 = 2019;

/// The root of the workspace whose tests are running. Cargo says it to every test program: what was compiled into this
/// crate may be the place of another checkout, whose artefacts this one was given.
fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs the tests");
    let above = Path::new(&here).ancestors().skip(1);
    let mut roots = above.filter(|folder| folder.join("paper/claims.toml").is_file());
    roots.next().expect("a section lies in a workspace with paper/claims.toml").to_path_buf()
}

fn register() -> Register {
    Register::read(&root().join("paper/claims.toml")).unwrap_or_else(|error| panic!("{}", told(&error)))
}

/// Checks the parameters of every profile, computes a section under the smoke profile, compares its claims with
/// `snapshots/smoke`, and tests that each of its verdicts can change.
///
/// # Panics
/// When a profile does not fit together, the section fails, a claim differs from its snapshot, or a verdict cannot change.
pub fn check<E: Experiment + 'static>(section: &Section<E>) {
    for profile in Profile::ALL {
        trial::params::<E>(profile, &[]).unwrap_or_else(|error| panic!("{profile:?}: {error}"));
    }
    let register = register();
    let (params, outcomes) =
        report::compute(section, Profile::Smoke, SEED).unwrap_or_else(|error| panic!("{error}"));
    let produced =
        report::produce(section, &params, &outcomes, &register).unwrap_or_else(|error| panic!("{error}"));
    // A claim may be measured by several sections; each has a snapshot of its own.
    let own = |entry: &Entry| match register.claim(&entry.id) {
        Some(claim) if claim.section == section.number => entry.id.clone(),
        _ => format!("{}@{}", entry.id, section.number),
    };
    let named: Vec<(String, &Entry)> = produced.entries.iter().map(|entry| (own(entry), entry)).collect();
    // Before anything else can fail, so that whatever changed is there to be reviewed.
    let changed = differing("smoke", named.iter().map(|(name, entry)| (name.as_str(), *entry)));
    for measurement in &produced.measurements {
        let claim = register.claim(&measurement.claim).expect("produced measurements name known claims");
        mutation::verdict_can_change(claim, measurement);
        if claim.section == section.number {
            assert_checks_are_listed(claim, measurement);
        }
    }
    let faults: Vec<String> = changed.into_iter().chain(recorded::check(section, &register)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Computes a section under the smoke profile from further seeds: what the seed of the snapshots does not refute, none of
/// them may. A run of reduced scale is hardly ever refuted by chance.
///
/// # Panics
/// When the section fails, or a seed refutes something.
pub fn check_seeds<E: Experiment + 'static>(section: &Section<E>, seeds: std::ops::Range<u64>) {
    let register = register();
    let refuted = |seed: u64| -> Vec<String> {
        let (params, outcomes) =
            report::compute(section, Profile::Smoke, seed).unwrap_or_else(|error| panic!("{error}"));
        let tables = (section.tables)(&params, &outcomes).unwrap_or_else(|error| panic!("{}", told(&error)));
        let judged = report::judged(section, &tables, &register);
        let (_, entries) = judged.unwrap_or_else(|error| panic!("{}", told(&error)));
        let refuted = entries.into_iter().filter(|entry| entry.verdict == Verdict::NotReproduced);
        refuted.map(|entry| format!("{}: {}", entry.id, entry.reason)).collect()
    };
    let id = |told: &String| told.split(": ").next().unwrap_or_default().to_owned();
    let expected: Vec<String> = refuted(SEED).iter().map(id).collect();
    for seed in seeds {
        for told in refuted(seed) {
            assert!(expected.contains(&id(&told)), "seed {seed} refutes {told}");
        }
    }
}

/// Asserts that the checks which carry an id are those that the register lists, so that a page can name each of them.
fn assert_checks_are_listed(claim: &Claim, measurement: &Measurement) {
    let mut ids: Vec<&String> = measurement.checks.iter().filter_map(|check| check.id.as_ref()).collect();
    let mut listed: Vec<&String> = claim.checks.iter().collect();
    ids.sort();
    listed.sort();
    assert_eq!(ids, listed, "{}: checks with an id, and what paper/claims.toml lists", claim.id);
}

/// Compares rows of the ledger with the snapshots of a profile, and says which differ: their changes are pending then.
pub(crate) fn differing<'a>(
    profile: &str,
    rows: impl Iterator<Item = (&'a str, &'a Entry)>,
) -> Option<String> {
    let mut settings = Settings::clone_current();
    settings.set_snapshot_path(root().join("snapshots").join(profile));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_comparator(Box::new(WithinError));
    let mut changed = Vec::new();
    for (name, entry) in rows {
        let text = Snapshot::of(entry).to_string();
        let compared =
            settings.bind(|| std::panic::catch_unwind(|| insta::assert_snapshot!(name, text.clone())));
        if compared.is_err() {
            changed.push(name.to_owned());
        }
    }
    let told =
        || format!("differ from snapshots/{profile}: {}; see `cargo xtask review`", changed.join(", "));
    (!changed.is_empty()).then(told)
}
