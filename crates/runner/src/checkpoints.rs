//! Checkpoints as files: the last two stand, so that neither a kill, nor a full disk, nor a damaged file costs more than the
//! steps between two checkpoints. They lie in `<store>/checkpoints/<hash of the run's key>` from the first one until the run's
//! result is stored, and each says with what arithmetic its steps were computed. A cluster may have begun a run anew while the
//! first instance of it, on a node that was taken for lost, is still alive: each writes files of its own name, either can go
//! on from the other's, and none removes what is newer than its own.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use experiment::Checkpoints;

use crate::{Key, atomic};

/// Bytes of a checksum and of a number.
const CHECKSUM: usize = blake3::OUT_LEN;
const NUMBER: usize = size_of::<u64>();
const EXTENSION: &str = "checkpoint";
/// Set in the number of steps where the arithmetic is told behind it. Older checkpoints do not tell.
const TELLS: u64 = 1 << 63;

/// The checkpoints of one run: a checksum of what follows, the number of steps, with what arithmetic they were computed (the
/// length of its name, and its name), and what the run wrote.
#[derive(Debug)]
pub struct CheckpointFiles {
    folder: PathBuf,
    here: String,
    /// Tells the files of this instance of the run from those of others.
    instance: String,
    state: Mutex<State>,
    warn: fn(&str),
}

#[derive(Debug, Default)]
struct State {
    /// Steps at the last checkpoint.
    last: u64,
    /// Whether the run went on from a checkpoint.
    went_on: bool,
    /// The arithmetic of that checkpoint, where that is not the one of here.
    went_on_from: Option<String>,
}

/// A checkpoint as it was read.
struct Checkpoint {
    steps: u64,
    arithmetic: String,
    content: Vec<u8>,
}

impl CheckpointFiles {
    /// Those of the run with this key, computed here with this arithmetic. Nothing needs to exist yet.
    pub fn of(store: &Path, key: &Key, arithmetic: &str, warn: fn(&str)) -> Self {
        let folder = store.join("checkpoints").join(key.hash());
        let instance = format!("{}-{}", crate::host(), std::process::id());
        Self { folder, here: arithmetic.to_owned(), instance, state: Mutex::default(), warn }
    }

