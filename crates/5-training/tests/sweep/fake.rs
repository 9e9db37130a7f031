//! Schedulers of a few lines of shell: they start tasks one after the other on this machine, tell how they stand in the words
//! of Slurm and HyperQueue, and fail when they are told to.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use serde_json::json;

use super::{Sweep, wait_until};

/// Begins what `sbatch` or `hq submit` was asked for. A file `skip` lets the second task end well without having done anything,
/// `late` with a result that comes after its end;
/// `lose` forgets what was submitted; `refuse` refuses it; `slow` keeps it from being known, `hold` keeps it waiting, and
/// `late-answer` lets go of that and answers how tasks stand once all are over; `kill` kills the second task's program.
const BEGIN: &str = r#"
begin() { # script, submission, tasks, variable with the number of the task
    [ -e "$here/lose" ] && rm "$here/lose" && return
    while [ -e "$here/slow" ]; do sleep 0.02; done
    for i in $(seq "$3"); do echo PENDING > "$here/state/$2.$i"; done
    (while [ -e "$here/hold" ]; do sleep 0.02; done
    for i in $(seq "$3"); do
        echo RUNNING > "$here/state/$2.$i"
        code=0
        if [ $i = 2 ] && [ -e "$here/skip" ]; then rm "$here/skip"
        elif [ $i = 2 ] && [ -e "$here/late" ]; then
            rm "$here/late"; (sleep 2; env "$4=$i" bash "$1") &
        else
            env "$4=$i" SLURM_ARRAY_JOB_ID=7 bash "$1" & task=$!
            [ $i = 2 ] && [ -e "$here/kill" ] && rm "$here/kill" &&
                while kill -0 $task && ! pkill -9 -P $task -f run-one; do sleep 0.02; done
            wait $task; code=$?
        fi
        if [ $code = 0 ]; then echo COMPLETED; else echo FAILED; fi > "$here/state/$2.$i"
    done) < /dev/null > /dev/null 2>&1 &
}
here=$(dirname "$0")
echo "$(basename "$0") $*" >> "$here/calls"
"#;
const SBATCH: &str = r##"
[ "$1" = --test-only ] && exit
[ -e "$here/refuse" ] && echo "sbatch: error: invalid partition specified" >&2 && exit 1
script=${*: -1}
submission=$(sed -n 's/^#SBATCH --comment=//p' "$script")
begin "$script" "$submission" "$(sed -n 's/^#SBATCH --array=1-//p' "$script")" SLURM_ARRAY_TASK_ID
echo 7
"##;
const SQUEUE: &str = r#"
[ -e "$here/late-answer" ] && rm "$here/late-answer" "$here/hold" &&
    while grep -qE "PENDING|RUNNING" "$here"/state/*; do sleep 0.02; done
cd "$here/state"
for task in *.*; do [ -e "$task" ] && echo "${task%.*}|${task##*.}|$(cat "$task")|node|now|None"; done
exit 0
"#;
const HQ: &str = r#"
case "$*" in
*submit*)
    script=${*: -1}
    for word; do case $word in --name=*) name=${word#*.} ;; --array=1-*) tasks=${word#--array=1-} ;; esac; done
    echo "${*}" | sed 's/.*--name=\([^ ]*\).*/\1/' >> "$here/jobs"
    begin "$script" "$name" "$tasks" HQ_TASK_ID ;;
*"job list"*)
    [ -e "$here/jobs" ] || { echo "[]"; exit; }
    awk '{printf "%s{\"id\":%d,\"name\":\"%s\"}", (NR > 1 ? "," : "["), NR, $1} END {print "]"}' "$here/jobs" ;;
*"task list"*)
    cd "$here/state"; job=0; echo "{"
    while read -r name; do
        job=$((job + 1)); [ $job -gt 1 ] && echo ","
        echo "\"$job\":["; first=1
        for task in "${name#*.}".*; do
            state=$(cat "$task" 2> /dev/null | sed 's/PENDING/waiting/; s/RUNNING/running/; s/COMPLETED/finished/; s/FAILED/failed/')
            [ -n "$state" ] || continue
            [ $first = 1 ] || echo ","; first=0
            echo "{\"id\":${task##*.},\"state\":\"$state\",\"worker\":1,\"started_at\":\"now\"}"
        done
        echo "]"
    done < "$here/jobs"; echo "}" ;;
esac
"#;

/// The commands of a cluster.
struct Cluster(tempfile::TempDir);

