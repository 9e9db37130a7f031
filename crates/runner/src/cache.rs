//! The run cache: results under the hash of their key, checked on reading, written atomically.
//!
//! An entry is one file, `<cache>/runs/<section>/<hash>.run`: a line with the BLAKE3 checksum of the rest, a line with the
//! [`Header`] as JSON, then the result's bytes.

use std::fs;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use crate::{Key, atomic};

/// What an entry says about itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// The run's name within its section.
    pub run: String,
    /// Its key, with the parts.
    pub key: Key,
    /// How long it took.
    pub seconds: f64,
    /// When it was finished, seconds since 1970.
    pub finished: u64,
    /// Peak memory of the process that computed it, in bytes, where the system tells.
    pub peak_memory_bytes: Option<u64>,
}

/// What was found under a key.
#[derive(Debug)]
pub enum Lookup {
    /// A sound entry.
    Found(Header, Vec<u8>),
    /// No entry.
    Missing,
    /// An entry that fails its checksum or cannot be read; the reason.
    Damaged(String),
}

/// An entry could not be stored.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// The file system said no.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The header does not serialise.
    #[error("cannot describe the run: {0}")]
    Header(#[from] serde_json::Error),
}

/// How much the cache holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Usage {
    /// Number of entries.
    pub entries: usize,
    /// Their bytes, and those of unfinished files.
    pub bytes: u64,
    /// Files left behind by killed processes.
    pub unfinished: usize,
}

/// The runs of one section.
#[derive(Debug, Clone)]
pub struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// The cache of the section with this folder name, below the cache folder of the project.
    pub fn of_section(cache: &Path, section: &str) -> Self {
        Self { folder: cache.join("runs").join(section) }
    }

    fn path(&self, key: &Key) -> PathBuf {
        self.folder.join(format!("{}.run", key.hash()))
    }

    /// Looks a run up and verifies its checksum. Finding it marks it as used now.
    pub fn look_up(&self, key: &Key) -> Lookup {
        let path = self.path(key);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Lookup::Missing,
            Err(error) => return Lookup::Damaged(error.to_string()),
        };
        match parse(&bytes) {
            Ok((header, _)) if header.key != *key => Lookup::Damaged("it belongs to another key".to_owned()),
            Ok((header, payload)) => {
                // Only pruning looks at the time of last use, so failing to note it costs nothing.
                let _ = fs::File::open(&path).and_then(|file| file.set_modified(SystemTime::now()));
                Lookup::Found(header, payload.to_vec())
            }
            Err(why) => Lookup::Damaged(why),
        }
    }

    /// Whether an entry stands under the key and is sound.
    pub fn state(&self, key: &Key) -> Lookup {
        match self.look_up(key) {
            Lookup::Found(header, _) => Lookup::Found(header, Vec::new()),
            other => other,
        }
    }

    /// Stores a result.
    ///
    /// # Errors
    /// [`CacheError`]; nothing half-written stays under the key.
    pub fn store(&self, header: &Header, payload: &[u8]) -> Result<(), CacheError> {
        let mut body = serde_json::to_vec(header)?;
        body.push(b'\n');
        body.extend_from_slice(payload);
        let checksum = blake3::hash(&body).to_hex();
        atomic::write_with(&self.path(&header.key), |file| {
            file.write_all(checksum.as_bytes())?;
            file.write_all(b"\n")?;
            file.write_all(&body)
        })?;
        Ok(())
    }

    /// The header of the newest other entry of the run with this name: what the run was when it was last done.
    pub fn latest(&self, run: &str) -> Option<Header> {
        let headers = entries(&self.folder).into_iter().filter_map(|path| read_header(&path));
        headers.filter(|header| header.run == run).max_by_key(|header| header.finished)
    }

    /// Counts entries and bytes of a section's cache or, given the project's cache folder, of all.
    pub fn usage(folder: &Path) -> Usage {
        let mut usage = Usage::default();
        for path in files(folder) {
            usage.bytes += fs::metadata(&path).map_or(0, |metadata| metadata.len());
            match path.extension().is_some_and(|extension| extension == "run") {
                true => usage.entries += 1,
                false if is_unfinished(&path) => usage.unfinished += 1,
                false => {}
            }
        }
        usage
    }

    /// Removes entries that have not been used for `age`, damaged entries, and files left behind by killed processes.
    /// Says what was removed.
    ///
    /// # Errors
    /// When a file cannot be removed.
    pub fn prune(folder: &Path, age: Duration, dry_run: bool) -> io::Result<Usage> {
        let mut removed = Usage::default();
        for path in files(folder) {
            let metadata = fs::metadata(&path)?;
            let unused = metadata.modified()?.elapsed().is_ok_and(|elapsed| elapsed >= age);
            let is_entry = path.extension().is_some_and(|extension| extension == "run");
            let damaged = is_entry && fs::read(&path).is_ok_and(|bytes| parse(&bytes).is_err());
            if !(is_unfinished(&path) || is_entry && (unused || damaged)) {
                continue;
            }
            removed.bytes += metadata.len();
            removed.entries += usize::from(is_entry);
            removed.unfinished += usize::from(!is_entry);
            if !dry_run {
                fs::remove_file(&path)?;
            }
        }
        Ok(removed)
    }
}

