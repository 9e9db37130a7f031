use std::fs::{self, File};

use super::*;
use crate::error::Difference;

/// Records of which no two bytes patterns agree: labels 0, 1, 2, …
fn sound(records: usize) -> Vec<u8> {
    let pixel = |record: usize, position: usize| (record * 31 + position * position % 253) as u8;
    (0..records)
        .flat_map(|record| {
            std::iter::once((record % 10) as u8).chain((1..RECORD).map(move |place| pixel(record, place)))
        })
        .collect()
}

#[test]
fn records_are_images_and_labels_in_the_order_of_the_files() {
    let set = Cifar10::from_records(sound(10), Source::Real);
    assert_eq!((set.images(), set.source()), (10, Source::Real));
    let all = sound(10);
    for (index, record) in all.chunks(RECORD).enumerate() {
        assert_eq!(set.label(index), Some(index));
        assert_eq!(set.pixels(index), Some(&record[1..]));
    }
    assert_eq!((set.label(10), set.pixels(10)), (None, None));
    assert_eq!(set.labels(&[7, 0, 7]), Ok(vec![7, 0, 7]));
    assert_eq!(set.labels(&[10]), Err(RequestError::NoSuchImage { index: 10, images: 10 }));
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
fn the_hash_is_of_source_labels_and_pixels() {
    let of = |records, source| Cifar10::from_records(records, source).content_hash();
    let hash = of(sound(10), Source::Real);
    assert_ne!(of(sound(10), Source::StandIn), hash);
    for place in [0, RECORD - 1] {
        let mut changed = sound(10);
        changed[place] ^= 1;
        assert_ne!(of(changed, Source::Real), hash);
    }
}

#[test]
fn missing_files_are_no_data_set_or_an_incomplete_one() {
    let folder = tempfile::tempdir().unwrap();
    for data in [None, Some(folder.path())] {
        assert!(Cifar10::find(data).unwrap().is_none());
        assert_eq!(Cifar10::fingerprint(data).unwrap(), "stand-in");
    }
    fs::create_dir(folder.path().join("cifar-10-batches-bin")).unwrap();
    File::create(folder.path().join(Cifar10::FILES[4].path)).unwrap();
    let said = Cifar10::find(Some(folder.path())).unwrap_err().to_string();
    assert!(said.contains("data_batch_1.bin is missing"), "{said}");
    assert!(said.contains("`cargo xtask data fetch cifar-10`"), "{said}");
}

/// Records of the official number, every label a class: right in everything but their hash.
#[test]
fn files_of_the_official_form_with_another_content_are_never_real() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("cifar-10-batches-bin")).unwrap();
    for file in Cifar10::FILES {
        File::create(folder.path().join(file.path)).unwrap().set_len(file.bytes).unwrap();
    }
    let errors =
        [Cifar10::find(Some(folder.path())).map(drop), Cifar10::fingerprint(Some(folder.path())).map(drop)];
    for error in errors.map(Result::unwrap_err) {
        assert!(matches!(error, DataError::Different { source: Difference::Content, .. }), "{error:?}");
    }
}
