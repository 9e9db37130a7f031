//! The order of the paper: section names such as `3.1-theory` sort by their number, part by part, so that 3.10 comes
//! after 3.9; pages whose name begins with a capital letter (`A-exact-sampler`) are appendices and come last.

use std::cmp::Ordering;

/// A section's name taken apart: `3.1-theory` is number `3.1` and topic `theory`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionName {
    /// The whole name, as the folder or page is called.
    pub folder: String,
    /// The number as printed, such as `3.1`, or an appendix letter such as `A`.
    pub number: String,
    /// What follows the number, such as `theory`.
    pub topic: String,
    key: Key,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Numbered(Vec<u32>),
    Appendix(char),
}

impl SectionName {
    /// Takes `3.1-theory` or `A-exact-sampler` apart; `None` for names that are neither.
    pub fn parse(folder: &str) -> Option<Self> {
        let (number, topic) = folder.split_once('-')?;
        if topic.is_empty() {
            return None;
        }
        let mut letters = number.chars();
        let key = match (letters.next(), letters.next()) {
            (Some(letter), None) if letter.is_ascii_uppercase() => Key::Appendix(letter),
            _ => Key::Numbered(number.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?),
        };
        Some(Self { folder: folder.into(), number: number.into(), topic: topic.into(), key })
    }

    /// Whether the page belongs after the body of the paper.
    pub fn is_appendix(&self) -> bool {
        matches!(self.key, Key::Appendix(_))
    }
}

impl PartialOrd for SectionName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for SectionName {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key).then_with(|| self.folder.cmp(&other.folder))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_compare_as_integers_part_by_part() {
        let mut names: Vec<SectionName> =
            ["A-sampler", "3.10-x", "4-batchnorm", "3.9-y", "3.1-theory", "10-z", "2-background", "3-own"]
                .map(|folder| SectionName::parse(folder).unwrap())
                .into();
        names.sort();
        let order: Vec<&str> = names.iter().map(|name| name.number.as_str()).collect();
        assert_eq!(order, ["2", "3", "3.1", "3.9", "3.10", "4", "10", "A"]);
    }

    #[test]
    fn library_crates_are_not_sections() {
        for folder in ["mean-field", "press", "3.1", "3.1-", "3.x-y", "-y", "AB-y", ""] {
            assert_eq!(SectionName::parse(folder), None, "{folder}");
        }
    }
}
