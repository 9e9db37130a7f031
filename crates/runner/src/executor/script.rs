//! Any other scheduler: the job script and the list of its tasks are written, and nothing is submitted. How tasks stand, their
//! logs say: one that has not begun waits, and one without an end is on its way until `cancel` gives it up.

use std::fs;

use super::log::Account;
use super::{Engine, Executor, Place, State, States, Submission, submission};
use crate::{CommandError, FileError};

pub(super) const ENGINE: Engine =
    Engine { name: "script", needs: None, tells: false, make: |place| Box::new(Script(place)) };

struct Script<'a>(Place<'a>);

impl Executor for Script<'_> {
    fn submit(&self, submission: &Submission) -> Result<(), CommandError> {
        let (script, tasks) = (submission.write("", "")?, submission.tasks.len());
        let script = script.display();
        (self.0.warn)(&format!(
            "nothing was submitted; the scheduler's own command does it: \
             PBS `qsub -J 1-{tasks} {script}`, Grid Engine `qsub -t 1-{tasks} {script}`, \
             LSF `bsub -J 'paper[1-{tasks}]' {script}`; one task, by hand: `{script} 1`"
        ));
        Ok(())
    }

    fn states(&self) -> Result<States, CommandError> {
        let mut ids = submission::ids(&self.0.jobs);
        ids.retain(|id| id.split('-').next() == Some(ENGINE.name));
        let of_submission = |id: String| {
            let tasks = 1..=submission::tasks(&self.0.jobs, &id).len();
            tasks.map(|task| (id.clone(), task)).collect::<Vec<_>>()
        };
        let state = |place: (String, usize)| {
            let account = Account::read(&submission::log(&self.0.jobs, &place), "");
            let state = match (account.node, account.code) {
                (None, _) => State::Queued("handed over".to_owned()),
                (Some(node), None) => State::Running(node, account.since),
                (Some(_), Some(_)) => State::Over("finished".to_owned()),
            };
            (place, state)
        };
        Ok(ids.into_iter().flat_map(of_submission).map(state).collect())
    }

    fn cancel(&self, submissions: &[String]) -> Result<(), CommandError> {
        for id in submissions {
            let folder = self.0.jobs.join(id);
            (self.0.warn)(&format!(
                "{id} is given up: what a scheduler has of it, its own commands take back"
            ));
            fs::remove_dir_all(&folder).map_err(FileError::of("remove", &folder))?;
        }
        Ok(())
    }
}
