use std::cell::RefCell;

use super::*;
use crate::experiment::params::smoke;
use crate::experiment::runs::runs;

fn run() -> Run {
    runs(&smoke()).remove(0)
}

fn generations(folder: &Path, seed: u64) -> Generations {
    Generations::new(folder, 10, Identity::of(&run(), seed, Source::StandIn).unwrap())
}

fn checkpoint(steps: u64) -> Checkpoint {
    Checkpoint {
        parameters: vec![vec![0.5, f32::MIN_POSITIVE], vec![-3.0; 40]],
        steps,
        memory: vec![vec![1.0; 42]],
        outcome: Outcome {
            source: Source::StandIn,
            parameters: 42,
            losses: (0..steps).map(|step| 2.0 - step as f32 / 100.0).collect(),
            diverged: None,
            start: Vec::new(),
            observations: Vec::new(),
            seconds: 1.5,
        },
    }
}

/// The newest checkpoint's steps, and what was said.
fn newest(generations: &Generations) -> (Option<u64>, Vec<String>) {
    let said = RefCell::new(Vec::new());
    let found = generations.newest(|message| said.borrow_mut().push(message.to_owned()));
    (found.map(|checkpoint| checkpoint.steps), said.into_inner())
}

fn silent(message: &str) {
    panic!("{message}");
}

#[test]
fn the_newest_of_two_generations_is_taken_up() {
    let folder = tempfile::tempdir().unwrap();
    let kept = generations(&folder.path().join("deep"), 1);
    assert_eq!(newest(&kept), (None, Vec::new()));
    for steps in [10, 20, 30] {
        kept.keep(&checkpoint(steps), silent);
        assert_eq!(kept.newest(silent), Some(checkpoint(steps)));
    }
    assert_eq!(fs::read_dir(folder.path().join("deep")).unwrap().count(), 2);
}

#[test]
fn a_damaged_checkpoint_falls_back_to_the_one_before_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let kept = generations(folder.path(), 1);
    for steps in [10, 20] {
        kept.keep(&checkpoint(steps), silent);
    }
    let file = kept.file_after(20).to_path_buf();
    let sound = fs::read(&file).unwrap();
    for place in (0..sound.len()).step_by(7) {
        let mut damaged = sound.clone();
        damaged[place] ^= 4;
        fs::write(&file, &damaged).unwrap();
        let (steps, said) = newest(&kept);
        assert_eq!(steps, Some(10), "byte {place} flipped");
        assert!(said[0].contains("even.checkpoint is passed over: its checksum"), "{said:?}");
        fs::write(&file, &sound[..place]).unwrap();
        assert_eq!(newest(&kept).0, Some(10), "cut at {place}");
    }
    fs::write(kept.file_after(10), b"rubbish").unwrap();
    let (steps, said) = newest(&kept);
    assert_eq!((steps, said.len()), (None, 2));
}

#[test]
fn a_checkpoint_of_another_configuration_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    generations(folder.path(), 1).keep(&checkpoint(10), silent);
    let (steps, said) = newest(&generations(folder.path(), 2));
    assert_eq!(steps, None);
    assert!(said[0].contains("belongs to another configuration"), "{said:?}");
    let other = |change: fn(&mut Run)| {
        let mut run = run();
        change(&mut run);
        Identity::of(&run, 1, Source::StandIn).unwrap()
    };
    let same = other(|_| {});
    let changes: [fn(&mut Run); 5] = [
        |run| run.rate *= 2.0,
        |run| run.batch += 1,
        |run| run.iterations += 1,
        |run| run.initialisation = crate::experiment::choices::Initialisation::BatchNorm,
        |run| run.width_multiplier *= 2.0,
    ];
    assert!(changes.into_iter().all(|change| other(change) != same));
    // How often checkpoints are made changes no result.
    assert_eq!(other(|run| run.checkpoint_every += 1), same);
}

/// A file system that takes no more: here a folder stands where the file should go, so that the write fails at its end.
#[test]
fn a_checkpoint_that_cannot_be_written_leaves_the_last_good_one() {
    let folder = tempfile::tempdir().unwrap();
    let kept = generations(folder.path(), 1);
    kept.keep(&checkpoint(10), silent);
    fs::create_dir(kept.file_after(20)).unwrap();
    let said = RefCell::new(Vec::new());
    kept.keep(&checkpoint(20), |message| said.borrow_mut().push(message.to_owned()));
    assert!(said.borrow()[0].contains("no checkpoint after 20 steps: cannot write"), "{said:?}");
    assert_eq!(newest(&kept).0, Some(10));
    let files = fs::read_dir(folder.path()).unwrap();
    assert_eq!(files.count(), 2, "nothing unfinished stays behind");
}
