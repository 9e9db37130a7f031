//! The store of runs: results under the hash of their key, checked on reading, written atomically.
//!
//! An entry is one file, `<store>/runs/<section>/<hash>.run`: a line with the BLAKE3 checksum of the rest, a line with the
//! [`Header`] as JSON, then the result's bytes. A record holds the same files compressed, `runs/<hash>.run.gz`, and serves
//! as a second level that is only read, where it is asked for.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};

use crate::{FileError, Key, Origin, atomic};

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
    /// Where and with what it was computed.
    pub origin: Origin,
}

/// Where a run was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// In the store of this checkout.
    Store,
    /// In the section's record.
    Record,
}

/// What was found under a key.
#[derive(Debug)]
pub enum Lookup {
    /// A sound entry.
    Found(Box<Header>, Vec<u8>, Level),
    /// No entry.
    Missing,
    /// An entry that fails its checksum or cannot be read; the reason.
    Damaged(EntryError),
}

/// Why a file is no entry, or not the one that is asked for.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    /// The file system said no, or it is not compressed as it should be.
    #[error("it cannot be read")]
    Unreadable(#[from] io::Error),
    /// It ends too early.
    #[error("it is cut short")]
    Short,
    /// Its content is another than it was.
    #[error("its checksum does not match")]
    Checksum,
    /// Its header is none.
    #[error("its header is unreadable")]
    Header(#[from] serde_json::Error),
    /// It is of another key.
    #[error("it belongs to another key")]
    Key,
    /// It is of the key, and was computed at another place.
    #[error("it was computed elsewhere than what was made of it")]
    Elsewhere,
    /// It was not packed by [`Store::export`].
    #[error("it was not written by `cache export`, or is damaged")]
    Foreign,
    /// An export names something else than runs.
    #[error("it names a place outside the store")]
    Outside,
}

/// An entry could not be stored or copied.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file system said no.
    #[error("the store cannot be read")]
    Io(#[from] io::Error),
    /// An entry cannot be written, or what is exported cannot be written or read.
    #[error(transparent)]
    File(#[from] FileError),
    /// The header does not serialise.
    #[error("a run cannot be described")]
    Header(#[from] serde_json::Error),
    /// A file that is no sound entry, or no sound export.
    #[error("{} cannot be used", .0.display())]
    Unsound(PathBuf, #[source] EntryError),
}

impl StoreError {
    fn unsound(path: &Path) -> impl Fn(EntryError) -> Self {
        move |why| Self::Unsound(path.to_path_buf(), why)
    }
}

/// A file that has been unfinished for so long was left behind.
const WRITING: Duration = Duration::from_secs(600);

/// A run of a record has fewer bytes.
const LARGEST: u64 = 1 << 30;

/// How much the store holds.
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
pub struct Store {
    folder: PathBuf,
    record: Option<PathBuf>,
}

impl Store {
    /// The runs of the section with this folder name, below the store of the project; with a record, those it holds as well.
    pub fn of_section(store: &Path, section: &str, record: Option<&Path>) -> Self {
        let record = record.map(|record| record.join("runs"));
        Self { folder: store.join("runs").join(section), record }
    }

    fn path(&self, key: &Key) -> PathBuf {
        self.folder.join(format!("{}.run", key.hash()))
    }

    /// Looks a run up and verifies its checksum. Finding it in the store marks it as used now.
    pub fn look_up(&self, key: &Key) -> Lookup {
        let path = self.path(key);
        let mut found = read(&path, key, Level::Store);
        if let Lookup::Found(..) = found {
            // Only pruning looks at the time of last use, so failing to note it costs nothing.
            let _ = fs::File::open(&path).and_then(|file| file.set_modified(SystemTime::now()));
        } else if let Some(record) = &self.record {
            let kept = read(&record.join(format!("{}.run.gz", key.hash())), key, Level::Record);
            if !matches!(kept, Lookup::Missing) {
                found = kept;
            }
        }
        found
    }

    /// Stores a result.
    ///
    /// # Errors
    /// [`StoreError`]; nothing half-written stays under the key.
    pub fn store(&self, header: &Header, payload: &[u8]) -> Result<(), StoreError> {
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

    /// The file of a run with this hash that was computed at this place, as a record keeps it: compressed, the same bytes
    /// whenever it is done. Store and record may hold results of one key that were computed at different places.
    ///
    /// # Errors
    /// When it is not there, not sound, or was computed elsewhere.
    pub fn compressed(&self, hash: &str, at: &Origin) -> Result<Vec<u8>, StoreError> {
        let stored = self.folder.join(format!("{hash}.run"));
        let kept = self.record.iter().map(|record| (record.join(format!("{hash}.run.gz")), Level::Record));
        let mut found: Result<Vec<u8>, StoreError> = Err(StoreError::Io(io::ErrorKind::NotFound.into()));
        for (path, level) in [(stored, Level::Store)].into_iter().chain(kept) {
            let sound = |bytes| {
                let bytes = inflated(bytes, level)?;
                let is_it = parse(&bytes)?.0.origin.is_same_place(at);
                if is_it { Ok(bytes) } else { Err(EntryError::Elsewhere) }
            };
            found = match fs::read(&path) {
                Ok(bytes) => sound(bytes).map_err(StoreError::unsound(&path)),
                // That the record lacks it as well says less than what is wrong with the one in the store.
                Err(_) if matches!(found, Err(StoreError::Unsound(..))) => found,
                Err(error) => Err(error.into()),
            };
            if found.is_ok() {
                break;
            }
        }
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&found?)?;
        Ok(encoder.finish()?)
    }

    /// A run as a record keeps it, with what it gave: sound by its checksum, and of the key that its file is named by.
    ///
    /// # Errors
    /// When it is not there or not sound.
    pub fn recorded(path: &Path) -> Result<(Header, Vec<u8>), StoreError> {
        let unsound = StoreError::unsound(path);
        let mut bytes = Vec::new();
        GzDecoder::new(fs::File::open(path)?).take(LARGEST).read_to_end(&mut bytes)?;
        let (header, payload) = parse(&bytes).map_err(&unsound)?;
        let key = Key::new(header.key.parts().to_vec());
        let named = path.file_name().is_some_and(|name| *name == *format!("{key}.run.gz"));
        if key != header.key || !named {
            return Err(unsound(EntryError::Key));
        }
        Ok((header, payload.to_vec()))
    }

    /// Packs all sound runs of a project's store into one file that another checkout can take in. Says how many.
    ///
    /// # Errors
    /// When a run or the file cannot be read or written.
    pub fn export(store: &Path, to: &Path) -> Result<usize, StoreError> {
        let mut paths = entries(&store.join("runs"));
        paths.retain(|path| fs::read(path).is_ok_and(|bytes| parse(&bytes).is_ok()));
        atomic::write_with(to, |file| {
            let mut packed = GzEncoder::new(file, Compression::fast());
            for path in &paths {
                let name = path.strip_prefix(store).unwrap_or(path).to_string_lossy().replace('\\', "/");
                let bytes = fs::read(path)?;
                packed.write_all(format!("{} {name}\n", bytes.len()).as_bytes())?;
                packed.write_all(&bytes)?;
            }
            packed.finish().map(drop)
        })?;
        Ok(paths.len())
    }

    /// Takes in the runs that [`Store::export`] packed: those that are sound and not there yet. Says how many of how many.
    ///
    /// # Errors
    /// When the file is cut short, names a place outside the store or holds a run that is not sound; the runs before it are
    /// kept.
    pub fn import(store: &Path, from: &Path) -> Result<(usize, usize), StoreError> {
        let unsound = StoreError::unsound(from);
        let foreign = || unsound(EntryError::Foreign);
        let file = fs::File::open(from).map_err(FileError::of("read", from))?;
        let mut packed = BufReader::new(GzDecoder::new(file));
        let (mut taken, mut all) = (0, 0);
        let mut line = String::new();
        while packed.read_line(&mut line).map_err(|_| foreign())? > 0 {
            let entry =
                line.trim_end().split_once(' ').and_then(|(size, name)| Some((size.parse().ok()?, name)));
            let (size, name): (u64, &str) = entry.ok_or_else(foreign)?;
            let mut parts = name.split('/');
            let is_run = parts.next() == Some("runs") && parts.clone().count() == 2 && name.ends_with(".run");
            if !is_run || parts.any(|part| part.starts_with('.')) {
                return Err(unsound(EntryError::Outside));
            }
            let mut bytes = Vec::new();
            match packed.by_ref().take(size).read_to_end(&mut bytes) {
                Ok(read) if read as u64 == size => {}
                _ => return Err(unsound(EntryError::Short)),
            }
            parse(&bytes).map_err(StoreError::unsound(Path::new(name)))?;
            let path = store.join(name);
            all += 1;
            if !fs::read(&path).is_ok_and(|there| parse(&there).is_ok()) {
                atomic::write(&path, &bytes)?;
                taken += 1;
            }
            line.clear();
        }
        Ok((taken, all))
    }

    /// The header of the run with this hash, where it is kept; nothing is verified.
    pub fn header(&self, hash: &str) -> Option<Header> {
        let kept = |record: &PathBuf| Some(Self::recorded(&record.join(format!("{hash}.run.gz"))).ok()?.0);
        read_header(&self.folder.join(format!("{hash}.run"))).or_else(|| self.record.as_ref().and_then(kept))
    }

    /// The header of the newest other entry of the run with this name: what the run was when it was last done.
    pub fn latest(&self, run: &str) -> Option<Header> {
        let headers = entries(&self.folder).into_iter().filter_map(|path| read_header(&path));
        headers.filter(|header| header.run == run).max_by_key(|header| header.finished)
    }

    /// Counts entries and bytes below a folder: of a section, or of all.
    pub fn usage(folder: &Path) -> Usage {
        let mut usage = Usage::default();
        for path in files(folder) {
            usage.bytes += fs::metadata(&path).map_or(0, |metadata| metadata.len());
            usage.entries += usize::from(is_entry(&path));
            usage.unfinished += usize::from(is_unfinished(&path));
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
            let is_entry = is_entry(&path);
            let damaged = is_entry && fs::read(&path).is_ok_and(|bytes| parse(&bytes).is_err());
            let left = is_unfinished(&path)
                && metadata.modified()?.elapsed().is_ok_and(|elapsed| elapsed >= WRITING);
            if !(left || is_entry && (unused || damaged)) {
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

fn is_entry(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.strip_suffix(".run").is_some_and(Key::is_hash)
}

fn is_unfinished(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(atomic::UNFINISHED))
}

/// Reads the entry of a key.
fn read(path: &Path, key: &Key, level: Level) -> Lookup {
    let sound = |bytes| {
        let bytes = inflated(bytes, level)?;
        let (header, payload) = parse(&bytes)?;
        if header.key == *key { Ok((header, payload.to_vec())) } else { Err(EntryError::Key) }
    };
    match fs::read(path).map_err(EntryError::from).and_then(sound) {
        Ok((header, payload)) => Lookup::Found(Box::new(header), payload, level),
        Err(EntryError::Unreadable(error)) if error.kind() == io::ErrorKind::NotFound => Lookup::Missing,
        Err(why) => Lookup::Damaged(why),
    }
}

/// The bytes of an entry, whatever the level keeps of it.
fn inflated(bytes: Vec<u8>, level: Level) -> io::Result<Vec<u8>> {
    if level == Level::Store {
        return Ok(bytes);
    }
    let mut inflated = Vec::new();
    GzDecoder::new(&bytes[..]).read_to_end(&mut inflated)?;
    Ok(inflated)
}

fn parse(bytes: &[u8]) -> Result<(Header, &[u8]), EntryError> {
    let line = |bytes: &[u8]| bytes.iter().position(|&byte| byte == b'\n').ok_or(EntryError::Short);
    let end = line(bytes)?;
    let (checksum, body) = (&bytes[..end], &bytes[end + 1..]);
    if blake3::hash(body).to_hex().as_bytes() != checksum {
        return Err(EntryError::Checksum);
    }
    let end = line(body)?;
    Ok((serde_json::from_slice(&body[..end])?, &body[end + 1..]))
}

fn read_header(path: &Path) -> Option<Header> {
    let mut lines = BufReader::new(fs::File::open(path).ok()?).split(b'\n');
    let header = lines.nth(1)?.ok()?;
    serde_json::from_slice(&header).ok()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths = files(folder);
    paths.retain(|path| is_entry(path));
    paths.sort();
    paths
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(listing) = fs::read_dir(folder) else { return Vec::new() };
    let paths = listing.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[cfg(test)]
mod tests;
