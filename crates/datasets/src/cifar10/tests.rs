use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;
use proptest::sample::Index;

use super::*;
use crate::failure::{Damage, Where};

/// Records of which no two bytes patterns agree: labels 0, 1, 2, …
fn sound(records: usize) -> Vec<u8> {
    let pixel = |record: usize, position: usize| (record * 31 + position * position % 253) as u8;
    (0..records)
        .flat_map(|record| {
            std::iter::once((record % 10) as u8).chain((1..RECORD).map(move |place| pixel(record, place)))
        })
        .collect()
}

/// A data folder with two records in each file.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(FOLDER)).unwrap();
    for (name, content) in FILES.iter().zip(sound(10).chunks(2 * RECORD)) {
        fs::write(folder.path().join(FOLDER).join(name), content).unwrap();
    }
    folder
}

fn path(folder: &tempfile::TempDir, file: usize) -> PathBuf {
    folder.path().join(FOLDER).join(FILES[file])
}

fn read_two_each(folder: &tempfile::TempDir) -> Result<Vec<u8>, Failure> {
    read_all(folder.path(), 2)
}

/// What reading this many records from a file of this content takes, or where and why it stops.
fn read_from(content: &[u8], records: usize) -> Result<Vec<u8>, Damage> {
    let mut taken = Vec::new();
    match records::read(content, records, |some| taken.extend_from_slice(some)) {
        Ok(()) => Ok(taken),
        Err(Stopped::Damaged(damage)) => Err(damage),
        Err(Stopped::Unreadable(cause)) => panic!("memory is readable: {cause}"),
    }
}

fn said(folder: &tempfile::TempDir) -> String {
    read_two_each(folder).unwrap_err().to_string()
}

#[test]
fn records_are_images_and_labels_in_the_order_of_the_files() {
    let folder = folder();
    let set = Cifar10::from_records(read_two_each(&folder).unwrap(), Source::Real);
    assert_eq!((set.images(), set.source()), (10, Source::Real));
    let all = sound(10);
    for (index, record) in all.chunks(RECORD).enumerate() {
        assert_eq!(set.label(index), Some(index));
        assert_eq!(set.pixels(index), Some(&record[1..]));
    }
    assert_eq!((set.label(10), set.pixels(10)), (None, None));
    assert_eq!(set.labels(&[7, 0, 7]), Ok(vec![7, 0, 7]));
    assert_eq!(set.labels(&[10]), Err(Refused::NoSuchImage { index: 10, images: 10 }));
}

#[test]
fn a_batch_holds_the_standardised_images_asked_for() {
    let set = Cifar10::from_records(sound(10), Source::StandIn);
    let mut out = vec![f32::NAN; 3 * Cifar10::PIXELS];
    set.fill(&[4, 9, 4], &mut out).unwrap();
    for (index, image) in [4, 9, 4].into_iter().zip(out.chunks(Cifar10::PIXELS)) {
        for (place, (value, level)) in image.iter().zip(set.pixels(index).unwrap()).enumerate() {
            let channel = set.standardisation().channels()[place / 1024];
            let expected = (f64::from(*level) - channel.mean) / channel.sd;
            assert!((f64::from(*value) - expected).abs() < 1e-6, "image {index}, element {place}");
        }
    }
    let refusal = set.fill(&[1, 2], &mut out).unwrap_err();
    assert_eq!(refusal.to_string(), "images need room for 6144 elements, not 9216");
    let refusal = set.fill(&[1, 2, 10], &mut out).unwrap_err();
    assert_eq!(refusal.to_string(), "image 10 is asked for, but the data set has 10, counted from 0");
}

#[test]
fn the_fingerprint_is_the_hash_of_the_content() {
    let folder = folder();
    let set = Cifar10::from_records(sound(10), Source::Real);
    assert_eq!(fingerprint(folder.path(), 2).unwrap(), hash(Source::Real, &sound(10), 2));
    fs::write(path(&folder, 4), &sound(10)[7 * RECORD..9 * RECORD]).unwrap();
    assert_ne!(fingerprint(folder.path(), 2).unwrap(), hash(Source::Real, &sound(10), 2));
    let mut changed = sound(10);
    changed[RECORD - 1] ^= 1;
    assert_ne!(Cifar10::from_records(changed, Source::Real).content_hash(), set.content_hash());
    let stand_in = Cifar10::from_records(sound(10), Source::StandIn);
    assert_ne!(stand_in.content_hash(), set.content_hash());
    assert_eq!(Cifar10::fingerprint(None).unwrap(), "stand-in");
}

