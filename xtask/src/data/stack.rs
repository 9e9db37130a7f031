//! The pixels of a TIFF stack, whatever container they came in: the hash that tells whether two files hold the same
//! images.

use std::io::Cursor;

use tiff::ColorType;
use tiff::decoder::{Decoder, DecodingResult, Limits};

use super::catalogue::{Pixels, Sha256};

/// Room for lists of strips and the like: what a damaged file may ask for at most beside its pixels, in bytes.
const FOR_TAGS: usize = 1 << 16;

/// SHA-256 of the decoded pixels, 8 bits each, row by row and page by page.
///
/// # Errors
/// When this is no TIFF, a damaged one, or one of another shape; the message names the page.
pub fn digest(content: &[u8], expected: &Pixels) -> Result<Sha256, String> {
    let page_bytes = expected.width as usize * expected.height as usize;
    let mut limits = Limits::default();
    limits.decoding_buffer_size = page_bytes + FOR_TAGS;
    limits.intermediate_buffer_size = 2 * page_bytes + FOR_TAGS;
    let broken = |page: usize, error: tiff::TiffError| format!("page {page}: {error}");
    let decoder = Decoder::new(Cursor::new(content)).map_err(|error| format!("no readable TIFF: {error}"))?;
    let mut decoder = decoder.with_limits(limits);
    let mut digest = ring::digest::Context::new(&ring::digest::SHA256);
    for page in 1.. {
        let (width, height) = decoder.dimensions().map_err(|error| broken(page, error))?;
        if (width, height) != (expected.width, expected.height) {
            let (belongs_width, belongs_height) = (expected.width, expected.height);
            return Err(format!(
                "page {page}: {width} × {height} pixels where {belongs_width} × {belongs_height} belong"
            ));
        }
        let colours = decoder.colortype().map_err(|error| broken(page, error))?;
        if colours != ColorType::Gray(8) {
            return Err(format!("page {page}: {colours:?} where 8-bit grey belongs"));
        }
        let DecodingResult::U8(pixels) = decoder.read_image().map_err(|error| broken(page, error))? else {
            return Err(format!("page {page}: not 8 bits a pixel"));
        };
        digest.update(&pixels);
        match (page == expected.pages, decoder.more_images()) {
            (true, false) => break,
            (true, true) => return Err(format!("more than {} pages", expected.pages)),
            (false, false) => return Err(format!("{page} pages where {} belong", expected.pages)),
            (false, true) => decoder.next_image().map_err(|error| broken(page + 1, error))?,
        }
    }
    Ok(Sha256::from_digest(digest.finish()))
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{expected, pages, stack};
    use super::*;
    use tiff::encoder::{Compression, TiffEncoder, colortype};

    #[test]
    fn the_container_does_not_matter_but_every_pixel_does() {
        let expected = expected();
        for compression in [Compression::Uncompressed, Compression::Packbits, Compression::Lzw] {
            assert_eq!(digest(&stack(&pages(), compression), &expected).unwrap(), expected.sha256);
        }
        let mut changed = pages();
        changed[2][31] ^= 1;
        assert_ne!(digest(&stack(&changed, Compression::Uncompressed), &expected).unwrap(), expected.sha256);
        changed = pages();
        changed.swap(0, 1);
        assert_ne!(digest(&stack(&changed, Compression::Uncompressed), &expected).unwrap(), expected.sha256);
    }

    #[test]
    fn another_shape_is_named() {
        let sound = stack(&pages(), Compression::Uncompressed);
        let said = |content: &[u8], expected: Pixels| digest(content, &expected).unwrap_err();
        assert_eq!(said(&sound, Pixels { pages: 2, ..expected() }), "more than 2 pages");
        assert_eq!(said(&sound, Pixels { pages: 4, ..expected() }), "3 pages where 4 belong");
        assert_eq!(
            said(&sound, Pixels { width: 4, ..expected() }),
            "page 1: 8 × 4 pixels where 4 × 4 belong"
        );
        assert!(said(b"", expected()).contains("no readable TIFF"));
        let mut wide = Cursor::new(Vec::new());
        TiffEncoder::new(&mut wide).unwrap().write_image::<colortype::Gray16>(8, 4, &[0; 32]).unwrap();
        assert_eq!(said(&wide.into_inner(), expected()), "page 1: Gray(16) where 8-bit grey belongs");
    }

    #[test]
    fn damage_anywhere_is_an_error_or_another_hash_and_never_a_panic() {
        let sound = stack(&pages(), Compression::Lzw);
        let expected = expected();
        for length in 0..sound.len() {
            let cut = digest(&sound[..length], &expected);
            assert!(cut.is_err() || cut.is_ok_and(|sum| sum == expected.sha256), "cut to {length} bytes");
        }
        for place in 0..sound.len() {
            for value in [0, 1, 0x7f, 0xff] {
                let mut damaged = sound.clone();
                damaged[place] = value;
                // Any answer will do, and unused bytes change nothing: it must be an answer.
                let _ = digest(&damaged, &expected);
            }
        }
    }
}
