use tiff::encoder::Compression;

use super::*;
use crate::tests::{file, pages, set, stack, stack_file, tar_gz, zip};

/// A data set of two plain files and a stack, handed out as `official.zip`.
fn two_and_a_stack(archive: Option<&[u8]>) -> DataSet {
    let files = vec![file("s/a.bin", b"alpha"), file("s/b.bin", b"beta"), stack_file("s/images.tif")];
    set("official.zip", archive, &["http://localhost"], files)
}

struct Place {
    from: tempfile::TempDir,
    data: tempfile::TempDir,
}

impl Place {
    fn with(files: &[(&str, &[u8])]) -> Self {
        let place = Self { from: tempfile::tempdir().unwrap(), data: tempfile::tempdir().unwrap() };
        for (path, content) in files {
            runner::atomic::write(&place.from.path().join(path), content).unwrap();
        }
        place
    }

    fn import(&self, set: &DataSet) -> Imported {
        import(self.from.path(), &[set], self.data.path()).unwrap().remove(0)
    }

    /// How many files were taken, and how many were there.
    fn counts(&self, set: &DataSet) -> (usize, usize) {
        let imported = self.import(set);
        assert_eq!(imported.new.len() + imported.present + imported.missing.len(), 3);
        (imported.new.len(), imported.present)
    }

    fn content(&self, path: &str) -> Option<Vec<u8>> {
        fs::read(self.data.path().join(path)).ok()
    }
}

#[test]
fn files_are_found_by_content_under_any_name() {
    let other_container = stack(&pages(), Compression::Lzw);
    let place = Place::with(&[
        ("x/y/whatever", b"alpha"),
        ("b.bin", b"BETA"),
        ("copy of b", b"beta"),
        ("images (1).TIF", &other_container),
        ("unrelated", b"alpha!"),
    ]);
    assert_eq!(place.counts(&two_and_a_stack(None)), (3, 0));
    assert_eq!(place.content("s/a.bin").unwrap(), b"alpha");
    assert_eq!(place.content("s/b.bin").unwrap(), b"beta", "the file of the right name had another content");
    assert_eq!(place.content("s/images.tif").unwrap(), other_container);
    assert!(!place.data.path().join("unrelated").exists());
    assert_eq!(place.counts(&two_and_a_stack(None)), (0, 3));
}

#[test]
fn a_sound_file_is_not_touched_and_a_wrong_one_is_replaced() {
    let place = Place::with(&[("a", b"alpha"), ("b", b"beta")]);
    runner::atomic::write(&place.data.path().join("s/a.bin"), b"alpha").unwrap();
    runner::atomic::write(&place.data.path().join("s/b.bin"), b"rotten").unwrap();
    let time = || fs::metadata(place.data.path().join("s/a.bin")).unwrap().modified().unwrap();
    let before = time();
    let imported = place.import(&two_and_a_stack(None));
    assert_eq!((imported.new.len(), imported.present, imported.missing), (1, 1, vec!["s/images.tif"]));
    assert_eq!(time(), before);
    assert_eq!(place.content("s/b.bin").unwrap(), b"beta");
}

#[test]
fn archives_are_looked_into() {
    let images = stack(&pages(), Compression::Packbits);
    let archive = zip(&[("top/a.bin", b"alpha"), ("top/b.bin", b"beta"), ("top/images.tif", &images)]);
    let all = (3, 0);
    let place =
        Place::with(&[("renamed.zip", &archive), ("broken.zip", b"PK"), ("other.tar.gz", &tar_gz(&[]))]);
    assert_eq!(place.counts(&two_and_a_stack(None)), all, "no known hash: every zip archive is tried");
    let place = Place::with(&[("no ending", &archive)]);
    assert_eq!(place.counts(&two_and_a_stack(Some(&archive))), all, "a known hash: the name does not matter");
    let place = Place::with(&[("official.zip", &archive)]);
    assert_eq!(place.counts(&two_and_a_stack(Some(b"another"))), (0, 0), "another archive is not opened");
}

#[test]
fn a_single_file_can_be_named_and_a_missing_folder_is_an_error() {
    let place = Place::with(&[("a", b"alpha")]);
    let set = two_and_a_stack(None);
    let imported = import(&place.from.path().join("a"), &[&set], place.data.path()).unwrap();
    assert_eq!(imported[0].new.len(), 1);
    let error = import(&place.from.path().join("nowhere"), &[&set], place.data.path()).unwrap_err();
    assert!(error.to_string().contains("cannot read") && error.code == exit::USAGE, "{error:?}");
}

#[test]
fn another_version_of_the_set_is_pointed_out_where_something_is_missing() {
    let other = |files: &[(&str, &[u8])]| {
        let imported = Place::with(files).import(&two_and_a_stack(None));
        imported.other_version.map(|path| path.file_name().unwrap().to_owned())
    };
    assert_eq!(other(&[("x/other.tar.gz", b"")]).unwrap(), "other.tar.gz");
    assert_eq!(other(&[("other.tar.gz/a", b"alpha"), ("other.tar.gz/b", b"-")]).unwrap(), "a");
    assert_eq!(other(&[("another.tar.gz", b"")]), None);
    let images = stack(&pages(), Compression::Lzw);
    let all: [(&str, &[u8]); 4] =
        [("a", b"alpha"), ("b", b"beta"), ("c.tif", &images), ("other.tar.gz", b"")];
    assert_eq!(other(&all), None);
}
