//! What tells one data set from another: a BLAKE3 hash over its name, where it comes from, its shape, its pixels and its
//! labels. The container that they came in does not matter. It is part of the key of every run that reads the set.

use crate::source::Source;

/// A hash that grows as content is added.
#[derive(Debug)]
pub(crate) struct Content(blake3::Hasher);

impl Content {
    /// Begins with what the content is and its shape.
    pub fn of(set: &str, source: Source, shape: &[usize]) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(format!("{set}, {source}, {shape:?}\n").as_bytes());
        Self(hasher)
    }

    /// Adds pixels or labels.
    pub fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// 64 hexadecimal digits.
    pub fn finish(self) -> String {
        self.0.finalize().to_hex().to_string()
    }
}

/// What takes the place of the hash where the real files are missing. What a stand-in holds is a function of code, seed
/// and sizes, which a run's key contains already.
pub(crate) fn of_stand_in() -> String {
    Source::StandIn.to_string()
}
