use std::fs::{self, File};

use super::*;

const SMALL: usize = 8;

/// Three pages of 8 × 8, no two alike.
fn images() -> Vec<u8> {
    (0..3 * SMALL * SMALL).map(|place| (place * place % 251) as u8).collect()
}

fn labels() -> Vec<u8> {
    (0..3 * SMALL * SMALL).map(|place| if place % 5 == place / 64 { MEMBRANE } else { 255 }).collect()
}

#[test]
fn a_batch_holds_standardised_pages_and_classes() {
    let set = Isbi2012::from_stacks(SMALL, images(), labels(), Source::Real);
    assert_eq!((set.pages(), set.size()), (3, SMALL));
    let (mut pixels, mut classes) = (vec![f32::NAN; 128], vec![9; 128]);
    set.fill(&[2, 0], &mut pixels, &mut classes).unwrap();
    let channel = set.standardisation().channels()[0];
    for (half, page) in [2, 0].into_iter().enumerate() {
        for place in 0..64 {
            let expected = channel.standardised(f64::from(images()[page * 64 + place]));
            assert!((f64::from(pixels[half * 64 + place]) - expected).abs() < 1e-6);
            assert_eq!(classes[half * 64 + place], usize::from(labels()[page * 64 + place] / 255));
        }
    }
    let said = set.fill(&[3, 0], &mut pixels, &mut classes).unwrap_err().to_string();
    assert_eq!(said, "image 3 is asked for, but the data set has 3, counted from 0");
    let said = set.fill(&[0, 1], &mut pixels, &mut classes[1..]).unwrap_err().to_string();
    assert_eq!(said, "classes need room for 128 elements, not 127");
}

#[test]
fn the_hash_is_of_source_pixels_and_labels() {
    let of = |pixels, labels, source| Isbi2012::from_stacks(SMALL, pixels, labels, source).content_hash();
    let hash = of(images(), labels(), Source::Real);
    let mut changed = (images(), labels());
    changed.0[191] ^= 1;
    changed.1[191] ^= 255;
    assert_ne!(of(changed.0, labels(), Source::Real), hash);
    assert_ne!(of(images(), changed.1, Source::Real), hash);
    assert_ne!(of(images(), labels(), Source::StandIn), hash);
}

#[test]
fn missing_files_are_no_data_set_or_an_incomplete_one() {
    let folder = tempfile::tempdir().unwrap();
    for data in [None, Some(folder.path())] {
        assert!(Isbi2012::find(data).unwrap().is_none());
        assert_eq!(Isbi2012::fingerprint(data).unwrap(), "stand-in");
    }
    fs::create_dir(folder.path().join("isbi2012")).unwrap();
    File::create(folder.path().join(Isbi2012::FILES[1].path)).unwrap();
    let said = Isbi2012::find(Some(folder.path())).unwrap_err().to_string();
    assert!(said.contains("train-volume.tif is missing: `cargo xtask data fetch isbi-2012`"), "{said}");
}
