//! A small sweep on this machine, killed at random moments: the next one continues where runs stood, and ends with the same
//! bytes.

use std::fs;
use std::time::{Duration, Instant};

use runner::messages::{Request, exit};
use runner::{Program, Provenance};
use snapshots::files;

use super::{BEGINS, Sweep};

/// How often the program is killed.
const KILLS: u32 = 20;
/// Iterations of its longer runs.
const ITERATIONS: &str = "120";
/// The same where one of them has to outlast a word to its program.
const LONG: &str = "480";

/// Listens until the program tells of a long run, which it does when it begins with one or goes on with it, however fast it is
/// afterwards. Whether there was one.
fn is_working(program: &mut Program) -> bool {
    let mut lines = std::iter::from_fn(|| program.line().unwrap());
    lines.any(|line| line.contains(BEGINS))
}

/// Kills the program after a long run began and something was waited for. Whether one did, and the program still ran.
fn kill(sweep: &Sweep, wait: impl FnOnce()) -> bool {
    let mut program = sweep.start(false);
    let working = is_working(&mut program);
    wait();
    program.kill().unwrap();
    program.code().unwrap().is_none() && working
}

/// Time that this machine takes now from the begin of the first long run to the end of the sweep.
fn undisturbed() -> Duration {
    let mut program = Sweep::local(ITERATIONS).start(false);
    assert!(is_working(&mut program), "an undisturbed sweep tells of its runs");
    let since = Instant::now();
    let (said, code) = program.finish().unwrap();
    assert_eq!(code, Some(0), "{said}");
    since.elapsed()
}

#[test]
fn stand_ins_are_refused_where_real_data_is_required() {
    let sweep = Sweep::local(ITERATIONS);
    let request = Request { require_data: true, ..sweep.request(false) };
    let (said, code) = sweep.begin(&["run"], &request).finish().unwrap();
    assert!(code == Some(exit::USAGE.into()) && said.contains("would be a stand-in"), "{said}");
}

#[test]
fn killed_twenty_times_a_sweep_ends_with_the_bytes_of_an_undisturbed_one() {
    // Kills share half of the time of an undisturbed sweep: however fast the machine is, most of them come to one at work. Every
    // other one waits for a checkpoint, however late in that time the first is written.
    let life = undisturbed();
    let sweep = Sweep::local(ITERATIONS);
    let (mut working, mut interrupted) = (0, 0);
    // From one kill to the next a multiple of the golden ratio: moments without a pattern, the same in every test.
    for number in 0..KILLS {
        let part = (f64::from(number) * 0.618_033_988_75).fract();
        working += u32::from(kill(&sweep, || match number % 2 {
            0 => std::thread::sleep((life / KILLS).mul_f64(part)),
            _ => {
                let since = Instant::now();
                while sweep.checkpoints() == 0 && since.elapsed() < 2 * life {
                    std::thread::sleep(Duration::from_millis(1));
                }
            }
        }));
        interrupted += u32::from(sweep.store.is_dir() && sweep.checkpoints() > 0);
    }
    let resumes = sweep.checkpoints() > 0;
    let said = sweep.completes();
    let from = said.split("\"from\":").skip(1).any(|rest| !rest.starts_with('0'));
    assert!(from || !resumes, "what a checkpoint had is told: {said}");
    assert!(working >= 2, "only {working} kills came while a run was on its way");
    assert!(interrupted > 0, "no kill left a run half-way");
}

#[test]
fn only_what_is_missing_is_done_again() {
    let sweep = Sweep::local(ITERATIONS);
    let said = sweep.completes();
    assert_eq!(said.matches("\"stored\":false").count(), 9, "{said}");
    assert!(said.contains("cifar-10: a stand-in takes the place of the real images"), "{said}");
    let provenance = fs::read_to_string(sweep.folder.path().join("out/provenance.json")).unwrap();
    assert_eq!(provenance.matches("\"of\": \"images\"").count(), 8, "{provenance}");
    let entry = files(&sweep.store.join("runs")).into_keys().next().unwrap();
    fs::remove_file(sweep.store.join("runs").join(entry)).unwrap();
    let said = sweep.completes();
    assert_eq!(said.matches("\"stored\":false").count(), 1, "{said}");
}

