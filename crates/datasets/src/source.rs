//! Whether images are real.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where the images of a data set come from. The words are those of a table's `data` column and of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The data set that the paper names, read from files.
    Real,
    /// A stand-in made in code: nothing found on it is a finding about the real data set.
    StandIn,
}

impl Source {
    /// The word used in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Real => "real",
            Self::StandIn => "stand-in",
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger::Data;

    #[test]
    fn the_words_are_the_ledgers() {
        for (source, data) in [(Source::Real, Data::Real), (Source::StandIn, Data::StandIn)] {
            assert_eq!(source.to_string(), data.as_str());
            let word = serde_json::to_string(&source).unwrap();
            assert_eq!(serde_json::from_str::<Data>(&word).unwrap(), data);
        }
    }
}
