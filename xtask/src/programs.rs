//! Programs that are held while they are used, by links in a folder of the store: another build, here or in another checkout
//! with the same target folder, puts its own in their places. The folder is locked, so that one left behind by a killed
//! process can be told from one in use.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use runner::atomic::UNFINISHED;
use tempfile::TempDir;

/// A folder that has no lock for so long was left behind.
const MAKING: Duration = Duration::from_secs(600);

/// Links to programs, which go with this.
#[derive(Debug)]
pub struct Held {
    // Unlocked before it is removed.
    _lock: File,
    _folder: TempDir,
}

impl Held {
    /// Makes the links and puts them in the places of the programs. Where no link can be made the place itself is used. What
    /// was left behind goes.
    pub fn all<'a>(store: &Path, programs: impl Iterator<Item = &'a mut PathBuf>) -> io::Result<Self> {
        fs::create_dir_all(store)?;
        left(store).iter().for_each(|folder| drop(fs::remove_dir_all(folder)));
        let folder = tempfile::Builder::new().prefix(UNFINISHED).tempdir_in(store)?;
        let lock = File::create(folder.path().join("lock"))?;
        lock.try_lock()?;
        for program in programs {
            let link = folder.path().join(program.file_name().unwrap_or_default());
            if fs::hard_link(&*program, &link).is_ok() {
                *program = link;
            }
        }
        Ok(Self { _lock: lock, _folder: folder })
    }
}

/// Folders of links that nobody uses any more.
pub fn left(store: &Path) -> Vec<PathBuf> {
    let is_left = |folder: &PathBuf| match File::open(folder.join("lock")) {
        Ok(lock) => lock.try_lock().is_ok(),
        Err(_) => {
            let made = fs::metadata(folder).and_then(|folder| folder.modified());
            made.is_ok_and(|made| made.elapsed().is_ok_and(|elapsed| elapsed >= MAKING))
        }
    };
    let folders = fs::read_dir(store).into_iter().flatten().flatten();
    let ours = folders.filter(|entry| entry.file_name().to_string_lossy().starts_with(UNFINISHED));
    ours.map(|entry| entry.path()).filter(|path| path.is_dir()).filter(is_left).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_held_when_another_takes_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let (store, place) = (folder.path().join("store"), folder.path().join("theory"));
        fs::write(&place, "ours").unwrap();
        let mut program = place.clone();
        let held = Held::all(&store, [&mut program].into_iter()).unwrap();
        fs::remove_file(&place).unwrap();
        fs::write(&place, "another's").unwrap();
        assert_eq!(fs::read_to_string(&program).unwrap(), "ours");
        assert!(left(&store).is_empty(), "it is in use");
        drop(held);
        assert_eq!(fs::read_dir(&store).unwrap().count(), 0);
    }

    #[test]
    fn what_a_killed_process_left_goes_with_the_next() {
        let store = tempfile::tempdir().unwrap();
        let killed = store.path().join(format!("{UNFINISHED}killed"));
        fs::create_dir(&killed).unwrap();
        assert!(left(store.path()).is_empty(), "it may just be made");
        fs::write(killed.join("lock"), "").unwrap();
        fs::write(killed.join("theory"), "a program").unwrap();
        assert_eq!(left(store.path()), std::slice::from_ref(&killed));
        let _held = Held::all(store.path(), std::iter::empty()).unwrap();
        assert!(!killed.exists());
    }
}
