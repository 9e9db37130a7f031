//! HyperQueue: a submission is a job with an array of tasks; its name is the store's name and, behind a point, the
//! submission's id. Tasks of a worker that is lost begin again elsewhere, from their last checkpoint.

use std::collections::BTreeMap;
use std::process::Command;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{Engine, Executor, Needs, Place, State, States, Submission, answer, give};
use crate::CommandError;

pub(super) const ENGINE: Engine = Engine {
    name: "hyperqueue",
    needs: Some(Needs {
        program: "hq",
        absent: "put HyperQueue's program `hq` in PATH, one file from its page of releases, then start `hq server` and workers",
        silent: "start `hq server start` on a machine that stays, and `hq worker start` on those that are to compute",
    }),
    tells: true,
    make: |place| Box::new(HyperQueue(place)),
};

struct HyperQueue<'a>(Place<'a>);

#[derive(Deserialize)]
struct Job {
    id: u64,
    name: String,
}

#[derive(Deserialize)]
struct Task {
    id: usize,
    state: String,
    worker: Option<u64>,
    started_at: Option<String>,
    error: Option<String>,
}

impl HyperQueue<'_> {
    /// The jobs of this store with the ids of their submissions.
    fn jobs(&self) -> Result<BTreeMap<u64, String>, CommandError> {
        let prefix = format!("{}.", self.0.name);
        let jobs: Vec<Job> = json(&["job", "list", "--all"])?;
        Ok(jobs
            .into_iter()
            .filter_map(|job| Some((job.id, job.name.strip_prefix(&prefix)?.to_owned())))
            .collect())
    }
}

fn json<T: DeserializeOwned>(words: &[&str]) -> Result<T, CommandError> {
    let text = answer(Command::new("hq").arg("--output-mode=json").args(words))?;
    serde_json::from_str(&text)
        .map_err(|error| CommandError::failed("hq answers in other words than expected").because(error))
}

/// Several jobs, as `hq` selects them.
fn selected<'a>(ids: impl Iterator<Item = &'a u64>) -> String {
    ids.map(u64::to_string).collect::<Vec<_>>().join(",")
}

impl Executor for HyperQueue<'_> {
    fn submit(&self, submission: &Submission) -> Result<(), CommandError> {
        let options = &submission.options;
        let script = submission.write("", "")?;
        let mut words = vec![
            format!("--name={}.{}", self.0.name, submission.id),
            format!("--array=1-{}", submission.tasks.len()),
            format!("--cpus={}", options.cores),
            format!("--crash-limit={}", options.requeues),
            "--stdout=none".to_owned(),
            "--stderr=none".to_owned(),
        ];
        if options.gpus > 0 {
            words.push(format!("--resource=gpus/nvidia={}", options.gpus));
        }
        if let Some(memory) = &options.memory {
            words.push(format!("--resource=mem={}", mebibytes(memory)?));
        }
        words.extend(options.time.iter().map(|time| format!("--time-request={time}")));
        words.extend(options.arguments.iter().cloned());
        give(Command::new("hq").arg("submit").args(words).arg("--").arg(script), options)
    }

    fn states(&self) -> Result<States, CommandError> {
        let jobs = self.jobs()?;
        if jobs.is_empty() {
            return Ok(States::new());
        }
        let tasks: BTreeMap<u64, Vec<Task>> = json(&["task", "list", &selected(jobs.keys())])?;
        let of_job = |(job, tasks): (u64, Vec<Task>)| {
            let submission = jobs.get(&job).cloned().unwrap_or_default();
            tasks.into_iter().map(move |task| ((submission.clone(), task.id), state(task)))
        };
        Ok(tasks.into_iter().flat_map(of_job).collect())
    }

    fn cancel(&self, submissions: &[String]) -> Result<(), CommandError> {
        let jobs = self.jobs()?;
        let meant = jobs.iter().filter(|(_, id)| submissions.contains(id)).map(|(job, _)| job);
        let meant = selected(meant);
        if meant.is_empty() {
            Ok(())
        } else {
            answer(Command::new("hq").args(["job", "cancel", &meant])).map(drop)
        }
    }
}

fn state(task: Task) -> State {
    let worker = task.worker.map_or_else(String::new, |worker| format!("worker {worker}"));
    match task.state.as_str() {
        "waiting" => State::Queued(String::new()),
        "running" => State::Running(worker, task.started_at.unwrap_or_default()),
        over => State::Over(task.error.unwrap_or_else(|| over.to_owned())),
    }
}

/// Memory as Slurm writes it, such as `4G`, in the unit of HyperQueue's resource.
fn mebibytes(memory: &str) -> Result<u64, CommandError> {
    let (number, unit) = memory.split_at(memory.trim_end_matches(|c: char| c.is_ascii_alphabetic()).len());
    let factor = match unit {
        "" | "M" => Some(1),
        "G" => Some(1024),
        "T" => Some(1 << 20),
        _ => None,
    };
    let read = number.parse::<u64>().ok().zip(factor);
    let refused =
        || CommandError::usage(format!("memory `{memory}` cannot be read")).advise("write 500M, 4G or 1T");
    read.map(|(number, factor)| number * factor).ok_or_else(refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_asked_for_in_mebibytes() {
        for (written, asked) in
            [("500M", Some(500)), ("4G", Some(4096)), ("1T", Some(1 << 20)), ("4 GB", None), ("", None)]
        {
            assert_eq!(mebibytes(written).ok(), asked, "{written}");
        }
    }
}
