//! How submitted runs stand, for whoever looks without waiting for them; and the end of submissions of which all is done.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;

use super::drive::{Places, end, is_cancelled};
use super::log::Account;
use super::submission::log;
use super::{ENGINES, Options, State, States, jobs, submission};

/// How runs stand that were submitted from a store, in words, by key; those that are queued or running, and those that were
/// submitted and are over. Where a scheduler does not answer, or cannot be asked, that is said.
pub fn stand(store: &Path, warn: fn(&str)) -> HashMap<String, String> {
    let jobs = jobs(store);
    let mut places = Places::default();
    places.refresh(&jobs);
    let (mut states, mut heard) = (States::new(), Vec::new());
    for engine in ENGINES {
        let is_used = places.read.iter().any(|id| id.split('-').next() == Some(engine.name));
        if is_used {
            match engine.ask(store, warn) {
                Ok((_, found)) => {
                    states.extend(found);
                    places.expect(engine.name, &mut states, &jobs, Options::default().patience);
                    heard.push(engine.name);
                }
                Err(error) => warn(&error.to_string()),
            }
        }
    }
    let words = |key: &String| {
        let (place, state) = places.find(key, &states)?;
        Some(match state {
            Some(State::Queued(reason)) => format!("queued {reason}"),
            Some(State::Running(node, since)) => format!("running on {node} since {since}"),
            Some(State::Over(how)) if is_cancelled(Some(&State::Over(how.clone()))) => "cancelled".to_owned(),
            Some(State::Over(_)) | None => {
                let tasks = submission::tasks(&jobs, &place.0);
                let (name, _) = tasks.get(place.1 - 1)?.iter().find(|(_, of)| of == key)?;
                let log = log(&jobs, place);
                let account = Account::read(&log, name);
                let is_heard = place.0.split('-').next().is_some_and(|engine| heard.contains(&engine));
                match (account.code, &account.node) {
                    (None, Some(node)) if !is_heard => format!("begun on {node}; how it stands is not known"),
                    (None, None) if !is_heard => "handed over; how it stands is not known".to_owned(),
                    _ => format!("failed{}", end(&account, state, &log)),
                }
            }
        })
    };
    places.of.keys().filter_map(|key| Some((key.clone(), words(key)?))).collect()
}

/// Removes the files of submissions of which every run is among these, which are there.
pub fn retire(store: &Path, keys: &HashSet<String>) {
    let jobs = jobs(store);
    for id in submission::ids(&jobs) {
        let tasks = submission::tasks(&jobs, &id);
        if !tasks.is_empty() && tasks.iter().flatten().all(|(_, key)| keys.contains(key)) {
            // What stays behind is removed by `cache prune`.
            let _ = fs::remove_dir_all(jobs.join(&id));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_runs_stand_that_were_handed_over_their_logs_say() {
        let store = tempfile::tempdir().unwrap();
        let job = store.path().join("jobs/script-5-training-9-abababab");
        fs::create_dir_all(&job).unwrap();
        fs::write(job.join("tasks.txt"), "a@1 b@2\nc@3\nd@4\n").unwrap();
        fs::write(job.join("1.log"), "task on n1 since noon\n").unwrap();
        fs::write(job.join("2.log"), "task on n2 since noon\nexit code 137\n").unwrap();
        let standing = stand(store.path(), |warning| panic!("{warning}"));
        assert_eq!(standing.len(), 4);
        for key in ["1", "2"] {
            assert_eq!(standing[key], "running on n1 since noon");
        }
        assert!(standing["3"].starts_with("failed on n2: killed by signal 9"), "{standing:?}");
        assert_eq!(standing["4"], "queued handed over");
        let cancel = |slug: &str| crate::executor::cancel(store.path(), &[slug.to_owned()], |_| ()).unwrap();
        assert!(cancel("3.1-theory").is_empty() && job.exists());
        assert_eq!(cancel("5-training"), ["script-5-training-9-abababab"]);
        assert!(stand(store.path(), |_| ()).is_empty());
    }

    #[test]
    fn only_submissions_of_which_all_is_done_are_removed() {
        let store = tempfile::tempdir().unwrap();
        let ours = ["jobs/slurm-5-training-9-abababab", "jobs/slurm-5-training-9-cdcdcdcd"];
        let foreign = ["programs", "jobs/slurm-notes-2024"];
        for (folder, key) in ours.iter().chain(&foreign).zip(["a", "b", "a", "a"]) {
            fs::create_dir_all(store.path().join(folder)).unwrap();
            fs::write(store.path().join(folder).join("tasks.txt"), format!("run@{key}\n")).unwrap();
        }
        retire(store.path(), &HashSet::from(["a".to_owned()]));
        assert!(!store.path().join(ours[0]).exists(), "all of it is done");
        for kept in [ours[1], foreign[0], foreign[1]] {
            assert!(store.path().join(kept).join("tasks.txt").is_file(), "{kept}");
        }
    }
}
