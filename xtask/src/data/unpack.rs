//! Taking the files of a data set out of its archive, each only if its content is the right one.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use flate2::read::GzDecoder;

use super::catalogue::DataFile;

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
    /// In their places now, each with the known form it has.
    pub taken: Vec<(&'a DataFile, String)>,
    /// Not to be had from this archive, each with the reason.
    pub lacking: Vec<(&'a DataFile, String)>,
}

/// Why unpacking stopped.
enum Trouble {
    Archive(String),
    Writing(io::Error),
}

/// Takes the wanted files out of an archive and puts each in its place below the data folder.
///
/// # Errors
/// When a file cannot be written; those before it stay.
pub fn unpack<'a>(
    archive: &Path,
    packing: Packing,
    wanted: &[&'a DataFile],
    data: &Path,
) -> io::Result<Unpacked<'a>> {
    let lacking = wanted.iter().map(|file| (*file, format!("no {} in it", file.path.file_name()))).collect();
    let mut unpacked = Unpacked { taken: Vec::new(), lacking };
    let mut take = |name: &str, reader: &mut dyn Read| unpacked.take(name, reader, data);
    let walked = match packing {
        Packing::TarGz => members_of_tar(archive, &mut take),
        Packing::Zip => members_of_zip(archive, &mut take),
    };
    match walked {
        Ok(()) => {}
        Err(Trouble::Writing(error)) => return Err(error),
        Err(Trouble::Archive(reason)) => {
            unpacked.lacking.iter_mut().for_each(|(_, why)| why.clone_from(&reason))
        }
    }
    Ok(unpacked)
}

impl Unpacked<'_> {
    /// Takes a member if it is wanted. Says whether to go on.
    fn take(&mut self, name: &str, reader: &mut dyn Read, data: &Path) -> Result<bool, Trouble> {
        let Some(index) = self.lacking.iter().position(|(file, _)| file.path.file_name() == name) else {
            return Ok(true);
        };
        let file = self.lacking[index].0;
        let mut content = Vec::new();
        reader.take(file.largest() + 1).read_to_end(&mut content).map_err(|error| damaged(&error))?;
        match file.recognise(&content) {
            Ok(sums) => {
                runner::atomic::write(&data.join(file.path.as_path()), &content).map_err(Trouble::Writing)?;
                self.taken.push((file, file.form(&sums).unwrap_or_default().to_owned()));
                self.lacking.remove(index);
            }
            // Another member may have the same name in another folder.
            Err(reason) => self.lacking[index].1 = format!("{name}: {reason}"),
        }
        Ok(!self.lacking.is_empty())
    }
}

type Take<'a> = &'a mut dyn FnMut(&str, &mut dyn Read) -> Result<bool, Trouble>;

fn members_of_tar(archive: &Path, take: Take) -> Result<(), Trouble> {
    let mut archive = tar::Archive::new(GzDecoder::new(open(archive)?));
    for member in archive.entries().map_err(|error| damaged(&error))? {
        let mut member = member.map_err(|error| damaged(&error))?;
        let path = member.path().map_err(|error| damaged(&error))?.into_owned();
        let name = path.file_name().and_then(|name| name.to_str());
        if let Some(name) = name.filter(|_| member.header().entry_type().is_file())
            && !take(name, &mut member)?
        {
            break;
        }
    }
    Ok(())
}

fn members_of_zip(archive: &Path, take: Take) -> Result<(), Trouble> {
    let mut archive = zip::ZipArchive::new(open(archive)?).map_err(|error| damaged(&error))?;
    for index in 0..archive.len() {
        let mut member = archive.by_index(index).map_err(|error| damaged(&error))?;
        let path = member.name().to_owned();
        let name = path.rsplit('/').next().unwrap_or_default();
        if member.is_file() && !take(name, &mut member)? {
            break;
        }
    }
    Ok(())
}

fn open(archive: &Path) -> Result<BufReader<File>, Trouble> {
    File::open(archive).map(BufReader::new).map_err(|error| damaged(&error))
}

fn damaged(error: &dyn std::error::Error) -> Trouble {
    Trouble::Archive(format!("damaged: {error}"))
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{file, tar_gz, zip};
    use super::*;

    const MEMBERS: [(&str, &[u8]); 4] = [
        ("top/readme.txt", b"read"),
        ("__MACOSX/a.bin", b"other"),
        ("top/a.bin", b"alpha"),
        ("top/b.bin", b"beta"),
    ];

    fn unpack_bytes(archive: &[u8], name: &str, wanted: &[&DataFile], data: &Path) -> (usize, Vec<String>) {
        let path = data.join(name);
        std::fs::write(&path, archive).unwrap();
        let unpacked = unpack(&path, Packing::of(&path).unwrap(), wanted, data).unwrap();
        (unpacked.taken.len(), unpacked.lacking.into_iter().map(|(_, reason)| reason).collect())
    }

    #[test]
    fn wanted_members_are_put_in_their_places() {
        let (a, b) = (file("deep/a.bin", b"alpha"), file("b.bin", b"beta"));
        for (name, archive) in [("x.tar.gz", tar_gz(&MEMBERS)), ("x.zip", zip(&MEMBERS))] {
            let data = tempfile::tempdir().unwrap();
            assert_eq!(unpack_bytes(&archive, name, &[&a, &b], data.path()), (2, vec![]), "{name}");
            assert_eq!(std::fs::read(data.path().join("deep/a.bin")).unwrap(), b"alpha");
            assert_eq!(std::fs::read(data.path().join("b.bin")).unwrap(), b"beta");
            assert!(!data.path().join("readme.txt").exists() && !data.path().join("top").exists());
        }
    }

    #[test]
    fn a_member_with_other_content_is_not_taken() {
        let (a, c, d) = (file("a.bin", b"ALPHA"), file("c.bin", b"gamma"), file("b.bin", b"beta"));
        let data = tempfile::tempdir().unwrap();
        let (taken, lacking) = unpack_bytes(&zip(&MEMBERS), "x.zip", &[&a, &c, &d], data.path());
        assert_eq!(
            (taken, &*lacking[0], &*lacking[1]),
            (1, "a.bin: the right size, another content", "no c.bin in it")
        );
        assert!(!data.path().join("a.bin").exists() && data.path().join("b.bin").exists());
    }

    #[test]
    fn a_damaged_archive_gives_a_reason_and_nothing_half_written() {
        let a = file("a.bin", b"alpha");
        for (name, archive) in [("x.tar.gz", tar_gz(&MEMBERS)), ("x.zip", zip(&MEMBERS))] {
            let data = tempfile::tempdir().unwrap();
            let (taken, lacking) = unpack_bytes(&archive[..archive.len() / 2], name, &[&a], data.path());
            assert_eq!(taken, 0, "{name}");
            assert!(lacking[0].starts_with("damaged: "), "{name}: {lacking:?}");
            let left = std::fs::read_dir(data.path()).unwrap().count();
            assert_eq!(left, 1, "only the archive itself");
        }
    }
}
