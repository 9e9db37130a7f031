//! A stack of grey images in a TIFF file, whatever its compression.

use std::io::Cursor;

use tiff::ColorType;
use tiff::decoder::{Decoder, DecodingResult, Limits};

use crate::error::Difference;

/// Room for lists of strips and the like: what a damaged file may ask for at most beside its pixels, in bytes.
const FOR_TAGS: usize = 1 << 16;

/// The pixels of this many pages of `side` × `side`, row by row and page by page.
///
/// # Errors
/// When this is no TIFF, a damaged one, or one of another shape; the page is named.
pub(crate) fn decode(file: &[u8], pages: usize, side: usize) -> Result<Vec<u8>, Difference> {
    let damaged = |page| move |source| Difference::Tiff { page, source };
    let mut limits = Limits::default();
    limits.decoding_buffer_size = side * side + FOR_TAGS;
    limits.intermediate_buffer_size = 2 * side * side + FOR_TAGS;
    limits.ifd_value_size = FOR_TAGS;
    let mut decoder = Decoder::new(Cursor::new(file)).map_err(damaged(1))?.with_limits(limits);
    let mut pixels = Vec::with_capacity(pages * side * side);
    for page in 1..=pages {
        let (width, height) = decoder.dimensions().map_err(damaged(page))?;
        let colours = decoder.colortype().map_err(damaged(page))?;
        let shape = Difference::Shape { page, width, height, colours, side };
        if [width, height].map(usize::try_from) != [Ok(side), Ok(side)] || colours != ColorType::Gray(8) {
            return Err(shape);
        }
        match decoder.read_image().map_err(damaged(page))? {
            DecodingResult::U8(levels) if levels.len() == side * side => pixels.extend_from_slice(&levels),
            _ => return Err(shape),
        }
        match (page == pages, decoder.more_images()) {
            (true, false) => {}
            (false, true) => decoder.next_image().map_err(damaged(page + 1))?,
            (_, more) => return Err(Difference::Pages { found: page + usize::from(more), official: pages }),
        }
    }
    Ok(pixels)
}
