//! One `reproduce` at a time: a lock file that names its holder.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use fd_lock::{RwLock, RwLockWriteGuard};

/// A lock on the project's cache. The operating system releases it when the process ends, however it ends.
#[derive(Debug)]
pub struct Lock {
    file: RwLock<File>,
    note: std::path::PathBuf,
}

/// The lock could not be taken.
#[derive(Debug, thiserror::Error)]
#[error("cannot lock {path}: {error}")]
pub struct LockError {
    path: String,
    error: io::Error,
}

impl Lock {
    /// Opens the lock file in this folder, making both if need be.
    ///
    /// # Errors
    /// When the folder or file cannot be made.
    pub fn in_folder(folder: &Path) -> Result<Self, LockError> {
        let path = folder.join("lock");
        let open = || {
            fs::create_dir_all(folder)?;
            File::options().create(true).truncate(false).write(true).open(&path)
        };
        let file = open().map_err(|error| LockError { path: path.display().to_string(), error })?;
        Ok(Self { file: RwLock::new(file), note: folder.join("lock-holder") })
    }

    /// Takes the lock, waiting for it. If another process holds it, `waiting` is told once who that is.
    ///
    /// # Errors
    /// When locking fails for another reason than the lock being held.
    pub fn take(
        &mut self,
        holder: &str,
        waiting: impl FnOnce(&str),
    ) -> Result<RwLockWriteGuard<'_, File>, LockError> {
        let path = self.note.display().to_string();
        let failed = |error| LockError { path, error };
        // Borrowing the guard of a first attempt for the whole function would forbid a second one, so it only probes.
        if self.file.try_write().is_err() {
            let note = fs::read_to_string(&self.note).unwrap_or_default();
            waiting(note.lines().next().unwrap_or("another process"));
        }
        let guard = self.file.write().map_err(failed)?;
        // The note only informs: without it, waiting processes say "another process".
        let _ = File::create(&self.note).and_then(|mut note| writeln!(note, "{holder}"));
        Ok(guard)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};

    #[test]
    fn the_second_waits_and_is_told_who_holds_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut first = Lock::in_folder(folder.path()).unwrap();
        let guard = first.take("process 1: reproduce", |_| panic!("nobody holds it")).unwrap();
        let released = AtomicBool::new(false);
        let (told, hear) = std::sync::mpsc::channel();
        std::thread::scope(|scope| {
            let (path, released) = (folder.path(), &released);
            scope.spawn(move || {
                let mut second = Lock::in_folder(path).unwrap();
                let _guard =
                    second.take("process 2", |holder| told.send(holder.to_owned()).unwrap()).unwrap();
                assert!(released.load(Ordering::SeqCst), "taken while held");
            });
            assert_eq!(hear.recv().unwrap(), "process 1: reproduce");
            released.store(true, Ordering::SeqCst);
            drop(guard);
        });
    }
}
