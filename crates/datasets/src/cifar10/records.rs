//! The official binary layout: records of one label byte and 3072 pixels, nothing before, between or after them.

use std::io::{self, Read};

use super::Cifar10;
use crate::failure::{Damage, Where};

/// Bytes of a record: a label and the pixels.
pub(crate) const RECORD: usize = 1 + Cifar10::PIXELS;

/// Records read at a time: few enough to stay in a processor's cache while they are looked at.
const AT_ONCE: usize = 128;

/// Why records cannot be read.
#[derive(Debug)]
pub(super) enum Stopped {
    /// The system does not hand out the bytes.
    Unreadable(io::Error),
    /// The bytes are not such records.
    Damaged(Damage),
}

/// Reads exactly this many records and hands them to `take` in order, some at a time.
///
/// # Errors
/// The first byte that should not be there, or the place where one is missing: some records have been taken then.
pub(super) fn read(mut from: impl Read, records: usize, mut take: impl FnMut(&[u8])) -> Result<(), Stopped> {
    let needed = records * RECORD;
    let damage = |offset, what| Stopped::Damaged(Damage { place: Where::Byte(offset as u64), what });
    let mut some = Vec::with_capacity(AT_ONCE * RECORD);
    let mut given = 0;
    loop {
        some.clear();
        let read = from.by_ref().take((AT_ONCE * RECORD) as u64).read_to_end(&mut some);
        let length = read.map_err(Stopped::Unreadable)?;
        if length == 0 {
            break;
        }
        let inside = &some[..length.min(needed - given)];
        if let Some((record, label)) = wrong_label(inside) {
            let number = given / RECORD + record;
            let what = format!("label {label} in record {number}, where labels are 0 to 9");
            return Err(damage(number * RECORD, what));
        }
        if inside.len() < length {
            return Err(damage(needed, format!("the file goes on, although {needed} bytes belong in it")));
        }
        take(inside);
        given += length;
    }
    if given < needed {
        let what =
            format!("the file ends in record {}, although {needed} bytes belong in it", given / RECORD);
        return Err(damage(given, what));
    }
    Ok(())
}

/// The first record with a label that is none, and that label.
fn wrong_label(records: &[u8]) -> Option<(usize, u8)> {
    let mut labels = records.iter().copied().step_by(RECORD).enumerate();
    labels.find(|(_, label)| usize::from(*label) >= Cifar10::CLASSES)
}
