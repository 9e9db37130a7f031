//! Slurm: a submission is a job array. Arrays bear the name of the store, and the submission's id as their comment.

use std::collections::BTreeSet;
use std::process::Command;

use super::{Engine, Executor, Needs, Options, Place, State, States, Submission, answer, give};
use crate::CommandError;

pub(super) const ENGINE: Engine = Engine {
    name: "slurm",
    needs: Some(Needs {
        program: "sbatch",
        absent: "log in where Slurm's commands are, or choose another executor: --on script writes the job",
        silent: "`sinfo` has to answer here: log in where it does, or name the cluster's slurm.conf in SLURM_CONF",
    }),
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
        check_notice(options)?;
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
        let tried = answer(Command::new("sbatch").arg("--test-only").arg(&script));
        give(Command::new("sbatch").arg("--parsable").arg(script), options)?;
        tried
            .err()
            .iter()
            .for_each(|error| (self.0.warn)(&format!("as things stand it would not start: {error}")));
        Ok(())
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

/// Refuses a notice that comes before the task does.
fn check_notice(options: &Options) -> Result<(), CommandError> {
    let (notice, time) = (options.notice, options.time.as_deref().unwrap_or_default());
    if seconds(time).is_none_or(|limit| notice < limit) {
        return Ok(());
    }
    let what = format!("`notice` is {notice} s before the limit, and `time` is {time}: no task could begin");
    Err(CommandError::usage(what).advise("ask for more time or, by notice=SECONDS, for less notice"))
}

/// Seconds of a time limit as Slurm writes it: `minutes`, `minutes:seconds`, `hours:minutes:seconds`, `days-hours`, and
/// so on from there. None where it is written otherwise.
fn seconds(limit: &str) -> Option<u64> {
    let (days, rest) = limit.split_once('-').map_or((None, limit), |(days, rest)| (Some(days), rest));
    let days: u64 = days.map_or(Some(0), |days| days.parse().ok())?;
    let parts: Vec<u64> = rest.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let units: &[u64] = match (limit.contains('-'), parts.len()) {
        (true, 1..=3) | (false, 3) => &[3600, 60, 1],
        (false, 1 | 2) => &[60, 1],
        _ => return None,
    };
    Some(days * 86_400 + parts.iter().zip(units).map(|(part, unit)| part * unit).sum::<u64>())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_limits_are_read_as_slurm_reads_them() {
        for (written, meant) in [
            ("90", Some(5400)),
            ("1:30", Some(90)),
            ("2:00:01", Some(7201)),
            ("1-1", Some(90_000)),
            ("1-1:30", Some(91_800)),
            ("0-0:0:5", Some(5)),
            ("UNLIMITED", None),
            ("1h", None),
            ("", None),
        ] {
            assert_eq!(seconds(written), meant, "{written}");
        }
        let options = |time: &str| Options { time: Some(time.to_owned()), ..Options::default() };
        check_notice(&options("2:01")).unwrap();
        check_notice(&options("UNLIMITED")).unwrap();
        let refused = check_notice(&options("2:00")).unwrap_err();
        assert!(refused.code == crate::messages::exit::USAGE && refused.to_string().contains("`notice`"));
    }
}