impl Cluster {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("state")).unwrap();
        for (name, text) in [("sbatch", SBATCH), ("squeue", SQUEUE), ("hq", HQ)] {
            let path = folder.path().join(name);
            fs::write(&path, format!("#!/usr/bin/env bash{BEGIN}{text}")).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        Self(folder)
    }

    fn sweep(&self, on: &'static str) -> Sweep {
        Sweep::new(on, json!({"poll": 1, "patience": 1}), self.0.path(), "60")
    }

    fn fault(&self, name: &str) {
        fs::write(self.0.path().join(name), "").unwrap();
    }

    fn mend(&self, name: &str) {
        fs::remove_file(self.0.path().join(name)).unwrap();
    }

    /// How often a command was called with this among its words.
    fn calls(&self, words: &str) -> usize {
        let calls = fs::read_to_string(self.0.path().join("calls")).unwrap_or_default();
        calls.lines().filter(|call| call.contains(words)).count()
    }

    fn is_idle(&self) -> bool {
        let states = snapshots::files(&self.0.path().join("state"));
        states.values().all(|state| state.starts_with(b"COMPLETED") || state.starts_with(b"FAILED"))
    }
}

#[test]
fn both_stages_are_submitted_once_and_end_with_the_bytes_of_a_local_sweep() {
    for (on, submit) in [("slurm", "sbatch --parsable"), ("hyperqueue", "hq submit")] {
        let cluster = Cluster::new();
        let said = cluster.sweep(on).completes();
        assert_eq!(said.matches("\"stored\":false").count(), 9, "{said}");
        assert_eq!(cluster.calls(submit), 2, "a stage, a submission");
    }
}

#[test]
fn what_is_on_its_way_is_found_again_and_not_submitted_twice() {
    let cluster = Cluster::new();
    let sweep = cluster.sweep("slurm");
    let queue = |said: &str| said.contains("\"event\":\"queue\"") && !said.contains("\"event\":\"done\"");
    cluster.fault("hold");
    for calls in [1, 1, 1] {
        assert!(queue(&sweep.submit()));
        assert_eq!(cluster.calls("sbatch --parsable"), calls);
    }
    cluster.mend("hold");
    wait_until("the first stage", || cluster.is_idle());
    assert!(queue(&sweep.submit()));
    assert_eq!(cluster.calls("sbatch --parsable"), 2, "the second stage is submitted by the next call");
    let mut driver = sweep.start(false);
    driver.line().unwrap();
    driver.kill().unwrap();
    driver.code().unwrap();
    sweep.completes();
    assert_eq!(cluster.calls("sbatch --parsable"), 2);
}

/// Killed between its own files and the scheduler's list, where only the folder of the submission tells of it.
#[test]
fn what_a_killed_driver_was_handing_over_is_not_submitted_twice() {
    let cluster = Cluster::new();
    let mut sweep = cluster.sweep("slurm");
    sweep.options = json!({"poll": 1, "patience": 60});
    cluster.fault("slow");
    let mut driver = sweep.start(false);
    wait_until("a call of sbatch", || cluster.calls("sbatch --parsable") == 1);
    driver.kill().unwrap();
    driver.code().unwrap();
    let said = sweep.submit();
    assert!(said.contains("\"queued\":5") && cluster.calls("sbatch --parsable") == 1, "{said}");
    cluster.mend("slow");
    sweep.completes();
    assert_eq!(cluster.calls("sbatch --parsable"), 2, "a stage, a submission");
}

#[test]
fn exit_code_0_without_a_result_is_a_failure_and_the_others_are_kept() {
    let cluster = Cluster::new();
    let sweep = cluster.sweep("slurm");
    cluster.fault("skip");
    let (said, code) = sweep.run();
    assert!(code == Some(1) && said.contains("1 runs failed, the others are kept"), "{said}");
    assert!(said.contains("search-cifar-sgd-scale-rate-0.01-seed-0: its task"), "{said}");
    let said = sweep.completes();
    assert_eq!(said.matches("\"stored\":true").count(), 4, "{said}");
}

#[test]
fn a_task_that_is_killed_is_named_with_its_node_and_reason() {
    for on in ["slurm", "hyperqueue"] {
        let cluster = Cluster::new();
        let sweep = cluster.sweep(on);
        cluster.fault("kill");
        let (said, code) = sweep.run();
        let host = runner::host();
        let told = format!("search-cifar-sgd-scale-rate-0.01-seed-0 on {host}: killed by signal 9");
        assert!(code == Some(1) && said.contains(&told), "{told}\n{said}");
        assert_eq!(said.matches("\"stored\":false").count(), 4, "{said}");
        let said = sweep.completes();
        assert!(said.contains("earlier, and tried again") && said.contains(&told), "{said}");
    }
}

