//! A measurement: the checks that a section made for a claim, at which scale, on which data, by which code.

use serde::{Deserialize, Serialize};

use crate::{Check, Estimate};

/// The size of the experiment, against the paper's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scale {
    /// At least the paper's sizes.
    Full,
    /// Smaller than the paper's: never shown as a full result.
    Reduced,
}

impl Scale {
    /// Full when `full` holds.
    pub fn full_if(full: bool) -> Self {
        if full { Self::Full } else { Self::Reduced }
    }

    /// The word used in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Reduced => "reduced",
        }
    }
}

/// What the experiment ran on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Data {
    /// Inputs generated as the paper generates them, or none at all.
    Generated,
    /// The real data set the paper names.
    Real,
    /// A stand-in made in code: never shown as a result on the real data set.
    StandIn,
}

impl Data {
    /// The word used in tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Generated => "generated",
            Self::Real => "real",
            Self::StandIn => "stand-in",
        }
    }
}

/// What a section found about a claim.
#[derive(Debug, Clone, PartialEq)]
pub struct Measurement {
    /// The claim's id.
    pub claim: String,
    /// What must hold. The first check is the headline.
    pub checks: Vec<Check>,
    /// For a misprint: the same held against the form as printed, which must fail.
    pub as_printed: Vec<Check>,
    /// The numbers shown as "measured"; the headline's where empty.
    pub shown: Vec<Estimate>,
    /// Against the paper's sizes.
    pub scale: Scale,
    /// What it ran on.
    pub data: Data,
    /// The table the numbers come from, by name.
    pub table: Option<String>,
    /// The figure that shows them, by name.
    pub figure: Option<String>,
    /// File and region of the measuring code, such as `crates/3.1-theory/src/claims.rs#sigma-s`.
    pub source: Option<String>,
    /// Why the verdict cannot be decided although the numbers could: an unstated part of the protocol that matters.
    pub undecided: Option<String>,
    /// What the reader should know about the number.
    pub note: Option<String>,
}

impl Measurement {
    /// A full-scale measurement on generated inputs; refine it with the other methods.
    pub fn new(claim: impl Into<String>, checks: Vec<Check>) -> Self {
        Self {
            claim: claim.into(),
            checks,
            as_printed: Vec::new(),
            shown: Vec::new(),
            scale: Scale::Full,
            data: Data::Generated,
            table: None,
            figure: None,
            source: None,
            undecided: None,
            note: None,
        }
    }

    /// Adds the checks of the form as printed, for a misprint.
    pub fn as_printed(mut self, checks: Vec<Check>) -> Self {
        self.as_printed = checks;
        self
    }

    /// Shows these numbers in place of the headline's.
    pub fn showing(mut self, shown: Vec<Estimate>) -> Self {
        self.shown = shown;
        self
    }

    /// The check whose number is the first that is shown, if any: what a ledger says of the one is said of the other.
    pub fn headline(&self) -> Option<usize> {
        match self.shown.first() {
            Some(shown) => self.checks.iter().position(|check| check.estimate() == Some(shown)),
            None => (!self.checks.is_empty()).then_some(0),
        }
    }

    /// Sets the scale.
    pub fn at(mut self, scale: Scale) -> Self {
        self.scale = scale;
        self
    }

    /// Sets the data.
    pub fn on(mut self, data: Data) -> Self {
        self.data = data;
        self
    }

    /// Names the table behind the numbers.
    pub fn table(mut self, table: &str) -> Self {
        self.table = Some(table.to_owned());
        self
    }

    /// Names the figure that shows them.
    pub fn figure(mut self, figure: &str) -> Self {
        self.figure = Some(figure.to_owned());
        self
    }

    /// Names the measuring code: a file, relative to the root, and a region of it.
    pub fn source(mut self, file: &str, region: &str) -> Self {
        self.source = Some(format!("{file}#{region}"));
        self
    }

    /// Leaves the verdict open for a stated reason, whatever the numbers say.
    pub fn undecided(mut self, reason: impl Into<String>) -> Self {
        self.undecided = Some(reason.into());
        self
    }

    /// Adds a remark.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }
}
