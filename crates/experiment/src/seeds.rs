//! Seeds: everything random in a section is drawn from a seed that is made of the section, of what it is for, and of the
//! seed of the reproduction. Draws for different purposes have nothing in common, nor have those of different sections;
//! draws that are to be the same, such as the weights of networks that are compared in pairs, name the same purpose.

/// The seeds of a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seeds {
    section: &'static str,
    seed: u64,
}

impl Seeds {
    /// Of a section, from the seed of the reproduction.
    pub const fn new(section: &'static str, seed: u64) -> Self {
        Self { section, seed }
    }

    /// The seed for a purpose: the first eight bytes, the lowest first, of BLAKE3 of section, purpose and seed.
    pub fn of(&self, purpose: &str) -> u64 {
        let mut hasher = blake3::Hasher::new();
        for part in [self.section, purpose] {
            hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
        }
        hasher.update(&self.seed.to_le_bytes());
        let mut first = [0; 8];
        first.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
        u64::from_le_bytes(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_purpose_and_seed_matter() {
        let here = Seeds::new("theory", 1).of("weights");
        assert_eq!(here, Seeds::new("theory", 1).of("weights"));
        let others = [
            Seeds::new("theory", 1).of("inputs"),
            Seeds::new("theory", 2).of("weights"),
            Seeds::new("theoryw", 1).of("eights"),
        ];
        assert!(!others.contains(&here));
    }
}
