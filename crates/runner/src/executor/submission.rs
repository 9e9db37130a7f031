//! A submission: tasks that a scheduler is given at once, as files that stand by themselves. Its folder
//! `<store>/jobs/<executor>-<section>-<time>-<hash>` holds a job script, the request, and `tasks.txt`, whose line N names the runs of
//! task N with their keys. The section's program lies beside them under its hash, a link or a copy, so that a build changes no task.

use std::fs;
use std::iter;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::{ENGINES, Options, Rules};
use crate::messages::Request;
use crate::{CommandError, FileError, atomic};

/// A run that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Its name within the section.
    pub name: String,
    /// The hash of its key.
    pub key: String,
    /// How much work it is, in the section's unit.
    pub work: u64,
}

/// Tasks that are submitted at once.
#[derive(Debug)]
pub struct Submission {
    /// Tells it from all others.
    pub id: String,
    /// Where its files go.
    pub folder: PathBuf,
    /// What is asked for each task.
    pub options: Options,
    /// The runs of each task.
    pub tasks: Vec<Vec<Wanted>>,
    request: String,
    program: PathBuf,
}

/// The file with the request, as the job script names it.
const REQUEST: &str = "request.json";
/// Between a run's name and its key.
const AT: char = '@';

/// The job script; lines that are a word in capitals are replaced. Signals are heeded from the first line on, and what decides
/// of the task's runs is no program that a signal could end.
const SCRIPT: &str = r#"#!/usr/bin/env bash
HEADER
# Task N computes the runs on line N of tasks.txt, whoever starts it; N may be given by hand.
limit= stop= program=
stop() { stop=now; [ -z "$program" ] || kill -TERM "$program" 2>/dev/null; }
trap 'limit=near; stop' USR1
trap stop TERM INT
finish() { echo "exit code $1"; exit "$1"; }
PLACES
cd "$folder" || exit 1
task=${SLURM_ARRAY_TASK_ID:-${PBS_ARRAY_INDEX:-${PBS_ARRAYID:-${SGE_TASK_ID:-${LSB_JOBINDEX:-${HQ_TASK_ID:-$1}}}}}}
case $task in '' | 0* | *[!0-9]*) echo "which task? $0 N computes the runs on line N of tasks.txt" >&2; exit 2 ;; esac
exec >> "$task.log" 2>&1
echo "task on ${SLURMD_NODENAME:-$(hostname)} since $(date -u +%FT%TZ)"
SETUP
cd "$folder" || finish 1
mapfile -t tasks < tasks.txt
read -ra runs <<< "${tasks[task - 1]-}"
[ ${#runs[@]} -gt 0 ] || { echo "tasks.txt has no line $task"; finish 2; }
"$section" run-one "${runs[@]}" < request.json & program=$!
[ -z "$stop" ] || stop
# A trap ends `wait` early.
while :; do wait $program; code=$?; kill -0 $program 2>/dev/null || break; done
[ $code -gt 128 ] && { wait $program 2>/dev/null; last=$?; [ $last = 127 ] || code=$last; }
# One that was told to stop before it could listen has begun nothing.
[ -n "$stop" ] && [ $code = 143 ] && code=3
echo "exit code $code"
AFTER
exit $code
"#;

impl Submission {
    /// Wanted runs as submissions: those of equal options together, in tasks of as many runs and submissions of as many tasks
    /// as these say.
    pub(super) fn all(
        engine: &str,
        request: &Request,
        section: &[&str],
        rules: &Rules,
        wanted: &[Wanted],
    ) -> Result<Vec<Self>, CommandError> {
        let mut alike: Vec<(Options, Vec<Wanted>)> = Vec::new();
        for run in wanted {
            let options = rules.of(section, run.work)?;
            match alike.iter_mut().find(|(known, _)| *known == options) {
                Some((_, runs)) => runs.push(run.clone()),
                None => alike.push((options, vec![run.clone()])),
            }
        }
        let [slug, name, ..] = section else { return Ok(Vec::new()) };
        let text = serde_json::to_string(request)?;
        let now = UNIX_EPOCH.elapsed().map_or(0, |since| since.as_nanos());
        let mut submissions = Vec::new();
        for (options, runs) in alike {
            let tasks: Vec<Vec<Wanted>> = runs.chunks(options.batch).map(<[Wanted]>::to_vec).collect();
            for tasks in tasks.chunks(options.array_limit) {
                let mark = format!("{now} {} {} {}", std::process::id(), submissions.len(), tasks[0][0].key);
                let mark = blake3::hash(mark.as_bytes()).to_hex();
                let id = format!("{engine}-{slug}-{}-{}", now / 1_000_000_000, &mark[..8]);
                let program = match &options.programs {
                    Some(folder) => folder.join(name),
                    None => std::env::current_exe()?,
                };
                submissions.push(Self {
                    folder: super::jobs(&request.store).join(&id),
                    id,
                    options: options.clone(),
                    tasks: tasks.to_vec(),
                    request: text.clone(),
                    program,
                });
            }
        }
        Ok(submissions)
    }

    /// Writes its files and says where the job script is, with lines of the scheduler's at its head, and such as come after
    /// the work.
    pub(super) fn write(&self, header: &str, after: &str) -> Result<PathBuf, CommandError> {
        let making = self.folder.with_file_name(format!("{}{}", atomic::UNFINISHED, self.id));
        let program = self.keep_program(&making)?;
        let line = |runs: &Vec<Wanted>| {
            let runs = runs.iter().map(|run| format!("{}{AT}{}", run.name, run.key));
            runs.collect::<Vec<_>>().join(" ") + "\n"
        };
        let tasks: String = self.tasks.iter().map(line).collect();
        let places = format!(
            "folder={} section={}\nexport RAYON_NUM_THREADS={}\n",
            quoted(&self.folder.to_string_lossy()),
            quoted(&program.to_string_lossy()),
            self.options.cores
        );
        let failed = |line: &String| quoted(&format!("in executors.toml, this line of setup failed: {line}"));
        let setup = |line| format!("{line}\n[ $? = 0 ] || {{ echo {}; finish 1; }}\n", failed(line));
        let text: String = SCRIPT
            .lines()
            .map(|line| match line {
                "HEADER" => header.to_owned(),
                "PLACES" => places.clone(),
                "SETUP" => self.options.setup.iter().map(setup).collect(),
                "AFTER" => after.to_owned(),
                line => format!("{line}\n"),
            })
            .collect();
        // Whole or not at all: a driver that is killed meanwhile leaves nothing that looks like a submission.
        let script = making.join("job.sh");
        atomic::write(&making.join(REQUEST), format!("{}\n", self.request).as_bytes())?;
        atomic::write(&making.join("tasks.txt"), tasks.as_bytes())?;
        atomic::write(&script, text.as_bytes())?;
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755))
            .map_err(FileError::of("mark", &script))?;
        fs::rename(&making, &self.folder).map_err(FileError::of("make", &self.folder))?;
        Ok(self.folder.join("job.sh"))
    }

    /// Puts the section's program, as it is now, into the folder that is being made: a link to it or to that of an earlier
    /// submission, or a copy. Says where it will be.
    fn keep_program(&self, making: &Path) -> Result<PathBuf, CommandError> {
        let bytes = fs::read(&self.program).map_err(FileError::of("read", &self.program))?;
        let name = blake3::hash(&bytes).to_hex()[..16].to_owned();
        let (place, jobs) = (making.join(&name), self.folder.parent().unwrap_or(Path::new(".")));
        fs::create_dir_all(making).map_err(FileError::of("make", making))?;
        let earlier = ids(jobs).into_iter().map(|id| jobs.join(id).join(&name));
        let mut programs = iter::once(self.program.clone()).chain(earlier);
        if !programs.any(|program| fs::hard_link(program, &place).is_ok()) {
            atomic::write(&place, &bytes)?;
            fs::set_permissions(&place, fs::Permissions::from_mode(0o755))
                .map_err(FileError::of("mark", &place))?;
        }
        Ok(self.folder.join(name))
    }
}

