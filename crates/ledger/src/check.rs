//! A check: the smallest thing that can hold or fail. A measurement of a claim is a list of them.

use crate::Estimate;

/// One comparison between what a claim states and what was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// The name by which a page shows the check's number, one of those that the register lists; most checks have none.
    pub id: Option<String>,
    /// What is compared, in words; of a setting, the name under which the claim states it.
    pub what: String,
    /// How it is compared.
    pub comparison: Comparison,
}

/// What a check holds against what.
#[derive(Debug, Clone, PartialEq)]
pub enum Comparison {
    /// The estimate is the claim's stated value number `target` (0 for the first or only one).
    Value {
        /// Which of the claim's values it is held against.
        target: usize,
        /// The measured value.
        estimate: Estimate,
    },
    /// Two sides agree: their difference is zero within its own error, and the error is fine enough to see a
    /// difference of `resolution`.
    Equal {
        /// Their difference.
        difference: Estimate,
        /// The smallest difference that would matter: a coarser comparison decides nothing.
        resolution: f64,
    },
    /// One quantity is larger than another: their difference is above zero by more than its error.
    Positive {
        /// Larger minus smaller.
        difference: Estimate,
    },
    /// A setting of the protocol, read back from the configuration that ran.
    Setting {
        /// What ran.
        ran: String,
    },
}

impl Check {
    fn new(what: impl Into<String>, comparison: Comparison) -> Self {
        Self { id: None, what: what.into(), comparison }
    }

    /// The estimate is the claim's first (or only) stated value.
    pub fn value(what: impl Into<String>, estimate: Estimate) -> Self {
        Self::value_of(what, 0, estimate)
    }

    /// The estimate is the claim's stated value number `target`, counted from 0.
    pub fn value_of(what: impl Into<String>, target: usize, estimate: Estimate) -> Self {
        Self::new(what, Comparison::Value { target, estimate })
    }

    /// `difference` is zero, and would be seen if it were as large as `resolution`.
    pub fn equal(what: impl Into<String>, difference: Estimate, resolution: f64) -> Self {
        Self::new(what, Comparison::Equal { difference, resolution })
    }

    /// `difference` is above zero.
    pub fn positive(what: impl Into<String>, difference: Estimate) -> Self {
        Self::new(what, Comparison::Positive { difference })
    }

    /// The configuration that ran had `name` set to `ran`.
    pub fn setting(name: impl Into<String>, ran: impl ToString) -> Self {
        Self::new(name, Comparison::Setting { ran: ran.to_string() })
    }

    /// Gives the check the id by which pages show it.
    pub fn named(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// The number behind the check, where there is one.
    pub fn estimate(&self) -> Option<&Estimate> {
        match &self.comparison {
            Comparison::Value { estimate, .. } => Some(estimate),
            Comparison::Equal { difference, .. } | Comparison::Positive { difference } => Some(difference),
            Comparison::Setting { .. } => None,
        }
    }

    /// The same check with its number replaced; a setting becomes another setting.
    ///
    /// This is how the judge itself is tested: every measurement is pushed past its tolerance, and the verdict has to
    /// change.
    pub fn pushed_to(&self, value: f64) -> Self {
        let mut pushed = self.clone();
        match &mut pushed.comparison {
            Comparison::Value { estimate, .. } => estimate.value = value,
            Comparison::Equal { difference, .. } | Comparison::Positive { difference } => {
                difference.value = value;
            }
            Comparison::Setting { ran } => ran.push_str(" (changed)"),
        }
        pushed
    }
}
