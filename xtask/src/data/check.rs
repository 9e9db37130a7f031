//! Recognising a file of a data set by its content: size and hash, or, for image stacks, the pixels.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::catalogue::{DataFile, Sha256};
use super::memo::Memo;
use super::stack;

/// What a file's content is recognised by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    /// Its size.
    pub bytes: u64,
    /// Hash of the file.
    pub sha256: Sha256,
    /// Hash of the decoded pixels, where the hash of the file is not known.
    pub pixels: Option<Sha256>,
}

/// How a file stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Not there.
    Missing,
    /// There, and not looked into since it changed.
    Unchecked,
    /// The right content, in this known container.
    Sound(String),
    /// Something else, for this reason.
    Wrong(String),
}

/// What the right pixels in an unknown container are called.
const SAME_PIXELS: &str = "another container, same pixels";

impl DataFile {
    /// Which known form of this file has these sums.
    pub fn form(&self, sums: &Sums) -> Option<&str> {
        let known =
            self.containers.iter().find(|known| known.bytes == sums.bytes && known.sha256 == sums.sha256);
        let pixels =
            || self.pixels.as_ref().is_some_and(|pixels| sums.pixels.as_ref() == Some(&pixels.sha256));
        known.map(|known| known.what.as_str()).or_else(|| pixels().then_some(SAME_PIXELS))
    }

    /// The sums of this content if it is the right one.
    ///
    /// # Errors
    /// Why it is not.
    pub fn recognise(&self, content: &[u8]) -> Result<Sums, String> {
        let bytes = content.len() as u64;
        if bytes > self.largest() {
            return Err(format!("{bytes} bytes: too many"));
        }
        let mut sums = Sums { bytes, sha256: Sha256::of(content), pixels: None };
        if self.form(&sums).is_some() {
            return Ok(sums);
        }
        let Some(expected) = &self.pixels else {
            let right_size = self.containers.iter().any(|known| known.bytes == bytes);
            let sizes: Vec<String> = self.containers.iter().map(|known| known.bytes.to_string()).collect();
            let size = || format!("{bytes} bytes where {} belong", sizes.join(" or "));
            return Err(if right_size { "the right size, another content".to_owned() } else { size() });
        };
        sums.pixels = Some(stack::digest(content, expected)?);
        if self.form(&sums).is_some() {
            Ok(sums)
        } else {
            Err("a stack of the right shape, other pixels".to_owned())
        }
    }

    /// A size that no form of this file exceeds: compressed ones are smaller, and metadata takes little room.
    pub fn largest(&self) -> u64 {
        2 * self.containers.iter().map(|known| known.bytes).max().unwrap_or(0)
    }

    /// How the file at this path stands. Content seen before is not read again.
    pub fn check(&self, path: &Path, memo: &mut Memo) -> Standing {
        match self.glance(path, memo) {
            Standing::Unchecked => {}
            known => return known,
        }
        let look = || -> Result<(fs::Metadata, Sums), String> {
            let metadata = fs::metadata(path).map_err(|error| error.to_string())?;
            if metadata.len() > self.largest() {
                return Err(format!("{} bytes: too many", metadata.len()));
            }
            let content = fs::read(path).map_err(|error| error.to_string())?;
            Ok((metadata, self.recognise(&content)?))
        };
        match look() {
            Ok((metadata, sums)) => {
                let form = self.form(&sums).unwrap_or_default().to_owned();
                memo.remember(path, &metadata, sums);
                Standing::Sound(form)
            }
            Err(reason) => Standing::Wrong(reason),
        }
    }

    /// How the file at this path stands, as far as that can be told without reading it.
    pub fn glance(&self, path: &Path, memo: &Memo) -> Standing {
        match fs::metadata(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Standing::Missing,
            Err(error) => Standing::Wrong(error.to_string()),
            Ok(metadata) if !metadata.is_file() => Standing::Wrong("not a file".to_owned()),
            Ok(metadata) => {
                let form = memo.recall(path, &metadata).and_then(|sums| self.form(sums));
                form.map_or(Standing::Unchecked, |form| Standing::Sound(form.to_owned()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{expected, file, pages, stack};
    use super::*;
    use tiff::encoder::Compression;

    #[test]
    fn only_the_right_content_is_recognised() {
        let known = file("a/b.bin", b"right");
        assert!(known.recognise(b"right").is_ok());
        assert_eq!(known.recognise(b"wrong").unwrap_err(), "the right size, another content");
        assert_eq!(known.recognise(b"").unwrap_err(), "0 bytes where 5 belong");
        assert_eq!(known.recognise(&[0; 11]).unwrap_err(), "11 bytes: too many");
    }

    #[test]
    fn a_stack_in_an_unknown_container_is_recognised_by_its_pixels() {
        let known = DataFile {
            pixels: Some(expected()),
            ..file("a/b.tif", &stack(&pages(), Compression::Uncompressed))
        };
        let official = known.recognise(&stack(&pages(), Compression::Uncompressed)).unwrap();
        assert_eq!((known.form(&official), &official.pixels), (Some("official"), &None));
        let other = known.recognise(&stack(&pages(), Compression::Lzw)).unwrap();
        assert_eq!(known.form(&other), Some(SAME_PIXELS));
        let mut changed = pages();
        changed[0][0] ^= 1;
        let reason = known.recognise(&stack(&changed, Compression::Lzw)).unwrap_err();
        assert_eq!(reason, "a stack of the right shape, other pixels");
    }

    #[test]
    fn a_file_on_disk_is_missing_unchecked_sound_or_wrong() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("b.bin");
        let (known, mut memo) = (file("a/b.bin", b"right"), Memo::open(folder.path()));
        assert_eq!(known.check(&path, &mut memo), Standing::Missing);
        fs::write(&path, "wrong").unwrap();
        assert_eq!(known.glance(&path, &memo), Standing::Unchecked);
        assert_eq!(
            known.check(&path, &mut memo),
            Standing::Wrong("the right size, another content".to_owned())
        );
        fs::write(&path, "right").unwrap();
        assert_eq!(known.check(&path, &mut memo), Standing::Sound("official".to_owned()));
        assert_eq!(known.check(folder.path(), &mut memo), Standing::Wrong("not a file".to_owned()));
    }
}
