use super::super::fixtures::{expected, file, pages, set, stack, tar_gz, zip};
use super::*;
use tiff::encoder::Compression;

/// A data set of two plain files and a stack, handed out as `official.zip`.
fn two_and_a_stack(archive: Option<&[u8]>) -> DataSet {
    let mut images = file("s/images.tif", &stack(&pages(), Compression::Uncompressed));
    images.pixels = Some(expected());
    let files = vec![file("s/a.bin", b"alpha"), file("s/b.bin", b"beta"), images];
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
        let mut memo = Memo::open(self.data.path());
        import(self.from.path(), &[set], self.data.path(), &mut memo).unwrap().remove(0)
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
    assert_eq!(place.import(&two_and_a_stack(None)), Imported { new: 3, present: 0, missing: vec![] });
    assert_eq!(place.content("s/a.bin").unwrap(), b"alpha");
    assert_eq!(place.content("s/b.bin").unwrap(), b"beta", "the file of the right name had another content");
    assert_eq!(place.content("s/images.tif").unwrap(), other_container);
    assert!(!place.data.path().join("unrelated").exists());
    assert_eq!(place.import(&two_and_a_stack(None)), Imported { new: 0, present: 3, missing: vec![] });
}

#[test]
fn a_sound_file_is_not_touched_and_a_wrong_one_is_replaced() {
    let place = Place::with(&[("a", b"alpha"), ("b", b"beta")]);
    runner::atomic::write(&place.data.path().join("s/a.bin"), b"alpha").unwrap();
    runner::atomic::write(&place.data.path().join("s/b.bin"), b"rotten").unwrap();
    let time = || fs::metadata(place.data.path().join("s/a.bin")).unwrap().modified().unwrap();
    let before = time();
    let imported = place.import(&two_and_a_stack(None));
    assert_eq!(imported, Imported { new: 1, present: 1, missing: vec![PathBuf::from("s/images.tif")] });
    assert_eq!(time(), before);
    assert_eq!(place.content("s/b.bin").unwrap(), b"beta");
}

#[test]
fn archives_are_looked_into() {
    let images = stack(&pages(), Compression::Packbits);
    let archive = zip(&[("top/a.bin", b"alpha"), ("top/b.bin", b"beta"), ("top/images.tif", &images)]);
    let all = Imported { new: 3, present: 0, missing: vec![] };
    let place =
        Place::with(&[("renamed.zip", &archive), ("broken.zip", b"PK"), ("other.tar.gz", &tar_gz(&[]))]);
    assert_eq!(place.import(&two_and_a_stack(None)), all, "no known hash: every zip archive is tried");
    let place = Place::with(&[("no ending", &archive)]);
    assert_eq!(place.import(&two_and_a_stack(Some(&archive))), all, "a known hash: the name does not matter");
    let place = Place::with(&[("official.zip", &archive)]);
    assert_eq!(place.import(&two_and_a_stack(Some(b"another"))).new, 0, "another archive is not opened");
}

#[test]
fn a_single_file_can_be_named_and_a_missing_folder_is_an_error() {
    let place = Place::with(&[("a", b"alpha")]);
    let (set, mut memo) = (two_and_a_stack(None), Memo::open(place.data.path()));
    let imported = import(&place.from.path().join("a"), &[&set], place.data.path(), &mut memo).unwrap();
    assert_eq!(imported[0].new, 1);
    let stop = import(&place.from.path().join("nowhere"), &[&set], place.data.path(), &mut memo).unwrap_err();
    assert!(stop.to_string().contains("cannot read"), "{stop}");
}
