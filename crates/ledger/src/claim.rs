//! A claim: one thing the paper states, where it states it, and what would contradict it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Digits;

/// How a claim is judged. The kinds are those of the register's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// An exact 0, 1 or 2: no rounding interval.
    Exact,
    /// Digits of a derived quantity: they stand for their rounding interval.
    Printed,
    /// Digits the authors measured: rounding interval, and their sampling error beside ours.
    Measured,
    /// Two sides agree.
    Identity,
    /// One quantity is smaller than another.
    Order,
    /// Monotone, a limit, a rate.
    Trend,
    /// A plotted curve.
    Series,
    /// A setting the experiment must use.
    Protocol,
    /// A slip in the text: the printed form fails, the corrected form holds.
    Misprint,
}

impl Kind {
    /// Whether the claim must state numbers, so that it has `printed` digits and a nearest wrong value.
    pub fn has_digits(self) -> bool {
        matches!(self, Self::Exact | Self::Printed | Self::Measured)
    }

    /// Whether the claim may state numbers: those that must, and curves of which values can be read.
    pub fn may_have_digits(self) -> bool {
        self.has_digits() || self == Self::Series
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Exact => "exact",
            Self::Printed => "printed",
            Self::Measured => "measured",
            Self::Identity => "identity",
            Self::Order => "order",
            Self::Trend => "trend",
            Self::Series => "series",
            Self::Protocol => "protocol",
            Self::Misprint => "misprint",
        })
    }
}

/// Who states the claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The original paper.
    #[default]
    Paper,
    /// An extension of it: not counted among what the original states.
    Ours,
}

/// A value that the paper states, and the nearest value that would contradict it.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// The digits as printed.
    pub printed: Digits,
    /// The nearest wrong value that would matter.
    pub wrong: Digits,
}

/// One thing the paper states.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// Unique name, such as `4.slope-theory`.
    pub id: String,
    /// Number of the section that owns the claim, such as `3.1`.
    pub section: String,
    /// Where the paper states it.
    pub locator: String,
    /// How it is judged.
    pub kind: Kind,
    /// One line, in our words.
    pub statement: String,
    /// The stated values, for kinds with digits; of a series those that could be read from the figure; empty otherwise.
    pub targets: Vec<Target>,
    /// How far a value read from a figure may be off, in place of the rounding of its digits.
    pub reading: Option<f64>,
    /// What the nearest wrong value would come from.
    pub wrong_because: Option<String>,
    /// How many replicates (networks) the authors averaged over, for measured digits.
    pub replicates: Option<u32>,
    /// The stated settings of a protocol, in the register's order.
    pub stated: Vec<(String, String)>,
    /// The corrected form of a misprint.
    pub correction: Option<String>,
    /// Ids of the checks whose numbers pages may show beside the headline.
    pub checks: Vec<String>,
    /// What to mind when measuring.
    pub mind: Option<String>,
    /// Who states it.
    pub origin: Origin,
    /// A placeholder of a new section, to be replaced before `claims --check` is content.
    pub placeholder: bool,
}

impl Claim {
    /// The printed digits, joined as the register writes them, or `None` where the claim has none.
    pub fn printed(&self) -> Option<String> {
        let digits: Vec<String> = self.targets.iter().map(|target| target.printed.to_string()).collect();
        (!digits.is_empty()).then(|| digits.join(","))
    }
}