/// A word of the shell that stands for this text, whatever is in it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// The name of a run and, if it was told, its key, from an argument of `run-one`.
pub fn name_and_key(argument: &str) -> (&str, Option<&str>) {
    argument.split_once(AT).map_or((argument, None), |(name, key)| (name, Some(key)))
}

/// When a submission of this id was made, in seconds since 1970; none where it is no submission's.
fn made(id: &str) -> Option<u64> {
    let (rest, mark) = id.rsplit_once('-')?;
    let is_mark = mark.len() == 8 && mark.bytes().all(|byte| byte.is_ascii_hexdigit());
    let (rest, time) = rest.rsplit_once('-').filter(|_| is_mark)?;
    let (engine, _) = rest.split_once('-')?;
    time.parse().ok().filter(|_| ENGINES.iter().any(|known| known.name == engine))
}

/// Whether a submission was made within so many seconds; clocks that differ by more make it old.
pub(super) fn is_new(id: &str, seconds: u64) -> bool {
    let now = UNIX_EPOCH.elapsed().map_or(0, |since| since.as_secs());
    made(id).is_some_and(|made| made.abs_diff(now) < seconds)
}

/// Whether this is the name of a submission's folder, or of one that was never finished.
pub fn is_submission(name: &str) -> bool {
    made(name.strip_prefix(atomic::UNFINISHED).unwrap_or(name)).is_some()
}

/// The submissions below a folder, the newest first.
pub(super) fn ids(jobs: &Path) -> Vec<String> {
    let listing = fs::read_dir(jobs).into_iter().flatten().flatten();
    let mut ids: Vec<String> =
        listing.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    ids.retain(|id| made(id).is_some());
    ids.sort_by_key(|id| std::cmp::Reverse(made(id)));
    ids
}

