//! One at a time: a lock file, and beside it the name of its holder.

use std::fs::{self, File, TryLockError};
use std::io::Write;
use std::path::Path;

use crate::{CommandError, FileError};

/// A lock that is held until this is dropped. The operating system releases it when the process ends, however it ends.
#[derive(Debug)]
#[must_use = "the lock is held as long as this lives"]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock on a file, making it and its folder if need be, for what this process does. Where another holds it,
    /// `told` is told once for whom this one waits; and where the file system has no locks, that others may do the same.
    /// Nothing goes wrong then, but work may be done twice.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn take(path: &Path, what: &str, told: impl Fn(&str)) -> Result<Self, CommandError> {
        Self::take_by(File::try_lock, path, what, told)
    }

    fn take_by(
        try_lock: fn(&File) -> Result<(), TryLockError>,
        path: &Path,
        what: &str,
        told: impl Fn(&str),
    ) -> Result<Self, CommandError> {
        let note = path.with_added_extension("holder");
        let attempt = || {
            path.parent().map_or(Ok(()), fs::create_dir_all)?;
            let file = File::options().create(true).truncate(false).write(true).open(path)?;
            match try_lock(&file) {
                Ok(()) => {}
                Err(TryLockError::Error(error)) => {
                    told(&format!(
                        "nothing keeps others from doing the same: no locks on {} ({error})",
                        path.display()
                    ));
                }
                Err(TryLockError::WouldBlock) => {
                    let holder = fs::read_to_string(&note).unwrap_or_default();
                    let holder = holder.lines().next().unwrap_or("another process");
                    told(&format!("waiting for {holder} to finish"));
                    file.lock()?;
                }
            }
            // The note only informs: without it, waiting processes say "another process".
            let us = format!("process {}: {what}", std::process::id());
            let _ = File::create(&note).and_then(|mut note| writeln!(note, "{us}"));
            Ok(Self { _file: file })
        };
        let locked = attempt().map_err(FileError::of("lock", path));
        locked.map_err(|error| CommandError::from(error).advise("is the store writable?"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};

    /// As NFS without its lock service answers.
    #[test]
    fn where_there_are_no_locks_that_is_told_and_nobody_waits() {
        let folder = tempfile::tempdir().unwrap();
        let refuse = |_: &File| Err(TryLockError::Error(std::io::Error::other("No locks available")));
        let told = std::cell::RefCell::new(Vec::new());
        let take = || {
            Lock::take_by(refuse, &folder.path().join("lock"), "", |said| {
                told.borrow_mut().push(said.to_owned())
            })
        };
        let (_first, _second) = (take().unwrap(), take().unwrap());
        let told = told.into_inner();
        let tells =
            |said: &String| said.contains("nothing keeps others from") && said.contains("No locks available");
        assert!(told.len() == 2 && told.iter().all(tells), "{told:?}");
    }

    #[test]
    fn the_second_waits_and_is_told_who_holds_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/lock");
        let first = Lock::take(&path, "reproduce", |_| panic!("nobody holds it")).unwrap();
        let released = AtomicBool::new(false);
        let (told, hear) = std::sync::mpsc::channel();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let _second = Lock::take(&path, "", |message| told.send(message.to_owned()).unwrap());
                assert!(released.load(Ordering::SeqCst), "taken while held");
            });
            let us = std::process::id();
            assert_eq!(hear.recv().unwrap(), format!("waiting for process {us}: reproduce to finish"));
            released.store(true, Ordering::SeqCst);
            drop(first);
        });
    }
}