/// A sweep killed in its second half: what is there makes tables and a ledger, and what is missing is named.
#[test]
fn what_is_there_of_a_sweep_is_gathered() {
    let sweep = Sweep::local(ITERATIONS);
    let gather = || {
        let gather = Request { gather: true, ..sweep.request(false) };
        sweep.begin(&["run"], &gather).finish().unwrap()
    };
    let read = |name: &str| fs::read_to_string(sweep.folder.path().join("out").join(name)).unwrap();
    let (said, code) = gather();
    assert!(code == Some(2) && said.contains("no run is there"), "{said}");
    assert!(kill(&sweep, || ()), "the sweep was over too soon");
    let (said, code) = gather();
    assert!(code == Some(0) && !said.contains("\"stored\":false"), "{said}");
    let provenance: Provenance = serde_json::from_str(&read("provenance.json")).unwrap();
    assert_eq!(provenance.runs.len() + provenance.missing.len(), 9);
    assert!(provenance.missing.iter().any(|run| run == "cifar-adam-scale_bias-rate-0.001-seed-0"));
    let protocol = read("tables/protocol.csv");
    assert!(protocol.contains(&format!("missing_runs,{}", provenance.missing.len())), "{protocol}");
    sweep.completes();
    assert!(!read("provenance.json").contains("\"missing\""));
}

/// Told to stop, or left by its listener, a program writes its checkpoint, ends with a code of its own, and the next one
/// goes on from there.
#[test]
fn a_program_that_nobody_listens_to_ends_after_its_checkpoint() {
    for told in ["left", "terminated"] {
        let sweep = Sweep::local(LONG);
        // Checkpoints only when it is told to stop.
        let mut asked = sweep.request(false);
        asked.sets.retain(|(name, _)| name != "checkpoint_every");
        asked.sets.push(("checkpoint_every".to_owned(), "1000".to_owned()));
        let mut program = sweep.begin(&["run"], &asked);
        assert!(is_working(&mut program), "the sweep was over too soon");
        match told {
            "left" => program.leaving()(),
            _ => {
                let id = program.id().to_string();
                std::process::Command::new("kill").args(["-TERM", &id]).status().unwrap();
            }
        }
        let (said, code) = program.finish().unwrap();
        assert_eq!(code, Some(exit::INTERRUPTED.into()), "{told}: {said}");
        assert!(sweep.checkpoints() > 0, "{told}: no checkpoint was written");
        let (said, code) = sweep.begin(&["run"], &asked).finish().unwrap();
        assert_eq!(code, Some(0), "{said}");
    }
}

#[test]
fn one_run_is_computed_by_name_and_its_end_is_told_by_its_code() {
    let sweep = Sweep::local(ITERATIONS);
    let one = |name: &str, request: &Request| sweep.begin(&["run-one", name], request).finish().unwrap();
    let asked = sweep.request(false);
    let name = "search-cifar-sgd-scale-rate-0.01-seed-0";
    let (said, code) = one(name, &asked);
    assert!(code == Some(0) && said.contains("\"stored\":false"), "{said}");
    let (said, code) = one(name, &asked);
    assert!(code == Some(0) && said.contains("\"stored\":true"), "{said}");
    let (said, code) = one("no-such-run", &asked);
    assert!(code == Some(exit::USAGE.into()) && said.contains("run no-such-run: "), "{said}");
    // A run of the second stage is unknown until the first stage is stored.
    let second = "cifar-sgd-scale-rate-0.01-seed-0";
    assert_eq!(one(second, &asked).1, Some(exit::USAGE.into()));
    let searched = ["sgd-scale_bias-rate-0.01", "adam-scale-rate-0.001", "adam-scale_bias-rate-0.001"];
    let searched = searched.map(|run| format!("search-cifar-{run}-seed-0"));
    let literal = "start-cifar-sgd-bias_then_scale-rate-0.01-seed-0".to_owned();
    for run in [literal].iter().chain(&searched) {
        assert_eq!(one(run, &asked).1, Some(0));
    }
    assert_eq!(one(second, &asked).1, Some(0));
    let failing = Request { store: sweep.folder.path().join("out-of-the-way"), ..asked };
    fs::write(&failing.store, "a file where the store should be").unwrap();
    assert_eq!(one(name, &failing).1, Some(exit::FAILED.into()));
}
