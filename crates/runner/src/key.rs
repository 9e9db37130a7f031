//! The key of a run: a hash of everything that can change its result, part by part, so that a stale run can say which
//! part moved.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Version of the stored format and of the rule that makes keys. Raising it forgets every run in the store.
pub const FORMAT: u32 = 2;

/// One thing that a run's result depends on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// What it is, such as `parameters` or `code of mean-field`.
    pub name: String,
    /// Its value where it is short and telling, else its hash.
    pub value: String,
}

impl Part {
    /// A named part.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into() }
    }
}

/// The key of a run: the parts and their common hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    hash: String,
    parts: Vec<Part>,
}

impl Key {
    /// Hashes the parts, in the order given; the format number is always one of them.
    pub fn new(parts: Vec<Part>) -> Self {
        let mut hasher = blake3::Hasher::new();
        let mut feed = |text: &str| {
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
        };
        feed(&FORMAT.to_string());
        for part in &parts {
            feed(&part.name);
            feed(&part.value);
        }
        Self { hash: hasher.finalize().to_hex().to_string(), parts }
    }

    /// The hash, in hexadecimal.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The parts.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Whether this is the hash of some key.
    pub fn is_hash(text: &str) -> bool {
        text.len() == 2 * blake3::OUT_LEN
            && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    }

    /// What moved from an earlier key to this one: `name` for hashes, `name: old → new` for short values.
    pub fn moved_since(&self, earlier: &Self) -> Vec<String> {
        let old = |name: &str| earlier.parts.iter().find(|part| part.name == name).map(|part| &part.value);
        let changed = self.parts.iter().filter_map(|part| match old(&part.name) {
            Some(value) if *value == part.value => None,
            Some(value) if value.len() <= 40 && part.value.len() <= 40 => {
                Some(format!("{}: {value} → {}", part.name, part.value))
            }
            Some(_) => Some(part.name.clone()),
            None => Some(format!("{} (new)", part.name)),
        });
        let now = |name: &str| self.parts.iter().any(|part| part.name == name);
        let gone =
            earlier.parts.iter().filter(|part| !now(&part.name)).map(|part| format!("{} (gone)", part.name));
        changed.chain(gone).collect()
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(parts: &[(&str, &str)]) -> Key {
        Key::new(parts.iter().map(|&(name, value)| Part::new(name, value)).collect())
    }

    #[test]
    fn every_part_and_every_boundary_counts() {
        let reference = key(&[("seed", "1"), ("depth", "50")]);
        assert_eq!(reference, key(&[("seed", "1"), ("depth", "50")]));
        assert_ne!(reference.hash(), key(&[("seed", "2"), ("depth", "50")]).hash());
        assert_ne!(key(&[("a", "bc")]).hash(), key(&[("ab", "c")]).hash());
    }

    #[test]
    fn a_moved_part_is_named() {
        let long = "f".repeat(64);
        let earlier = key(&[("seed", "1"), ("code", &long), ("data", "x")]);
        let now = key(&[("seed", "2"), ("code", &"e".repeat(64)), ("device", "cpu")]);
        assert_eq!(now.moved_since(&earlier), ["seed: 1 → 2", "code", "device (new)", "data (gone)"]);
    }
}
