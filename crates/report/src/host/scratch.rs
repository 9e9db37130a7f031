//! The folder in which a run keeps what it needs to continue after an interruption:
//! `<cache>/checkpoints/<hash of the run's key>`. It lives from the run's first checkpoint until its result is cached.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use runner::Key;

/// The folder of one run.
pub(super) struct Scratch(PathBuf);

impl Scratch {
    /// Of the run with this key, below the cache folder of the project.
    pub(super) fn of(cache: &Path, key: &Key) -> Self {
        Self(cache.join("checkpoints").join(key.hash()))
    }

    /// Where it is, or will be.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Removes it with all that is in it.
    ///
    /// # Errors
    /// When something is there and stays.
    pub(super) fn clear(&self) -> io::Result<()> {
        match fs::remove_dir_all(&self.0) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use runner::Part;

    #[test]
    fn each_key_has_a_folder_of_its_own_and_clearing_leaves_the_others() {
        let cache = tempfile::tempdir().unwrap();
        let scratch = |seed| Scratch::of(cache.path(), &Key::new(vec![Part::new("seed", seed)]));
        for seed in ["1", "2"] {
            fs::create_dir_all(scratch(seed).path()).unwrap();
            fs::write(scratch(seed).path().join("checkpoint"), seed).unwrap();
        }
        scratch("1").clear().unwrap();
        assert!(!scratch("1").path().exists());
        assert_eq!(fs::read(scratch("2").path().join("checkpoint")).unwrap(), b"2");
        scratch("1").clear().unwrap();
    }
}