    /// Removes them.
    ///
    /// # Errors
    /// When something is there and stays.
    pub fn clear(&self) -> io::Result<()> {
        match fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Removes those made before a time, in seconds since 1970.
    ///
    /// # Errors
    /// When something is there and stays.
    pub fn clear_before(&self, time: u64) -> io::Result<()> {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(time);
        for file in self.files() {
            match fs::metadata(&file).and_then(|file| file.modified()) {
                Ok(made) if made < time => fs::remove_file(&file)?,
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    /// The arithmetic of the checkpoint that the run went on from, with that of the checkpoints before it, where it is not the
    /// one of here.
    pub fn went_on_from(&self) -> Option<String> {
        self.state().went_on_from.clone()
    }

    /// Whether the run went on from a checkpoint.
    pub fn went_on(&self) -> bool {
        self.state().went_on
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The checkpoints that are there, of whichever instance.
    fn files(&self) -> Vec<PathBuf> {
        let listing = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let mut files: Vec<PathBuf> = listing.map(|entry| entry.path()).collect();
        files.retain(|file| file.extension().is_some_and(|kind| kind == EXTENSION));
        files.sort();
        files
    }

    /// Removes checkpoints after fewer steps than these.
    fn remove_before(&self, steps: u64) {
        for file in self.files() {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let of = name.split('-').next().and_then(|steps| steps.parse::<u64>().ok());
            if of.is_none_or(|of| of < steps) {
                // What stays is removed with the others once the run is done.
                let _ = fs::remove_file(&file);
            }
        }
    }

    /// A checkpoint; none where the file is gone. One that is damaged is told of and passed over.
    fn read(&self, path: &Path) -> Option<Checkpoint> {
        let read = match fs::read(path) {
            Ok(bytes) => parse(&bytes).ok_or_else(|| "it is damaged".to_owned()),
            Err(error) if error.kind() == ErrorKind::NotFound => return None,
            Err(error) => Err(error.to_string()),
        };
        let told = |why| (self.warn)(&format!("the checkpoint {} is passed over: {why}", path.display()));
        read.map_err(told).ok()
    }
}

fn parse(bytes: &[u8]) -> Option<Checkpoint> {
    let (sum, rest) = bytes.split_at_checked(CHECKSUM)?;
    let (steps, rest) = rest.split_first_chunk::<NUMBER>()?;
    let steps = u64::from_le_bytes(*steps);
    let (arithmetic, content) = if steps & TELLS == 0 {
        ("unknown".to_owned(), rest)
    } else {
        let (length, rest) = rest.split_first_chunk::<NUMBER>()?;
        let (name, content) = rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
        (String::from_utf8(name.to_vec()).ok()?, content)
    };
    let sound = blake3::hash(&bytes[CHECKSUM..]).as_bytes() == sum;
    sound.then(|| Checkpoint { steps: steps & !TELLS, arithmetic, content: content.to_vec() })
}

impl Checkpoints for CheckpointFiles {
    fn newest(&self) -> Option<Vec<u8>> {
        let sound = self.files().iter().filter_map(|file| self.read(file)).max_by_key(|found| found.steps);
        let found = sound?;
        let mut state = self.state();
        state.last = found.steps;
        state.went_on = true;
        state.went_on_from = crate::origin::before(found.arithmetic, &self.here);
        Some(found.content)
    }

    fn keep(&self, step: u64, checkpoint: &[u8]) {
        let mut state = self.state();
        let arithmetic = crate::origin::after(&self.here, state.went_on_from.as_deref());
        let mut body = (step | TELLS).to_le_bytes().to_vec();
        body.extend((arithmetic.len() as u64).to_le_bytes());
        body.extend_from_slice(arithmetic.as_bytes());
        body.extend_from_slice(checkpoint);
        let file = self.folder.join(format!("{step:012}-{}.{EXTENSION}", self.instance));
        let written = atomic::write_with(&file, |file| {
            file.write_all(blake3::hash(&body).as_bytes())?;
            file.write_all(&body)
        });
        match written {
            Ok(()) => {
                self.remove_before(state.last);
                state.last = step;
            }
            Err(error) => (self.warn)(&format!(
                "no checkpoint after {step} steps: {}; the one before it stands",
                experiment::told(&error)
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Part;

    fn files(store: &Path, seed: &str) -> CheckpointFiles {
        with(store, seed, "avx2")
    }

    fn with(store: &Path, seed: &str, arithmetic: &str) -> CheckpointFiles {
        CheckpointFiles::of(store, &Key::new(vec![Part::new("seed", seed)]), arithmetic, |_| ())
    }

    #[test]
    fn the_newest_sound_one_is_found_and_the_older_one_is_replaced() {
        let store = tempfile::tempdir().unwrap();
        let run = files(store.path(), "1");
        assert_eq!(run.newest(), None);
        for step in 1..=5u8 {
            run.keep(step.into(), &[step]);
            assert_eq!(files(store.path(), "1").newest(), Some(vec![step]));
        }
        assert_eq!(files(store.path(), "2").newest(), None, "each key has checkpoints of its own");
        // Whatever happens to the newest, the one before it stands; continuing replaces the damaged one.
        let [_, newest] = &run.files()[..] else { panic!("two stand") };
        for damage in [b"".as_slice(), b"short", &[7; 60]] {
            fs::write(newest, damage).unwrap();
            let again = files(store.path(), "1");
            assert_eq!(again.newest(), Some(vec![4]));
        }
        let again = files(store.path(), "1");
        again.newest();
        again.keep(5, &[50]);
        assert_eq!(again.newest(), Some(vec![50]));
        again.clear().unwrap();
        again.clear().unwrap();
        assert_eq!(again.newest(), None);
    }

    #[test]
    fn a_run_that_goes_on_with_another_arithmetic_says_so() {
        let store = tempfile::tempdir().unwrap();
        let [first, second, third] = ["avx2", "avx512", "avx2"].map(|set| with(store.path(), "1", set));
        first.keep(1, b"one");
        assert_eq!((first.newest(), first.went_on_from()), (Some(b"one".to_vec()), None));
        assert_eq!((second.newest(), second.went_on_from()), (Some(b"one".to_vec()), Some("avx2".into())));
        second.keep(2, b"two");
        // Back on the first machine, the steps between were still computed on the other.
        for _ in 0..2 {
            third.newest();
            assert_eq!(third.went_on_from().unwrap(), "avx512, gone on from avx2");
            third.keep(3, b"three");
        }
    }

    #[test]
    fn two_instances_of_a_run_do_not_harm_each_other() {
        let store = tempfile::tempdir().unwrap();
        let [ahead, behind] = ["n1-7", "n2-7"]
            .map(|instance| CheckpointFiles { instance: instance.to_owned(), ..files(store.path(), "1") });
        for step in 1..=4 {
            ahead.keep(step, b"ahead");
        }
        assert_eq!(behind.newest(), Some(b"ahead".to_vec()));
        ahead.keep(9, b"far ahead");
        for step in 5..=7 {
            behind.keep(step, b"behind");
            assert_eq!(files(store.path(), "1").newest(), Some(b"far ahead".to_vec()));
        }
        ahead.keep(10, b"done");
        ahead.clear().unwrap();
        // Whoever comes last finds what it needs, and removes what it left.
        behind.keep(8, b"behind");
        assert_eq!(behind.newest(), Some(b"behind".to_vec()));
        behind.clear().unwrap();
    }

    #[test]
    fn an_older_checkpoint_is_read_and_does_not_tell_its_arithmetic() {
        let store = tempfile::tempdir().unwrap();
        let run = files(store.path(), "1");
        let body = [&7_u64.to_le_bytes()[..], b"state"].concat();
        let bytes = [blake3::hash(&body).as_bytes(), &body[..]].concat();
        atomic::write(&run.folder.join("a.checkpoint"), &bytes).unwrap();
        assert_eq!((run.newest(), run.went_on_from()), (Some(b"state".to_vec()), Some("unknown".into())));
        run.keep(8, b"more");
        run.keep(9, b"most");
        assert_eq!(run.files().len(), 2, "and goes when two newer ones stand");
    }

    #[test]
    fn only_those_of_before_are_removed() {
        let store = tempfile::tempdir().unwrap();
        let run = files(store.path(), "1");
        run.clear_before(u64::MAX >> 8).unwrap();
        run.keep(1, b"x");
        run.clear_before(1).unwrap();
        assert!(run.newest().is_some());
        run.clear_before(u64::MAX >> 8).unwrap();
        assert_eq!(run.newest(), None);
    }

    #[test]
    fn a_checkpoint_that_cannot_be_kept_stops_nothing() {
        let store = tempfile::tempdir().unwrap();
        fs::write(store.path().join("checkpoints"), "in the way").unwrap();
        files(store.path(), "1").keep(1, b"x");
        assert_eq!(files(store.path(), "1").newest(), None);
    }
}