/// Whether a submission is of an engine and of a section.
pub(super) fn is_of(id: &str, engine: &str, slug: &str) -> bool {
    let rest = id.strip_prefix(engine).and_then(|rest| rest.strip_prefix('-')?.strip_prefix(slug));
    rest.is_some_and(|rest| rest.starts_with('-') && rest.matches('-').count() == 2)
}

/// The log of a task.
pub(super) fn log(jobs: &Path, (id, task): &(String, usize)) -> PathBuf {
    jobs.join(id).join(format!("{task}.log"))
}

/// The request that a submission's tasks are given.
pub(super) fn request(jobs: &Path, id: &str) -> Option<Request> {
    let text = fs::read_to_string(jobs.join(id).join(REQUEST)).ok()?;
    serde_json::from_str(&text).ok()
}

/// Name and key of the runs of each task of a submission.
pub(super) fn tasks(jobs: &Path, id: &str) -> Vec<Vec<(String, String)>> {
    let text = fs::read_to_string(jobs.join(id).join("tasks.txt")).unwrap_or_default();
    let run = |word: &str| word.split_once(AT).map(|(name, key)| (name.to_owned(), key.to_owned()));
    text.lines().map(|line| line.split(' ').filter_map(run).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn submissions_are_told_apart_by_engine_and_section_and_the_newest_is_first() {
        let jobs = tempfile::tempdir().unwrap();
        let made = [
            "slurm-5-training-9-abababab",
            "slurm-5-training-10-cdcdcdcd",
            ".unfinished-slurm-5-training-11-efefefef",
            "my-notes-2024-abababab",
            "slurm-notes-2024-backup",
        ];
        made.iter().for_each(|name| fs::create_dir(jobs.path().join(name)).unwrap());
        assert_eq!(ids(jobs.path()), [made[1], made[0]]);
        assert_eq!(made.map(is_submission), [true, true, true, false, false]);
        assert!(is_of(made[0], "slurm", "5-training"));
        for (engine, slug) in
            [("hyperqueue", "5-training"), ("slurm", "5"), ("slurm", "5-train"), ("slurm", "15-training")]
        {
            assert!(!is_of(made[0], engine, slug), "{engine} {slug}");
        }
    }

    /// A submission in a folder whose name the shell, Slurm and the script itself might read something into.
    fn submission(place: &Path, setup: &[&str], work: &str) -> Submission {
        let place = place.join("it's PLACES %j SETUP");
        let program = place.join("section");
        atomic::write(&program, format!("#!/bin/sh\n{work}\n").as_bytes()).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let run = Wanted { name: "a".into(), key: "k".into(), work: 1 };
        let setup = setup.iter().map(|line| (*line).to_owned()).collect();
        Submission {
            id: "script-5-training-9-abababab".into(),
            folder: place.join("jobs").join("script-5-training-9-abababab"),
            options: Options { cores: 2, setup, ..Options::default() },
            tasks: vec![vec![run]],
            request: "{}".into(),
            program,
        }
    }

    /// The exit code of the job script, and what it wrote into the log of task 1.
    fn job(setup: &[&str], arguments: &[&str]) -> (Option<i32>, String) {
        job_of(r#"echo "$WORD $RAYON_NUM_THREADS $*""#, setup, arguments)
    }

    fn job_of(work: &str, setup: &[&str], arguments: &[&str]) -> (Option<i32>, String) {
        let place = tempfile::tempdir().unwrap();
        let submission = submission(place.path(), setup, work);
        let script = submission.write("", "").unwrap();
        // While another test's thread starts a program, its copy of ours still has the script open for writing.
        let status = loop {
            match std::process::Command::new(&script).args(arguments).status() {
                Err(error) if error.kind() == std::io::ErrorKind::ExecutableFileBusy => {}
                status => break status.unwrap(),
            }
        };
        (status.code(), fs::read_to_string(submission.folder.join("1.log")).unwrap_or_default())
    }

    #[test]
    fn job_scripts_take_any_path_and_any_line_of_setup() {
        let (code, log) = job(&["export WORD=AFTER", "cd /"], &["1"]);
        assert!(code == Some(0) && log.contains("\nAFTER 2 run-one a@k\nexit code 0\n"), "{code:?} {log}");
        let (code, log) = job(&["export WORD=1", "cd /not/there"], &["1"]);
        assert_eq!(code, Some(1));
        assert!(log.contains("this line of setup failed: cd /not/there\nexit code 1\n"), "{log}");
    }

    /// As where the time limit comes near while modules are loaded.
    #[test]
    fn a_task_that_is_told_to_stop_before_its_work_begins_is_interrupted() {
        let (code, log) = job_of("exec sleep 60", &["kill -USR1 $$"], &["1"]);
        assert!(code == Some(3) && log.contains("\nexit code 3\n"), "{code:?} {log}");
    }

    #[test]
    fn job_scripts_refuse_a_task_that_is_not_theirs() {
        for arguments in [&[][..], &["2"], &["0"], &["-1"], &["x"]] {
            assert_eq!(job(&[], arguments), (Some(2), String::new()), "{arguments:?}");
        }
    }
}
