//! Slurm: a submission is a job array. Arrays bear the name of the store, and the submission's id as their comment.

use std::collections::BTreeSet;
use std::process::Command;

use super::{Engine, Executor, Place, State, States, Submission, answer};
use crate::CommandError;

pub(super) const ENGINE: Engine = Engine {
    name: "slurm",
    program: Some((
        "sbatch",
        "log in where Slurm's commands are, or choose another executor: --on script writes the job",
    )),
    tells: true,
    make: |place| Box::new(Slurm(place)),
};

/// States, as squeue names them, of a task that waits and of one that is over. In all others it has its node.
const WAITING: [&str; 5] = ["PENDING", "REQUEUED", "REQUEUE_HOLD", "RESV_DEL_HOLD", "SPECIAL_EXIT"];
const OVER: [&str; 9] = [
    "COMPLETED",
    "FAILED",
    "CANCELLED",
    "TIMEOUT",
    "NODE_FAIL",
    "PREEMPTED",
    "BOOT_FAIL",
    "DEADLINE",
    "OUT_OF_MEMORY",
];

/// After a checkpoint that the time limit called for, the task is put back into the queue by itself.
const REQUEUE: &str = r#"if [ $code = 3 ] && [ -n "$limit" ] && [ "${SLURM_RESTART_COUNT:-0}" -lt REQUEUES ]; then
    scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID" && exit 3
fi
"#;

struct Slurm<'a>(Place<'a>);

impl Slurm<'_> {
    fn squeue(&self, format: &str) -> Result<String, CommandError> {
        let words = ["--noheader", "--array", "--states=all", "--name", &self.0.name, "--format", format];
        answer(Command::new("squeue").args(words))
    }
}

impl Executor for Slurm<'_> {
    fn submit(&self, submission: &Submission) -> Result<(), CommandError> {
        let options = &submission.options;
        let at_once = options.at_once.map_or(String::new(), |most| format!("%{most}"));
        let log = submission.folder.to_string_lossy().replace('%', "%%") + "/%a.log";
        let mut lines = vec![
            format!("--job-name={}", self.0.name),
            format!("--comment={}", submission.id),
            format!("--array=1-{}{at_once}", submission.tasks.len()),
            format!("--output=\"{log}\""),
            "--open-mode=append".to_owned(),
            "--requeue".to_owned(),
            format!("--signal=B:USR1@{}", options.notice),
            format!("--cpus-per-task={}", options.cores),
        ];
        let mut asked = |flag: &str, value: Option<&String>| {
            lines.extend(value.map(|value| format!("--{flag}={value}")));
        };
        asked("partition", options.partition.as_ref());
        asked("account", options.account.as_ref());
        asked("time", options.time.as_ref());
        asked("mem", options.memory.as_ref());
        asked("gres", (options.gpus > 0).then(|| format!("gpu:{}", options.gpus)).as_ref());
        lines.extend(options.arguments.iter().cloned());
        let header: String = lines.iter().map(|line| format!("#SBATCH {line}\n")).collect();
        let script =
            submission.write(&header, &REQUEUE.replace("REQUEUES", &options.requeues.to_string()))?;
        // What will not start, for want of a partition, of time or of nodes, is told now and not by an endless queue.
        if let Err(error) = answer(Command::new("sbatch").arg("--test-only").arg(&script)) {
            (self.0.warn)(&format!("as things stand it would not start: {error}"));
        }
        let submitted = answer(Command::new("sbatch").arg("--parsable").arg(script));
        // A submission whose answer was lost may have been taken: whether it was, the queue says.
        match submitted {
            Err(error) if !self.states()?.keys().any(|(id, _)| *id == submission.id) => Err(error),
            _ => Ok(()),
        }
    }

    fn states(&self) -> Result<States, CommandError> {
        Ok(self.squeue("%k|%K|%T|%N|%S|%r")?.lines().filter_map(read).collect())
    }

    fn cancel(&self, submissions: &[String]) -> Result<(), CommandError> {
        let lines = self.squeue("%F %k %T")?;
        let ids: BTreeSet<&str> = lines
            .lines()
            .filter_map(|line| {
                let mut words = line.split_whitespace();
                let (job, submission, state) = (words.next()?, words.next()?, words.next()?);
                let is_meant = submissions.iter().any(|id| id == submission) && !OVER.contains(&state);
                is_meant.then_some(job)
            })
            .collect();
        if ids.is_empty() { Ok(()) } else { answer(Command::new("scancel").args(ids)).map(drop) }
    }
}

/// A line of squeue: submission, task, state, node, since when, reason.
fn read(line: &str) -> Option<((String, usize), State)> {
    let fields: Vec<&str> = line.split('|').map(str::trim).collect();
    let [submission, task, state, node, since, reason] = fields[..] else { return None };
    let state = match state {
        waiting if WAITING.contains(&waiting) => State::Queued(reason.to_owned()),
        over if OVER.contains(&over) => State::Over(over.to_owned()),
        _ => State::Running(node.to_owned(), since.to_owned()),
    };
    Some(((submission.to_owned(), task.parse().ok()?), state))
}