#[test]
fn what_a_scheduler_refuses_leaves_nothing_and_tells_what_was_asked() {
    let cluster = Cluster::new();
    let mut sweep = cluster.sweep("slurm");
    sweep.options = json!({"partition": "nowhere", "account": "none"});
    cluster.fault("refuse");
    let (said, code) = sweep.run();
    assert!(code == Some(2) && said.contains("invalid partition"), "{said}");
    let told = ["it was asked for ", "partition=nowhere", "account=none"];
    assert!(told.iter().all(|told| said.contains(told)), "{said}");
    assert_eq!(fs::read_dir(sweep.store.join("jobs")).unwrap().count(), 0);
}

#[test]
fn options_that_come_too_late_for_what_is_queued_are_told() {
    let cluster = Cluster::new();
    let mut sweep = cluster.sweep("slurm");
    cluster.fault("hold");
    assert!(!sweep.submit().contains("other options"));
    assert!(!sweep.submit().contains("other options"));
    sweep.options["cores"] = json!(2);
    let said = sweep.submit();
    assert!(
        said.contains("5 runs are queued with other options") && said.contains("xtask cancel 5"),
        "{said}"
    );
    cluster.mend("hold");
    sweep.completes();
}

/// As a shared file system shows it.
#[test]
fn a_result_that_is_seen_after_the_end_of_its_task_is_taken() {
    let cluster = Cluster::new();
    let mut sweep = cluster.sweep("slurm");
    sweep.options = json!({"poll": 1, "patience": 100});
    cluster.fault("late");
    let said = sweep.completes();
    assert_eq!(said.matches("\"stored\":false").count(), 9, "{said}");
    assert_eq!(cluster.calls("sbatch --parsable"), 2, "it was not submitted again");
}

/// They end between the look for their results and the answer of the scheduler.
#[test]
fn runs_that_end_while_the_scheduler_is_asked_are_not_submitted_again() {
    let cluster = Cluster::new();
    let sweep = cluster.sweep("slurm");
    cluster.fault("hold");
    sweep.submit();
    cluster.fault("late-answer");
    let said = sweep.completes();
    assert_eq!(cluster.calls("sbatch --parsable"), 2, "{said}");
}

#[test]
fn what_a_scheduler_lost_is_submitted_again() {
    let cluster = Cluster::new();
    cluster.fault("lose");
    cluster.sweep("slurm").completes();
    assert_eq!(cluster.calls("sbatch --parsable"), 3);
}

#[test]
fn runs_are_put_together_in_tasks_and_tasks_in_submissions() {
    let cluster = Cluster::new();
    let mut sweep = cluster.sweep("slurm");
    sweep.options = json!({"poll": 1, "patience": 60, "batch": 2, "array_limit": 2, "cores": 2});
    sweep.submit();
    let tasks = |name: &str, text: &[u8]| {
        name.ends_with("tasks.txt").then(|| text.iter().filter(|byte| **byte == b'\n').count())
    };
    let submitted = snapshots::files(&sweep.store.join("jobs"));
    let mut tasks: Vec<usize> =
        submitted.iter().filter_map(|(path, text)| tasks(path.to_str().unwrap(), text)).collect();
    tasks.sort_unstable();
    assert_eq!(tasks, [1, 2], "five runs, two a task, two tasks a submission");
    let said = sweep.completes();
    assert_eq!(cluster.calls("sbatch --parsable"), 3, "{said}");
}

#[test]
fn a_node_without_the_data_does_not_compute_another_run() {
    let cluster = Cluster::new();
    let mut sweep = cluster.sweep("script");
    sweep.submit();
    let mut jobs = fs::read_dir(sweep.store.join("jobs")).unwrap().map(|entry| entry.unwrap().path());
    let job = jobs.find(|path| path.join("job.sh").is_file()).unwrap();
    let tasks = fs::read_to_string(job.join("tasks.txt")).unwrap();
    let other = tasks.lines().next().unwrap().replace('@', "@0");
    fs::write(job.join("tasks.txt"), format!("{other}\n{}", tasks.split_once('\n').unwrap().1)).unwrap();
    let by_hand = |job: &Path, task: usize| {
        Command::new(job.join("job.sh")).arg(task.to_string()).status().unwrap().code()
    };
    assert_eq!(by_hand(&job, 1), Some(1));
    assert!(sweep.logs()[0].contains("is not the same here"), "{:?}", sweep.logs());
    fs::write(job.join("tasks.txt"), tasks).unwrap();
    // Whoever starts them, in any order: the script is all that another scheduler needs.
    for task in (1..=5).rev() {
        assert_eq!(by_hand(&job, task), Some(0), "{:?}", sweep.logs());
    }
    let said = sweep.submit();
    assert!(said.contains("PBS `qsub -J 1-4"), "{said}");
    // What is handed over is not written again: whoever starts tasks may have begun with it.
    let said = sweep.submit();
    assert!(said.contains("\"queued\":4") && !said.contains("qsub"), "{said}");
    sweep.on = "local";
    sweep.completes();
}
