//! What was begun and is not finished: the request of a section's work, kept until that work is done, so that what is
//! there of a sweep can be adopted; and since when runs are repeated, so that a repetition can be interrupted.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use runner::messages::Request;
use runner::{CommandError, FileError, atomic};

/// Where a note is kept, by its kind and what it is of.
fn file(store: &Path, of: &str) -> PathBuf {
    store.join("begun").join(format!("{}.json", &blake3::hash(of.as_bytes()).to_hex()[..16]))
}

fn remove(note: &Path) -> io::Result<()> {
    match fs::remove_file(note) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Takes note of work that begins.
pub fn note(request: &Request) -> Result<(), CommandError> {
    let place = file(&request.store, &request.out.to_string_lossy());
    Ok(atomic::write(&place, &serde_json::to_vec(request)?)?)
}

/// Takes note of its end.
pub fn finished(request: &Request) -> io::Result<()> {
    remove(&file(&request.store, &request.out.to_string_lossy()))
}

/// The request of work on a section that was begun and is not finished, by the folder of its results. A note that cannot
/// be read, such as one of an older version, is none.
pub fn unfinished(store: &Path, out: &Path) -> Option<Request> {
    let text = fs::read(file(store, &out.to_string_lossy())).ok()?;
    serde_json::from_slice(&text).ok()
}

/// Since when a command repeats runs. Interrupted, the same command goes on with what it began; without `--force` it ends
/// that.
pub struct Repetition {
    note: PathBuf,
    /// Runs that were finished then or before are to be repeated, in seconds since 1970.
    pub since: u64,
    /// Whether it was begun earlier.
    pub goes_on: bool,
}

impl Repetition {
    /// That of a command, in words that tell it from others.
    pub fn of(store: &Path, command: &str) -> Self {
        let note = file(store, &format!("--force {command}"));
        let earlier = fs::read_to_string(&note).ok().and_then(|text| text.parse().ok());
        let now = UNIX_EPOCH.elapsed().map_or(0, |since| since.as_secs());
        Self { note, since: earlier.unwrap_or(now), goes_on: earlier.is_some() }
    }

    /// Takes note of its begin.
    pub fn begin(&self) -> Result<(), FileError> {
        atomic::write_if_changed(&self.note, self.since.to_string().as_bytes()).map(drop)
    }

    /// Takes note of its end.
    pub fn end(&self) -> io::Result<()> {
        remove(&self.note)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_stands_from_begin_to_end() {
        let folder = tempfile::tempdir().unwrap();
        let mut begun = Request::bare(folder.path(), "sources");
        begun.sets.push(("iterations".to_owned(), "500".to_owned()));
        let there = Path::new("/out/4-batchnorm");
        assert_eq!(unfinished(&begun.store, &begun.out), None);
        note(&begun).unwrap();
        assert_eq!(unfinished(&begun.store, &begun.out), Some(begun.clone()));
        assert_eq!(unfinished(&begun.store, there), None);
        finished(&begun).unwrap();
        assert_eq!(unfinished(&begun.store, &begun.out), None);
        finished(&begun).unwrap();
    }

    #[test]
    fn a_repetition_goes_on_until_it_ends() {
        let store = tempfile::tempdir().unwrap();
        let of = |command| Repetition::of(store.path(), command);
        let begun = Repetition { since: 7, ..of("5 --seed 1") };
        assert!(!begun.goes_on);
        begun.begin().unwrap();
        assert_eq!((of("5 --seed 1").since, of("5 --seed 1").goes_on), (7, true));
        assert!(!of("5 --seed 2").goes_on && of("5 --seed 2").since > 7);
        begun.end().unwrap();
        begun.end().unwrap();
        assert!(!of("5 --seed 1").goes_on);
    }
}
