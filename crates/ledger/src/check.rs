//! A check: the smallest thing that can hold or fail. A measurement of a claim is a list of them.

use serde::{Deserialize, Serialize};

use crate::Estimate;

/// One comparison between what a claim states and what was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "check", rename_all = "lowercase")]
pub enum Check {
    /// The estimate is the claim's stated value number `target` (0 for the first or only one).
    Value {
        /// What was measured.
        what: String,
        /// Which of the claim's values it is held against.
        target: usize,
        /// The measured value.
        estimate: Estimate,
    },
    /// Two sides agree: their difference is zero within its own error, and the error is fine enough to see a
    /// difference of `resolution`.
    Equal {
        /// Which two sides.
        what: String,
        /// Their difference.
        difference: Estimate,
        /// The smallest difference that would matter: a coarser comparison decides nothing.
        resolution: f64,
    },
    /// One quantity is larger than another: their difference is above zero by more than its error.
    Positive {
        /// Which difference.
        what: String,
        /// Larger minus smaller.
        difference: Estimate,
    },
    /// A setting of the protocol, read back from the configuration that ran.
    Setting {
        /// The name under which the claim states it.
        name: String,
        /// What ran.
        ran: String,
    },
}

impl Check {
    /// The estimate is the claim's first (or only) stated value.
    pub fn value(what: impl Into<String>, estimate: Estimate) -> Self {
        Self::Value { what: what.into(), target: 0, estimate }
    }

    /// The estimate is the claim's stated value number `target`, counted from 0.
    pub fn value_of(what: impl Into<String>, target: usize, estimate: Estimate) -> Self {
        Self::Value { what: what.into(), target, estimate }
    }

    /// `difference` is zero, and would be seen if it were as large as `resolution`.
    pub fn equal(what: impl Into<String>, difference: Estimate, resolution: f64) -> Self {
        Self::Equal { what: what.into(), difference, resolution }
    }

    /// `difference` is above zero.
    pub fn positive(what: impl Into<String>, difference: Estimate) -> Self {
        Self::Positive { what: what.into(), difference }
    }

    /// The configuration that ran had `name` set to `ran`.
    pub fn setting(name: impl Into<String>, ran: impl ToString) -> Self {
        Self::Setting { name: name.into(), ran: ran.to_string() }
    }

    /// What is compared.
    pub fn what(&self) -> &str {
        match self {
            Self::Value { what, .. } | Self::Equal { what, .. } | Self::Positive { what, .. } => what,
            Self::Setting { name, .. } => name,
        }
    }

    /// The number behind the check, where there is one.
    pub fn estimate(&self) -> Option<&Estimate> {
        match self {
            Self::Value { estimate, .. } => Some(estimate),
            Self::Equal { difference, .. } | Self::Positive { difference, .. } => Some(difference),
            Self::Setting { .. } => None,
        }
    }

    /// The same check with its number replaced; a setting becomes another setting.
    ///
    /// This is how the judge itself is tested: every measurement is pushed past its tolerance, and the verdict has to
    /// change.
    pub fn pushed_to(&self, value: f64) -> Self {
        let mut pushed = self.clone();
        match &mut pushed {
            Self::Value { estimate, .. } => estimate.value = value,
            Self::Equal { difference, .. } | Self::Positive { difference, .. } => difference.value = value,
            Self::Setting { ran, .. } => ran.push_str(" (changed)"),
        }
        pushed
    }
}