fn is_unfinished(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(atomic::UNFINISHED))
}

fn parse(bytes: &[u8]) -> Result<(Header, &[u8]), String> {
    let line =
        |bytes: &[u8]| bytes.iter().position(|&byte| byte == b'\n').ok_or("it is cut short".to_owned());
    let end = line(bytes)?;
    let (checksum, body) = (&bytes[..end], &bytes[end + 1..]);
    if blake3::hash(body).to_hex().as_bytes() != checksum {
        return Err("its checksum does not match".to_owned());
    }
    let end = line(body)?;
    let header =
        serde_json::from_slice(&body[..end]).map_err(|error| format!("its header is unreadable: {error}"))?;
    Ok((header, &body[end + 1..]))
}

fn read_header(path: &Path) -> Option<Header> {
    let mut lines = BufReader::new(fs::File::open(path).ok()?).split(b'\n');
    let header = lines.nth(1)?.ok()?;
    serde_json::from_slice(&header).ok()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = files(folder)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "run"))
        .collect();
    paths.sort();
    paths
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(listing) = fs::read_dir(folder) else { return Vec::new() };
    let paths = listing.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Part;

    fn header(run: &str, seed: &str, finished: u64) -> Header {
        Header {
            run: run.to_owned(),
            key: Key::new(vec![Part::new("seed", seed)]),
            seconds: 1.5,
            finished,
            peak_memory_bytes: None,
        }
    }

    fn cache() -> (tempfile::TempDir, Cache) {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::of_section(folder.path(), "3.1-theory");
        (folder, cache)
    }

    #[test]
    fn what_is_stored_is_found() {
        let (_folder, cache) = cache();
        let header = header("grid", "1", 7);
        assert!(matches!(cache.look_up(&header.key), Lookup::Missing));
        cache.store(&header, b"payload\nwith\0bytes").unwrap();
        let Lookup::Found(found, payload) = cache.look_up(&header.key) else { panic!("not found") };
        assert_eq!((found, payload.as_slice()), (header, b"payload\nwith\0bytes".as_slice()));
    }

    #[test]
    fn any_flipped_or_missing_byte_is_noticed() {
        let (_folder, cache) = cache();
        let header = header("grid", "1", 7);
        cache.store(&header, b"payload").unwrap();
        let path = cache.path(&header.key);
        let sound = fs::read(&path).unwrap();
        for position in 0..sound.len() {
            let mut damaged = sound.clone();
            damaged[position] ^= 1;
            fs::write(&path, &damaged).unwrap();
            assert!(matches!(cache.look_up(&header.key), Lookup::Damaged(_)), "byte {position} flipped");
            fs::write(&path, &sound[..position]).unwrap();
            assert!(matches!(cache.look_up(&header.key), Lookup::Damaged(_)), "cut at {position}");
        }
    }

    #[test]
    fn the_newest_entry_of_a_run_is_the_one_compared_with() {
        let (_folder, cache) = cache();
        cache.store(&header("grid", "1", 7), b"").unwrap();
        cache.store(&header("grid", "2", 9), b"").unwrap();
        cache.store(&header("other", "3", 11), b"").unwrap();
        assert_eq!(cache.latest("grid"), Some(header("grid", "2", 9)));
        assert_eq!(cache.latest("nothing"), None);
    }

    #[test]
    fn pruning_takes_the_old_the_damaged_and_the_unfinished() {
        let (folder, cache) = cache();
        for seed in ["old", "damaged", "fresh"] {
            cache.store(&header("grid", seed, 7), b"payload").unwrap();
        }
        let path = |seed| cache.path(&header("grid", seed, 7).key);
        let long_ago = SystemTime::now() - Duration::from_secs(1000);
        fs::File::options().write(true).open(path("old")).unwrap().set_modified(long_ago).unwrap();
        fs::write(path("damaged"), b"rubbish").unwrap();
        fs::write(cache.folder.join(format!("{}x", atomic::UNFINISHED)), b"half").unwrap();

        let hundred = Duration::from_secs(100);
        let planned = Cache::prune(folder.path(), hundred, true).unwrap();
        assert_eq!(Cache::usage(folder.path()).entries, 3, "a dry run removes nothing");
        let removed = Cache::prune(folder.path(), hundred, false).unwrap();
        assert_eq!(planned, removed);
        assert_eq!((removed.entries, removed.unfinished), (2, 1));
        assert!(path("fresh").exists() && !path("old").exists() && !path("damaged").exists());
    }
}
