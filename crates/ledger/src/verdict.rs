//! Verdicts, from best to worst.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What became of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The measurement agrees, and could have disagreed.
    Reproduced,
    /// Every check holds by the way its numbers are made: nothing could have disagreed but for a fault of the program.
    #[serde(rename = "reproduced (by construction)")]
    ByConstruction,
    /// The printed form fails and the corrected form holds.
    Misprint,
    /// The measurement cannot tell, for a stated reason.
    Inconclusive,
    /// Nobody measures it yet.
    #[serde(rename = "not measured")]
    NotMeasured,
    /// The measurement disagrees.
    #[serde(rename = "not reproduced")]
    NotReproduced,
}

impl Verdict {
    /// Every verdict, best first.
    pub const ALL: [Self; 6] = [
        Self::Reproduced,
        Self::ByConstruction,
        Self::Misprint,
        Self::Inconclusive,
        Self::NotMeasured,
        Self::NotReproduced,
    ];

    /// How bad it is: a higher rank is worse. A misprint found is as good as a reproduction.
    pub fn rank(self) -> u8 {
        match self {
            Self::Reproduced | Self::ByConstruction | Self::Misprint => 0,
            Self::Inconclusive => 1,
            Self::NotMeasured => 2,
            Self::NotReproduced => 3,
        }
    }

    /// Whether this verdict is worse than `other`.
    pub fn is_worse_than(self, other: Self) -> bool {
        self.rank() > other.rank()
    }

    /// The words used everywhere.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reproduced => "reproduced",
            Self::ByConstruction => "reproduced (by construction)",
            Self::Misprint => "misprint",
            Self::Inconclusive => "inconclusive",
            Self::NotMeasured => "not measured",
            Self::NotReproduced => "not reproduced",
        }
    }

    /// Reads the words back.
    pub fn from_words(words: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.as_str() == words)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