#[test]
fn missing_files_are_no_data_set_or_an_incomplete_one() {
    let empty = tempfile::tempdir().unwrap();
    assert!(Cifar10::find(None).unwrap().is_none());
    assert!(Cifar10::find(Some(empty.path())).unwrap().is_none());
    assert_eq!(Cifar10::fingerprint(Some(empty.path())).unwrap(), "stand-in");
    let folder = folder();
    fs::remove_file(path(&folder, 2)).unwrap();
    let said = said(&folder);
    assert!(said.contains("data_batch_3.bin is missing"), "{said}");
    assert!(said.contains("`cargo xtask data fetch cifar-10`"), "{said}");
    fs::create_dir(path(&folder, 2)).unwrap();
    assert!(read_two_each(&folder).unwrap_err().to_string().contains("data_batch_3.bin cannot be read"));
}

#[test]
fn a_small_file_is_no_official_one() {
    let said = Cifar10::open(folder().path()).unwrap_err().to_string();
    assert!(said.contains("data_batch_1.bin, byte 6146: the file ends in record 2"), "{said}");
    assert!(
        said.contains("30730000 bytes belong in it: `cargo xtask data verify cifar-10` checks it"),
        "{said}"
    );
}

#[test]
fn damage_is_named_by_file_and_byte() {
    let folder = folder();
    let sound = fs::read(path(&folder, 3)).unwrap();
    let mut label = sound.clone();
    label[RECORD] = 200;
    fs::write(path(&folder, 3), label).unwrap();
    assert!(
        said(&folder).contains("data_batch_4.bin, byte 3073: label 200 in record 1"),
        "{}",
        said(&folder)
    );
    fs::write(path(&folder, 3), "").unwrap();
    assert!(said(&folder).contains("data_batch_4.bin, byte 0: the file ends"), "{}", said(&folder));
    fs::write(path(&folder, 3), [sound.as_slice(), &[0]].concat()).unwrap();
    assert!(said(&folder).contains("data_batch_4.bin, byte 6146: the file goes on"), "{}", said(&folder));
}

/// Records are read some at a time; the seams must not show.
#[test]
fn long_files_are_read_and_damage_in_them_is_placed() {
    let content = sound(300);
    assert_eq!(read_from(&content, 300).unwrap(), content);
    let place = |content: &[u8]| read_from(content, 300).unwrap_err().place;
    for record in [127, 128, 255, 256, 299] {
        let mut label = content.clone();
        label[record * RECORD] = 10;
        assert_eq!(place(&label), Where::Byte((record * RECORD) as u64));
        for cut in [record * RECORD, record * RECORD + 1, (record + 1) * RECORD - 1] {
            assert_eq!(place(&content[..cut]), Where::Byte(cut as u64));
        }
    }
    assert_eq!(place(&sound(301)), Where::Byte((300 * RECORD) as u64));
    assert_eq!(read_from(&sound(256), 128).unwrap_err().place, Where::Byte((128 * RECORD) as u64));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_other_length_is_named_where_it_begins(length in 0..4 * RECORD) {
        let content = &sound(4)[..length];
        let found = read_from(content, 3).map(|taken| taken.len()).map_err(|damage| damage.place);
        let expected = if length == 3 * RECORD { Ok(length) } else { Err(Where::Byte(length.min(3 * RECORD) as u64)) };
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn a_changed_byte_is_a_label_named_or_a_pixel(place: Index, value: u8) {
        let mut content = sound(3);
        let place = place.index(content.len());
        content[place] = value;
        match read_from(&content, 3) {
            Ok(taken) => {
                prop_assert!(place % RECORD > 0 || value < 10);
                prop_assert_eq!(taken, content);
            }
            Err(Damage { place: found, what }) => {
                prop_assert_eq!(found, Where::Byte(place as u64));
                let said = what.contains(&format!("label {value} "));
                prop_assert!(place % RECORD == 0 && said, "{}", what);
            }
        }
    }

    #[test]
    fn an_insertion_is_an_error_at_or_before_the_end(place: Index, inserted in prop::collection::vec(any::<u8>(), 1..40)) {
        let mut content = sound(3);
        let place = place.index(content.len() + 1);
        content.splice(place..place, inserted);
        let damage = read_from(&content, 3).unwrap_err();
        let Where::Byte(offset) = damage.place else { panic!("records have bytes") };
        prop_assert!((place as u64) < offset + RECORD as u64 && offset <= 3 * RECORD as u64);
    }
}
