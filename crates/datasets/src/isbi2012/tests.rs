use std::fs;
use std::io::Cursor;

use proptest::prelude::*;
use proptest::sample::Index;
use tiff::encoder::{Compression, TiffEncoder, colortype};

use super::*;

const SMALL: usize = 8;

/// Three pages of 8 × 8, no two alike.
fn images() -> Vec<u8> {
    (0..3 * SMALL * SMALL).map(|place| (place * place % 251) as u8).collect()
}

fn labels() -> Vec<u8> {
    (0..3 * SMALL * SMALL).map(|place| if place % 5 == place / 64 { MEMBRANE } else { INSIDE }).collect()
}

fn encoded(pixels: &[u8], compression: Compression) -> Vec<u8> {
    let mut content = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut content).unwrap().with_compression(compression);
    for page in pixels.chunks(SMALL * SMALL) {
        encoder.write_image::<colortype::Gray8>(SMALL as u32, SMALL as u32, page).unwrap();
    }
    content.into_inner()
}

fn plain(pixels: &[u8]) -> Vec<u8> {
    encoded(pixels, Compression::Uncompressed)
}

/// A data folder with these files.
fn folder(images: &[u8], labels: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(FOLDER)).unwrap();
    for (path, content) in files(folder.path()).iter().zip([images, labels]) {
        fs::write(path, content).unwrap();
    }
    folder
}

fn said(images: &[u8], labels: &[u8]) -> String {
    read(folder(images, labels).path(), 3, SMALL).unwrap_err().to_string()
}

