//! Checkpoints as files: two generations take turns, so that neither a kill, nor a full disk, nor a damaged file costs more
//! than the steps between two checkpoints. They lie in `<store>/checkpoints/<hash of the run's key>` from the first one until the
//! run's result is stored.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use experiment::Checkpoints;

use crate::{Key, atomic};

/// Bytes of a checksum and of a number of steps.
const CHECKSUM: usize = blake3::OUT_LEN;
const STEPS: usize = size_of::<u64>();

/// The checkpoints of one run: a checksum of what follows, the number of steps, and what the run wrote.
#[derive(Debug)]
pub struct CheckpointFiles {
    folder: PathBuf,
    /// Which of the two is to be written next.
    next: Mutex<usize>,
    warn: fn(&str),
}

impl CheckpointFiles {
    /// Those of the run with this key. Nothing needs to exist yet.
    pub fn of(store: &Path, key: &Key, warn: fn(&str)) -> Self {
        Self { folder: store.join("checkpoints").join(key.hash()), next: Mutex::new(0), warn }
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

    fn file(&self, generation: usize) -> PathBuf {
        self.folder.join(["a.checkpoint", "b.checkpoint"][generation % 2])
    }

    /// Steps and content of a generation; none where there is no file. One that is damaged is told of and passed over.
    fn read(&self, generation: usize) -> Option<(u64, Vec<u8>)> {
        let path = self.file(generation);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return None,
            Err(error) => {
                (self.warn)(&format!("the checkpoint {} is passed over: {error}", path.display()));
                return None;
            }
        };
        let sound =
            bytes.split_at_checked(CHECKSUM).filter(|(sum, rest)| blake3::hash(rest).as_bytes() == sum);
        let parts = sound.and_then(|(_, rest)| rest.split_first_chunk::<STEPS>());
        if parts.is_none() {
            (self.warn)(&format!("the checkpoint {} is passed over: it is damaged", path.display()));
        }
        parts.map(|(steps, content)| (u64::from_le_bytes(*steps), content.to_vec()))
    }
}

impl Checkpoints for CheckpointFiles {
    fn newest(&self) -> Option<Vec<u8>> {
        let sound = (0..2).filter_map(|generation| Some((generation, self.read(generation)?)));
        let (generation, (_, content)) = sound.max_by_key(|(_, (steps, _))| *steps)?;
        *self.next.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = generation + 1;
        Some(content)
    }

    fn keep(&self, step: u64, checkpoint: &[u8]) {
        let mut next = self.next.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut body = step.to_le_bytes().to_vec();
        body.extend_from_slice(checkpoint);
        let written = atomic::write_with(&self.file(*next), |file| {
            file.write_all(blake3::hash(&body).as_bytes())?;
            file.write_all(&body)
        });
        match written {
            Ok(()) => *next += 1,
            Err(error) => {
                (self.warn)(&format!("no checkpoint after {step} steps: {error}; the one before it stands"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Part;

    fn files(store: &Path, seed: &str) -> CheckpointFiles {
        CheckpointFiles::of(store, &Key::new(vec![Part::new("seed", seed)]), |_| ())
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
        let newest = run.file(0);
        for damage in [b"".as_slice(), b"short", &[7; 60]] {
            fs::write(&newest, damage).unwrap();
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
    fn a_checkpoint_that_cannot_be_kept_stops_nothing() {
        let store = tempfile::tempdir().unwrap();
        fs::write(store.path().join("checkpoints"), "in the way").unwrap();
        files(store.path(), "1").keep(1, b"x");
        assert_eq!(files(store.path(), "1").newest(), None);
    }
}
