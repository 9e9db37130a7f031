//! A section on trial: parameters as a user sets them, what comes of them, and its program in a folder of its own.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use experiment::{Context, Experiment, Profile, checked, told};
use ledger::Register;
use report::{Section, Tables};
use runner::messages::Request;

/// Parameters as they are typed.
fn typed(sets: &[(&str, &str)]) -> Vec<(String, String)> {
    sets.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The parameters of a profile with some set otherwise.
///
/// # Errors
/// What the setting is answered with.
pub fn params<E: Experiment + 'static>(profile: Profile, sets: &[(&str, &str)]) -> Result<E::Params, String> {
    checked::<E>(profile, &typed(sets)).map_err(|error| told(error.as_ref()))
}

/// Sets parameters of a profile case by case, each of which is to be refused for the reason beside it.
///
/// # Panics
/// When one is accepted, or refused for another reason.
pub fn refuses<E: Experiment + 'static>(profile: Profile, cases: &[(&[(&str, &str)], &str)]) {
    for (sets, reason) in cases {
        match params::<E>(profile, sets) {
            Err(refusal) => assert!(refusal.contains(reason), "{sets:?}: {refusal}"),
            Ok(_) => panic!("{sets:?} is accepted"),
        }
    }
}

/// The tables that runs under these parameters make.
///
/// # Panics
/// When a run or a table fails.
pub fn computed<E: Experiment + 'static>(section: &Section<E>, params: &E::Params) -> Tables {
    let context = Context::bare(7);
    let executed = |run| {
        let outcome = E::execute(&run, &context, &|_, _| {}).unwrap_or_else(|error| panic!("{error}"));
        (run, outcome)
    };
    let outcomes: Vec<_> = E::runs(params).into_iter().map(executed).collect();
    (section.tables)(params, &outcomes).expect("outcomes make tables")
}

/// Draws the figures and names the claims that are measured.
///
/// # Panics
/// When a figure or a measurement fails.
pub fn claimed<E: Experiment + 'static>(section: &Section<E>, tables: &Tables) -> Vec<String> {
    for figure in (section.figures)(tables).expect("tables make figures") {
        figure.draw().expect("figures can be drawn");
    }
    let register = crate::root().join("paper/claims.toml");
    let register = Register::read(&register).expect("the register is read");
    let measurements = (section.claims)(tables, &register).expect("tables make claims");
    measurements.into_iter().map(|measurement| measurement.claim).collect()
}

/// Asks a section's program to run in a folder, where its store and its files go.
pub fn request<E: Experiment + 'static>(
    section: &Section<E>,
    profile: Profile,
    sets: &[(&str, &str)],
    folder: &Path,
) -> Request {
    Request {
        profile,
        sets: typed(sets),
        register: crate::root().join("paper/claims.toml"),
        ..Request::bare(folder, section.sources)
    }
}

/// Every file below a folder but the provenance, which holds times of day, by its place there.
///
/// # Panics
/// When one cannot be read.
pub fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let (mut found, mut folders) = (BTreeMap::new(), vec![folder.to_path_buf()]);
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with("provenance.json") {
                let place = path.strip_prefix(folder).expect("it lies below the folder").to_path_buf();
                found.insert(place, fs::read(&path).expect("a file"));
            }
        }
    }
    found
}