#[test]
fn pages_are_read_from_any_container() {
    for compression in [Compression::Uncompressed, Compression::Packbits, Compression::Lzw] {
        let folder = folder(&encoded(&images(), compression), &encoded(&labels(), compression));
        assert_eq!(read(folder.path(), 3, SMALL).unwrap(), (images(), labels()));
    }
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
fn the_hash_is_of_pixels_and_labels_and_not_of_the_container() {
    let of = |pixels, labels, source| Isbi2012::from_stacks(SMALL, pixels, labels, source).content_hash();
    let hash = of(images(), labels(), Source::Real);
    let folder = folder(&encoded(&images(), Compression::Lzw), &plain(&labels()));
    let (pixels, classes) = read(folder.path(), 3, SMALL).unwrap();
    assert_eq!(super::hash(Source::Real, SMALL, &pixels, &classes), hash);
    let mut changed = (images(), labels());
    changed.0[191] ^= 1;
    changed.1[191] ^= 255;
    assert_ne!(of(changed.0, labels(), Source::Real), hash);
    assert_ne!(of(images(), changed.1, Source::Real), hash);
    assert_ne!(of(images(), labels(), Source::StandIn), hash);
}

#[test]
fn missing_files_are_no_data_set_or_an_incomplete_one() {
    let empty = tempfile::tempdir().unwrap();
    assert!(Isbi2012::find(None).unwrap().is_none());
    assert!(Isbi2012::find(Some(empty.path())).unwrap().is_none());
    assert_eq!(Isbi2012::fingerprint(Some(empty.path())).unwrap(), "stand-in");
    let folder = folder(&plain(&images()), &plain(&labels()));
    fs::remove_file(&files(folder.path())[1]).unwrap();
    let said = read(folder.path(), 3, SMALL).unwrap_err().to_string();
    assert!(said.contains("train-labels.tif is missing: `cargo xtask data fetch isbi-2012`"), "{said}");
    assert!(is_there(folder.path()));
}

#[test]
fn another_shape_is_named_by_file_and_page() {
    let (images, labels) = (images(), labels());
    let [sound, sound_labels] = [plain(&images), plain(&labels)];
    let few = said(&plain(&images[..128]), &sound_labels);
    assert!(few.contains("train-volume.tif, page 2: the last page, although 3 belong in it"), "{few}");
    assert!(few.contains("`cargo xtask data verify isbi-2012` checks it"), "{few}");
    let many = said(&sound, &plain(&[labels.as_slice(), &labels].concat()));
    assert!(many.contains("train-labels.tif, page 3: another page follows"), "{many}");
    let mut wide = Cursor::new(Vec::new());
    TiffEncoder::new(&mut wide).unwrap().write_image::<colortype::Gray16>(8, 8, &[0; 64]).unwrap();
    let wide = said(&wide.into_inner(), &sound_labels);
    assert!(wide.contains("train-volume.tif, page 1: Gray(16) where 8-bit grey belongs"), "{wide}");
    let mut flat = Cursor::new(Vec::new());
    TiffEncoder::new(&mut flat).unwrap().write_image::<colortype::Gray8>(16, 4, &[0; 64]).unwrap();
    let flat = said(&flat.into_inner(), &sound_labels);
    assert!(flat.contains("train-volume.tif, page 1: 16 × 4 pixels where 8 × 8 belong"), "{flat}");
    let empty = said(b"", &sound_labels);
    assert!(empty.contains("train-volume.tif, byte 0: no readable TIFF"), "{empty}");
    let long = said(&vec![0; stack::most_bytes(3, SMALL) + 1], &sound_labels);
    assert!(long.contains("the file goes on, although at most"), "{long}");
}

#[test]
fn another_label_is_named_by_its_place() {
    let mut wrong = labels();
    wrong[64 + 3 * SMALL + 5] = 128;
    let said = said(&plain(&images()), &plain(&wrong));
    assert!(said.contains("train-labels.tif, page 2: label 128 in row 3, column 5"), "{said}");
}

#[test]
fn a_small_stack_is_no_official_one() {
    let said = Isbi2012::open(folder(&plain(&images()), &plain(&labels())).path()).unwrap_err().to_string();
    assert!(said.contains("page 1: 8 × 8 pixels where 512 × 512 belong"), "{said}");
}

/// Compressions whose decoders a damaged file reaches.
fn containers() -> impl Strategy<Value = Vec<u8>> {
    let lzw = encoded(&images(), Compression::Lzw);
    let packbits = encoded(&images(), Compression::Packbits);
    let deflate = encoded(&images(), Compression::Deflate(Default::default()));
    prop_oneof![Just(plain(&images())), Just(lzw), Just(packbits), Just(deflate)]
}

/// The answer to damaged content: an error that names an existing page or byte, or three pages.
fn answered(content: &[u8]) -> Result<(), TestCaseError> {
    match stack::decode(content, 3, SMALL) {
        Ok(pixels) => prop_assert_eq!(pixels.len(), 3 * SMALL * SMALL),
        Err(Damage { place: Where::Page(page), what }) => {
            prop_assert!((1..=3).contains(&page) && !what.is_empty());
        }
        Err(Damage { place: Where::Byte(byte), .. }) => prop_assert_eq!(byte, 0),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn changed_bytes_get_an_answer(
        content in containers(),
        changes in prop::collection::vec((any::<Index>(), any::<u8>()), 1..6),
    ) {
        let mut content = content;
        for (place, value) in changes {
            let place = place.index(content.len());
            content[place] = value;
        }
        answered(&content)?;
    }

    #[test]
    fn changed_tags_get_an_answer(
        content in containers(),
        back in 1usize..400,
        value in prop_oneof![Just(0u32), Just(1), Just(u32::MAX), Just(1 << 31), any::<u32>()],
    ) {
        let mut content = content;
        let place = content.len().saturating_sub(back.max(4));
        content[place..place + 4].copy_from_slice(&value.to_le_bytes());
        answered(&content)?;
    }

    #[test]
    fn a_cut_is_an_error_unless_nothing_is_missed(content in containers(), length: Index) {
        let cut = &content[..length.index(content.len())];
        answered(cut)?;
        if let Ok(pixels) = stack::decode(cut, 3, SMALL) {
            prop_assert_eq!(pixels, images());
        }
    }

    #[test]
    fn an_insertion_gets_an_answer(
        content in containers(),
        place: Index,
        inserted in prop::collection::vec(any::<u8>(), 1..40),
    ) {
        let mut content = content;
        let place = place.index(content.len() + 1);
        content.splice(place..place, inserted);
        answered(&content)?;
    }
}
