//! A stack of grey images in a TIFF file, whatever its compression.

use std::io::Cursor;

use tiff::ColorType;
use tiff::decoder::{Decoder, DecodingResult, Limits};

use crate::failure::{Damage, Where};

/// Room for lists of strips and the like: what a damaged file may ask for at most beside its pixels, in bytes.
const FOR_TAGS: usize = 1 << 16;

/// A size that no sound file of such a stack exceeds: compressed ones are smaller, and metadata takes little room.
pub(super) fn most_bytes(pages: usize, size: usize) -> usize {
    2 * pages * size * size + FOR_TAGS
}

/// The pixels of this many pages of `size` × `size`, row by row and page by page.
///
/// # Errors
/// When this is no TIFF, a damaged one, or one of another shape; the page is named.
pub(super) fn decode(content: &[u8], pages: usize, size: usize) -> Result<Vec<u8>, Damage> {
    let start = |error| Damage { place: Where::Byte(0), what: format!("no readable TIFF: {error}") };
    let mut limits = Limits::default();
    limits.decoding_buffer_size = size * size + FOR_TAGS;
    limits.intermediate_buffer_size = 2 * size * size + FOR_TAGS;
    limits.ifd_value_size = FOR_TAGS;
    let mut decoder = Decoder::new(Cursor::new(content)).map_err(start)?.with_limits(limits);
    let mut pixels = Vec::with_capacity(pages * size * size);
    for page in 1..=pages {
        let damaged = |what| Damage { place: Where::Page(page), what };
        pixels.extend_from_slice(&decode_page(&mut decoder, size).map_err(damaged)?);
        match (page == pages, decoder.more_images()) {
            (true, false) => {}
            (true, true) => {
                return Err(damaged(format!("another page follows, although {pages} belong in it")));
            }
            (false, false) => return Err(damaged(format!("the last page, although {pages} belong in it"))),
            (false, true) => decoder
                .next_image()
                .map_err(|error| Damage { place: Where::Page(page + 1), what: error.to_string() })?,
        }
    }
    Ok(pixels)
}

/// The pixels of the page that the decoder has come to.
fn decode_page(decoder: &mut Decoder<Cursor<&[u8]>>, size: usize) -> Result<Vec<u8>, String> {
    let (width, height) = decoder.dimensions().map_err(|error| error.to_string())?;
    if [width, height].map(usize::try_from) != [Ok(size), Ok(size)] {
        return Err(format!("{width} × {height} pixels where {size} × {size} belong"));
    }
    let colours = decoder.colortype().map_err(|error| error.to_string())?;
    if colours != ColorType::Gray(8) {
        return Err(format!("{colours:?} where 8-bit grey belongs"));
    }
    match decoder.read_image().map_err(|error| error.to_string())? {
        DecodingResult::U8(pixels) if pixels.len() == size * size => Ok(pixels),
        _ => Err(format!("not {size} × {size} pixels of 8 bits")),
    }
}
