//! A real Slurm, of which `SLURM_CONF` names the configuration and which is this user's to disturb: `.ci/slurm-up` starts one on
//! one machine. Nothing is lost, nothing is computed twice that was stored, every failure is named.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use runner::Program;
use serde_json::{Value, json};

use super::{BEGINS, Sweep, wait_until};

/// Steps of a run that is long enough to be disturbed, and of one that is not.
const LONG: &str = "4000";
const SHORT: &str = "120";

/// The cluster, one test at a time.
fn cluster() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    let guard = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    assert!(asked("sinfo", &["-h", "-N", "-o", "%N"]).lines().count() >= 2, "several nodes are wanted");
    guard
}

fn asked(program: &str, words: &[&str]) -> String {
    let output = Command::new(program).args(words).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn told(program: &str, words: &[&str]) {
    let status = Command::new(program).args(words).status().unwrap();
    assert!(status.success(), "{program} {words:?}");
}

fn sweep(options: Value, iterations: &'static str) -> Sweep {
    let mut all = json!({"poll": 1, "patience": 5});
    all.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
    Sweep::new("slurm", all, Path::new("."), iterations)
}

/// Ids of all tasks that the scheduler knows.
fn tasks() -> BTreeSet<String> {
    asked("squeue", &["-h", "-r", "-t", "all", "-o", "%i"]).lines().map(str::to_owned).collect()
}

/// The process of a task of this sweep that is on its way on this machine.
fn program_of(sweep: &Sweep) -> Option<u32> {
    let running = |entry: fs::DirEntry| {
        let id: u32 = entry.file_name().to_str()?.parse().ok()?;
        let program = fs::read_link(entry.path().join("exe")).ok()?;
        program.starts_with(&sweep.store).then_some(id)
    };
    fs::read_dir("/proc").unwrap().flatten().find_map(running)
}

#[test]
#[ignore = "needs a Slurm to disturb: .ci/slurm-up starts one, SLURM_CONF names it"]
fn the_driver_is_killed_at_random_moments() {
    let _cluster = cluster();
    let (sweep, before) = (sweep(json!({"at_once": 2}), SHORT), tasks());
    for kill in 0..10 {
        let mut driver = sweep.start(kill % 3 == 0);
        std::thread::sleep(Duration::from_secs_f64(
            0.02 + 1.5 * (f64::from(kill) * 0.618_033_988_75).fract(),
        ));
        driver.kill().unwrap();
        driver.code().unwrap();
    }
    sweep.completes();
    assert_eq!(tasks().difference(&before).count(), 9, "each run is a task once");
}

#[test]
#[ignore = "needs a Slurm to disturb: .ci/slurm-up starts one, SLURM_CONF names it"]
fn a_task_is_killed() {
    let _cluster = cluster();
    let sweep = sweep(json!({}), LONG);
    let driver = sweep.start(false);
    wait_until("a long run", || sweep.logs().iter().any(|log| log.contains(BEGINS)));
    let program = program_of(&sweep).unwrap();
    told("kill", &["-9", &program.to_string()]);
    let (said, code) = driver.finish().unwrap();
    assert!(
        code == Some(1) && said.contains("1 runs failed") && said.contains(": killed by signal 9"),
        "{said}"
    );
    let said = sweep.completes();
    assert_eq!(said.matches("\"stored\":true").count(), 8, "{said}");
}

#[test]
#[ignore = "needs a Slurm to disturb: .ci/slurm-up starts one, SLURM_CONF names it"]
fn a_task_comes_to_its_time_limit() {
    let _cluster = cluster();
    // Slurm's shortest limit is a minute, of which the signal may come when eight seconds are over; it looks twice a minute.
    let sweep = sweep(json!({"time": "1", "notice": 52}), LONG);
    let driver = sweep.start(false);
    wait_until("a long run", || sweep.logs().iter().any(|log| log.contains(BEGINS)));
    // What stands still until the signal has come is there when it comes, however fast the machine is.
    let program = program_of(&sweep).unwrap().to_string();
    told("kill", &["-STOP", &program]);
    wait_until("the notice", || is_told_to_end(&program));
    told("kill", &["-CONT", &program]);
    ends_after_requeues(&sweep, driver);
}

#[test]
#[ignore = "needs a Slurm to disturb: .ci/slurm-up starts one, SLURM_CONF names it"]
fn tasks_are_preempted() {
    let _cluster = cluster();
    let sweep = sweep(json!({}), LONG);
    let driver = sweep.start(false);
    wait_until("a long run", || sweep.logs().iter().any(|log| log.contains(BEGINS)));
    // As where others come first: a signal, and back into the queue. One may have come to its end meanwhile.
    for id in asked("squeue", &["-h", "-r", "-t", "R", "-o", "%i"]).lines() {
        asked("scancel", &["--signal=TERM", "--batch", id]);
        asked("scontrol", &["requeue", id]);
    }
    ends_after_requeues(&sweep, driver);
}

/// Whether a SIGTERM waits for a process that stands still.
fn is_told_to_end(process: &str) -> bool {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let pending = status.lines().find_map(|line| line.strip_prefix("ShdPnd:")).unwrap();
    u64::from_str_radix(pending.trim(), 16).unwrap() & 1 << (15 - 1) != 0
}

/// Waits for the end of a sweep of which tasks are put back into the queue. Slurm holds those back for two minutes, which
/// nobody needs to wait here.
fn ends_after_requeues(sweep: &Sweep, driver: Program) {
    let (mut requeued, since, process) = (0, Instant::now(), driver.id().to_string());
    // One that nobody listens to stands still when it has said as much as a pipe holds.
    let driver = std::thread::spawn(move || driver.finish().unwrap());
    while !driver.is_finished() {
        if since.elapsed() > Duration::from_secs(600) {
            told("kill", &["-9", &process]);
            panic!("{}{:?}", asked("squeue", &["-h", "-r", "-t", "all"]), sweep.logs());
        }
        for line in asked("squeue", &["-h", "-r", "-t", "PD", "-o", "%i %r"]).lines() {
            if let Some(id) = line.strip_suffix(" BeginTime") {
                told("scontrol", &["update", &format!("job={id}"), "StartTime=now"]);
                requeued += 1;
            }
        }
        std::thread::sleep(Duration::from_millis(300));
    }
    let (said, code) = driver.join().unwrap();
    assert_eq!(code, Some(0), "{said}");
    assert!(requeued > 0, "no task was put back");
    sweep.completes();
}

#[test]
#[ignore = "needs a Slurm to disturb: .ci/slurm-up starts one, SLURM_CONF names it"]
fn a_node_is_drained_and_the_scheduler_restarted() {
    let _cluster = cluster();
    let (sweep, before) = (sweep(json!({"at_once": 2}), SHORT), tasks());
    let driver = sweep.start(false);
    wait_until("a task", || tasks().difference(&before).count() > 0);
    let node = asked("sinfo", &["-h", "-N", "-o", "%N"]).lines().next().unwrap().to_owned();
    let node = format!("nodename={node}");
    told("scontrol", &["update", &node, "state=drain", "reason=test"]);
    // What slurmctld was told a moment ago it may forget when it is killed.
    let conf = PathBuf::from(std::env::var_os("SLURM_CONF").unwrap());
    let id = fs::read_to_string(conf.with_file_name("slurmctld.pid")).unwrap();
    told("kill", &["-9", id.trim()]);
    std::thread::sleep(Duration::from_secs(3));
    told("slurmctld", &[]);
    let (said, code) = driver.finish().unwrap();
    // Unless it forgot.
    let _ = Command::new("scontrol").args(["update", &node, "state=resume"]).output();
    assert_eq!(code, Some(0), "{said}");
    sweep.completes();
}

#[test]
#[ignore = "needs a Slurm to disturb: .ci/slurm-up starts one, SLURM_CONF names it"]
fn a_task_runs_out_of_memory() {
    let _cluster = cluster();
    // Slurm looks at the memory of a task once a second.
    let mut sweep = sweep(json!({"when": [{"work_from": 100_000_000, "memory": "20M"}]}), LONG);
    let (said, code) = sweep.run();
    assert!(code == Some(1) && said.contains(": out of memory"), "{said}");
    sweep.options = json!({"poll": 1, "patience": 5});
    sweep.completes();
}

#[test]
#[ignore = "needs a Slurm to disturb: .ci/slurm-up starts one, SLURM_CONF names it"]
fn the_disk_of_the_store_is_full() {
    /// A small file system, for as long as this lives.
    struct Mounted(tempfile::TempDir);
    impl Drop for Mounted {
        fn drop(&mut self) {
            let _ = Command::new("umount").arg("--lazy").arg(self.0.path()).status();
        }
    }
    let _cluster = cluster();
    let program = fs::metadata(env!("CARGO_BIN_EXE_training")).unwrap().len();
    let disk = Mounted(tempfile::tempdir().unwrap());
    let place = disk.0.path().to_str().unwrap();
    told("mount", &["-t", "tmpfs", "-o", &format!("size={}", 2 * program + (4 << 20)), "none", place]);
    let mut sweep = sweep(json!({}), SHORT);
    sweep.store = disk.0.path().join("store");
    let nodes = asked("sinfo", &["-h", "-o", "%N"]);
    let node = format!("nodename={}", nodes.trim());
    told("scontrol", &["update", &node, "state=drain", "reason=test"]);
    let said = sweep.submit();
    assert!(said.contains("as things stand it would not start: sbatch: "), "{said}");
    let filler = disk.0.path().join("filler");
    Command::new("dd").args(["if=/dev/zero", &format!("of={}", filler.display())]).output().unwrap();
    told("scontrol", &["update", &node, "state=resume"]);
    let (said, code) = sweep.run();
    assert!(code == Some(1) && said.contains("5 runs failed") && said.contains("No space left"), "{said}");
    fs::remove_file(filler).unwrap();
    sweep.completes();
}
