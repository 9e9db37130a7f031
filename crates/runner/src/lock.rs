//! One `reproduce` at a time: a lock file that names its holder.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A lock on the project's store. The operating system releases it when the process ends, however it ends.
#[derive(Debug)]
pub struct Lock {
    path: PathBuf,
    file: File,
    note: PathBuf,
}

/// The lock could not be taken.
#[derive(Debug, thiserror::Error)]
#[error("cannot lock {}", .path.display())]
pub struct LockError {
    path: PathBuf,
    source: io::Error,
}

/// A lock that is held until this is dropped.
#[derive(Debug)]
#[must_use = "the lock is held as long as this lives"]
pub struct Held<'a>(&'a File);

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
        match open() {
            Ok(file) => Ok(Self { path, file, note: folder.join("lock-holder") }),
            Err(source) => Err(LockError { path, source }),
        }
    }

    /// Takes the lock, waiting for it. If another process holds it, `waiting` is told once who that is.
    ///
    /// # Errors
    /// When locking fails for another reason than the lock being held, such as a file system that has no locks.
    pub fn take(&mut self, holder: &str, waiting: impl FnOnce(&str)) -> Result<Held<'_>, LockError> {
        let taken = match self.file.try_lock() {
            Err(TryLockError::WouldBlock) => {
                let note = fs::read_to_string(&self.note).unwrap_or_default();
                waiting(note.lines().next().unwrap_or("another process"));
                self.file.lock()
            }
            Err(TryLockError::Error(source)) => Err(source),
            Ok(()) => Ok(()),
        };
        taken.map_err(|source| LockError { path: self.path.clone(), source })?;
        // The note only informs: without it, waiting processes say "another process".
        let _ = File::create(&self.note).and_then(|mut note| writeln!(note, "{holder}"));
        Ok(Held(&self.file))
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        // Closing the file releases the lock as well.
        let _ = self.0.unlock();
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
