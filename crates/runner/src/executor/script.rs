//! Any other scheduler: the job script and the list of its tasks are written, and nothing is submitted.

use super::{Engine, Executor, Place, States, Submission};
use crate::CommandError;

pub(super) const ENGINE: Engine =
    Engine { name: "script", program: None, tells: false, make: |place| Box::new(Script(place)) };

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
        Ok(States::new())
    }

    fn cancel(&self, _: &[String]) -> Result<(), CommandError> {
        Ok(())
    }
}
