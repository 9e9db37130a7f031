use std::error::Error;
use std::io::Cursor;

use proptest::prelude::*;
use proptest::sample::Index;
use tiff::encoder::{Compression, TiffEncoder, colortype};

use super::*;

const SIDE: usize = 8;

/// Three pages of 8 × 8, no two alike.
fn pixels() -> Vec<u8> {
    (0..3 * SIDE * SIDE).map(|place| (place * place % 251) as u8).collect()
}

fn encoded(pixels: &[u8], compression: Compression) -> Vec<u8> {
    let mut content = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut content).unwrap().with_compression(compression);
    for page in pixels.chunks(SIDE * SIDE) {
        encoder.write_image::<colortype::Gray8>(SIDE as u32, SIDE as u32, page).unwrap();
    }
    content.into_inner()
}

fn plain(pixels: &[u8]) -> Vec<u8> {
    encoded(pixels, Compression::Uncompressed)
}

/// The file whose bytes are this content, or whose pixels are.
fn official(content: &[u8], layout: Layout) -> OfficialFile {
    let blake3 = Box::leak(blake3::hash(content).to_hex().to_string().into_boxed_str());
    let bytes = match layout {
        Layout::Bytes => content.len(),
        Layout::Stack { .. } => plain(content).len(),
    };
    OfficialFile { set: "small", path: "deep/file", bytes: bytes as u64, layout, blake3 }
}

fn official_stack() -> OfficialFile {
    official(&pixels(), Layout::Stack { pages: 3, side: SIDE })
}

/// What is said of a file with these bytes in place of the official stack.
fn said(file: &[u8]) -> String {
    official_stack().content(file).unwrap_err().to_string()
}

#[test]
fn one_changed_byte_is_an_error_that_says_so() {
    let data = tempfile::tempdir().unwrap();
    let file = official(b"right", Layout::Bytes);
    let path = data.path().join(file.path);
    let read = |content: &[u8]| {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        file.read(data.path())
    };
    assert!(matches!(file.read(data.path()), Err(DataError::Missing { set: "small", .. })));
    assert_eq!(read(b"right").unwrap(), b"right");
    for (content, reason) in [
        (&b"riGht"[..], "the right size, another content"),
        (b"righ", "4 bytes where 5 belong"),
        (b"rightt", "6 bytes where 5 belong"),
        (b"", "0 bytes where 5 belong"),
    ] {
        let error = read(content).unwrap_err();
        assert!(
            error
                .to_string()
                .ends_with("file differs from the official file of small, so that it is no real data")
        );
        assert_eq!(error.source().unwrap().to_string(), reason);
    }
    let below_a_file = OfficialFile { path: "deep/file/file", ..file };
    assert!(matches!(below_a_file.read(data.path()), Err(DataError::Unreadable { .. })));
}

#[test]
fn the_container_of_a_stack_does_not_matter_but_every_pixel_does() {
    for compression in [Compression::Uncompressed, Compression::Packbits, Compression::Lzw] {
        assert_eq!(*official_stack().content(&encoded(&pixels(), compression)).unwrap(), pixels());
        let mut changed = pixels();
        changed[191] ^= 1;
        assert_eq!(said(&encoded(&changed, compression)), "the right size, another content");
        changed = pixels();
        changed.rotate_left(SIDE * SIDE);
        assert_eq!(said(&encoded(&changed, compression)), "the right size, another content");
    }
}

#[test]
fn another_shape_is_named() {
    assert_eq!(said(&plain(&pixels()[..128])), "2 pages where 3 belong");
    assert_eq!(said(&plain(&[pixels(), pixels()].concat())), "4 pages or more where 3 belong");
    let mut wide = Cursor::new(Vec::new());
    TiffEncoder::new(&mut wide).unwrap().write_image::<colortype::Gray16>(8, 8, &[0; 64]).unwrap();
    let grey = "page 1 has 8 × 8 pixels of Gray(16) where 8 × 8 of Gray(8) belong";
    assert_eq!(said(&wide.into_inner()), grey);
    let mut flat = Cursor::new(Vec::new());
    TiffEncoder::new(&mut flat).unwrap().write_image::<colortype::Gray8>(16, 4, &[0; 64]).unwrap();
    let shape = "page 1 has 16 × 4 pixels of Gray(8) where 8 × 8 of Gray(8) belong";
    assert_eq!(said(&flat.into_inner()), shape);
    let empty = official_stack().content(b"").unwrap_err();
    assert!(matches!(empty, Difference::Tiff { page: 1, .. }) && empty.source().is_some());
    let long = official_stack().most_bytes() + 1;
    assert_eq!(
        said(&vec![0; long as usize]),
        format!("{long} bytes where {} belong", official_stack().bytes)
    );
}

/// Compressions whose decoders a damaged file reaches.
fn containers() -> impl Strategy<Value = Vec<u8>> {
    let of = |compression| Just(encoded(&pixels(), compression));
    prop_oneof![
        of(Compression::Uncompressed),
        of(Compression::Lzw),
        of(Compression::Packbits),
        of(Compression::Deflate(Default::default()))
    ]
}

/// How many bytes are replaced, and by what: one byte, a tag, nothing by some, all the rest by nothing.
fn damage() -> impl Strategy<Value = (usize, Vec<u8>)> {
    let tag = prop_oneof![Just(0u32), Just(1), Just(u32::MAX), Just(1 << 31), any::<u32>()];
    prop_oneof![
        any::<u8>().prop_map(|byte| (1, vec![byte])),
        tag.prop_map(|tag| (4, tag.to_le_bytes().to_vec())),
        prop::collection::vec(any::<u8>(), 1..40).prop_map(|bytes| (0, bytes)),
        Just((usize::MAX, Vec::new())),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6000))]

    /// Damage is an error, or it lies where it changes nothing.
    #[test]
    fn damaged_files_are_refused(
        mut file in containers(),
        damages in prop::collection::vec((any::<Index>(), damage()), 1..4),
    ) {
        for (place, (replaced, by)) in damages {
            let place = place.index(file.len() + 1);
            file.splice(place..file.len().min(place.saturating_add(replaced)), by);
        }
        match official_stack().content(&file) {
            Ok(content) => prop_assert_eq!(&*content, &*pixels()),
            Err(difference) => prop_assert!(!difference.to_string().is_empty()),
        }
    }
}
