//! Taking the files of a data set out of its archive, each only if its content is the right one.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use datasets::OfficialFile;
use flate2::read::GzDecoder;
use runner::{CommandError, FileError};

use crate::error::{ArchiveError, unwritable};

/// How an archive is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// A tar archive compressed with gzip.
    TarGz,
    /// A zip archive.
    Zip,
}

impl Packing {
    /// By the ending of the file's name.
    pub fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        let tar = [".tar.gz", ".tgz"].iter().any(|ending| name.ends_with(ending));
        if tar { Some(Self::TarGz) } else { name.ends_with(".zip").then_some(Self::Zip) }
    }
}

/// What became of the files that were wanted.
#[derive(Debug)]
pub struct Unpacked<'a> {
    /// In their places now.
    pub taken: Vec<&'a OfficialFile>,
    /// Not to be had from this archive.
    pub lacking: Vec<&'a OfficialFile>,
    /// Why the first of those is not.
    pub reason: Option<ArchiveError>,
}

/// Takes the wanted files out of an archive and puts each in its place below the data folder.
/// Fails when a file cannot be written; those before it stay.
pub fn unpack<'a>(
    archive: &Path,
    packing: Packing,
    wanted: &[&'a OfficialFile],
    data: &Path,
) -> Result<Unpacked<'a>, CommandError> {
    let mut unpacked = Unpacked { taken: Vec::new(), lacking: wanted.to_vec(), reason: None };
    let mut take = |name: &str, reader: &mut dyn Read| unpacked.take(name, reader, data);
    let walked = match packing {
        Packing::TarGz => members_of_tar(archive, &mut take),
        Packing::Zip => members_of_zip(archive, &mut take),
    };
    if let Err(error) = walked {
        match error.downcast::<FileError>() {
            Ok(error) => return Err(unwritable(*error)),
            Err(damaged) => unpacked.reason = Some(ArchiveError::Damaged(damaged)),
        }
    }
    let lacks = |file: &&OfficialFile| ArchiveError::Lacks(file_name(file).to_owned());
    unpacked.reason = unpacked.reason.or_else(|| unpacked.lacking.first().map(lacks));
    Ok(unpacked)
}

impl Unpacked<'_> {
    /// Takes a member if it is wanted. Says whether to go on.
    fn take(&mut self, name: &str, reader: &mut dyn Read, data: &Path) -> Walked<bool> {
        let Some(index) = self.lacking.iter().position(|file| file_name(file) == name) else {
            return Ok(true);
        };
        let file = self.lacking[index];
        let mut content = Vec::new();
        reader.take(file.most_bytes() + 1).read_to_end(&mut content)?;
        match file.content(&content) {
            Ok(_) => {
                runner::atomic::write(&data.join(file.path), &content)?;
                self.taken.push(file);
                self.lacking.remove(index);
                self.reason
                    .take_if(|reason| matches!(reason, ArchiveError::Different(file, _) if file == name));
            }
            // Another member may have the same name in another folder.
            Err(source) => self.reason = Some(ArchiveError::Different(name.to_owned(), source)),
        }
        Ok(!self.lacking.is_empty())
    }
}

/// The name of a file in the archive.
fn file_name(file: &OfficialFile) -> &'static str {
    file.path.rsplit('/').next().unwrap_or(file.path)
}

/// How a walk through an archive ended: early where it is damaged, or, with a [`FileError`], where a file cannot be written.
type Walked<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

type Take<'a> = &'a mut dyn FnMut(&str, &mut dyn Read) -> Walked<bool>;

fn members_of_tar(archive: &Path, take: Take) -> Walked<()> {
    let mut archive = tar::Archive::new(GzDecoder::new(BufReader::new(File::open(archive)?)));
    for member in archive.entries()? {
        let mut member = member?;
        let path = member.path()?.into_owned();
        let name = path.file_name().and_then(|name| name.to_str());
        if let Some(name) = name.filter(|_| member.header().entry_type().is_file())
            && !take(name, &mut member)?
        {
            break;
        }
    }
    Ok(())
}

fn members_of_zip(archive: &Path, take: Take) -> Walked<()> {
    let mut archive = zip::ZipArchive::new(BufReader::new(File::open(archive)?))?;
    for index in 0..archive.len() {
        let mut member = archive.by_index(index)?;
        let path = member.name().to_owned();
        let name = path.rsplit('/').next().unwrap_or_default();
        if member.is_file() && !take(name, &mut member)? {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{file, tar_gz, zip};
    use runner::told;

    const MEMBERS: [(&str, &[u8]); 4] = [
        ("top/readme.txt", b"read"),
        ("__MACOSX/a.bin", b"other"),
        ("top/a.bin", b"alpha"),
        ("top/b.bin", b"beta"),
    ];

    /// The same members in each packing.
    fn packed() -> [(&'static str, Vec<u8>); 2] {
        [("x.tar.gz", tar_gz(&MEMBERS)), ("x.zip", zip(&MEMBERS))]
    }

    /// How many files were taken, and why the others were not.
    fn unpack_bytes(archive: &[u8], name: &str, wanted: &[&OfficialFile], data: &Path) -> (usize, String) {
        let path = data.join(name);
        std::fs::write(&path, archive).unwrap();
        let unpacked = unpack(&path, Packing::of(&path).unwrap(), wanted, data).unwrap();
        assert_eq!(unpacked.taken.len() + unpacked.lacking.len(), wanted.len());
        (unpacked.taken.len(), unpacked.reason.map_or(String::new(), |reason| told(&reason)))
    }

    #[test]
    fn wanted_members_are_put_in_their_places() {
        let (a, b) = (file("deep/a.bin", b"alpha"), file("b.bin", b"beta"));
        for (name, archive) in packed() {
            let data = tempfile::tempdir().unwrap();
            assert_eq!(unpack_bytes(&archive, name, &[&a, &b], data.path()).0, 2, "{name}");
            assert_eq!(std::fs::read(data.path().join("deep/a.bin")).unwrap(), b"alpha");
            assert_eq!(std::fs::read(data.path().join("b.bin")).unwrap(), b"beta");
            assert!(!data.path().join("readme.txt").exists() && !data.path().join("top").exists());
        }
    }

    #[test]
    fn a_member_with_another_content_is_not_taken() {
        let (a, b, c) = (file("a.bin", b"ALPHA"), file("b.bin", b"beta"), file("c.bin", b"gamma"));
        let data = tempfile::tempdir().unwrap();
        let other = "its a.bin differs from the official one: the right size, another content";
        let found = unpack_bytes(&zip(&MEMBERS), "x.zip", &[&a, &b], data.path());
        assert_eq!(found, (1, other.to_owned()));
        assert!(!data.path().join("a.bin").exists() && data.path().join("b.bin").exists());
        let found = unpack_bytes(&zip(&MEMBERS), "x.zip", &[&c, &b], data.path());
        assert_eq!(found, (1, "no c.bin in it".to_owned()));
    }

    #[test]
    fn a_damaged_archive_gives_a_reason_and_nothing_half_written() {
        let a = file("a.bin", b"alpha");
        for (name, archive) in packed() {
            let data = tempfile::tempdir().unwrap();
            let (taken, reason) = unpack_bytes(&archive[..archive.len() / 2], name, &[&a], data.path());
            assert_eq!(taken, 0, "{name}");
            assert!(reason.starts_with("it is damaged: "), "{name}: {reason}");
            let left = std::fs::read_dir(data.path()).unwrap().count();
            assert_eq!(left, 1, "only the archive itself");
        }
    }
}
