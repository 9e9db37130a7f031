//! A check: the smallest thing that can hold or fail. A measurement of a claim is a list of them.

use crate::{Estimate, LogRatios, Share, Time};

/// One comparison between what a claim states and what was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// The name by which a page shows the check's number, one of those that the register lists; most checks have none.
    pub id: Option<String>,
    /// What is compared, in words; of a setting, the name under which the claim states it.
    pub what: String,
    /// How it is compared.
    pub comparison: Comparison,
    /// Whether it holds by the way its numbers are made, whatever the original says: such a check can fail, by a fault
    /// of the program, but decides nothing alone.
    pub by_construction: bool,
}

/// What a check holds against what.
#[derive(Debug, Clone, PartialEq)]
pub enum Comparison {
    /// The estimate is the claim's stated value number `target` (0 for the first or only one).
    Value {
        /// Which of the claim's values it is held against.
        target: usize,
        /// The nearest wrong value that would matter in this cell of the experiment; the claim's own where there is none.
        wrong: Option<f64>,
        /// The measured value.
        estimate: Estimate,
    },
    /// Two sides agree: their difference is zero within its own error, and smaller than `resolution` beyond its error.
    Equal {
        /// Their difference.
        difference: Estimate,
        /// The smallest difference that would matter: a coarser comparison decides nothing.
        resolution: f64,
    },
    /// Two sides are near: their difference, which need not be zero, is less than `bound` in size.
    Within {
        /// Their difference.
        difference: Estimate,
        /// What it must not exceed.
        bound: f64,
    },
    /// One quantity is larger than another: their difference is above zero by more than its error, and not shown to be
    /// below `resolution`.
    Positive {
        /// Larger minus smaller.
        difference: Estimate,
        /// The smallest difference that would matter: less than that is no difference.
        resolution: f64,
    },
    /// More than `least` of the replicates have a property.
    Most {
        /// Those that have it, of all.
        share: Share,
        /// The share that must be exceeded.
        least: f64,
    },
    /// One process takes longer than another, some times of either being known only as longer than a budget.
    Longer {
        /// ln of the longer time over the shorter, a pair a replicate.
        ratios: LogRatios,
        /// The smallest logarithm that would matter.
        resolution: f64,
    },
    /// A setting of the protocol, read back from the configuration that ran.
    Setting {
        /// What ran.
        ran: String,
    },
}

impl Check {
    fn new(what: impl Into<String>, comparison: Comparison) -> Self {
        Self { id: None, what: what.into(), comparison, by_construction: false }
    }

    /// What is compared, as a sentence has it.
    pub(crate) fn in_words(&self) -> String {
        match self.comparison {
            Comparison::Setting { .. } => self.what.replace('_', " "),
            _ => self.what.clone(),
        }
    }

    /// The estimate is the claim's first (or only) stated value.
    pub fn value(what: impl Into<String>, estimate: Estimate) -> Self {
        Self::value_of(what, 0, estimate)
    }

    /// The estimate is the claim's stated value number `target`, counted from 0.
    pub fn value_of(what: impl Into<String>, target: usize, estimate: Estimate) -> Self {
        Self::new(what, Comparison::Value { target, wrong: None, estimate })
    }

    /// `difference` is zero, and would be seen if it were as large as `resolution`.
    pub fn equal(what: impl Into<String>, difference: Estimate, resolution: f64) -> Self {
        Self::new(what, Comparison::Equal { difference, resolution })
    }

    /// `difference` is less than `bound` in size.
    pub fn within(what: impl Into<String>, difference: Estimate, bound: f64) -> Self {
        Self::new(what, Comparison::Within { difference, bound })
    }

    /// `difference` is above zero, and at least `resolution`, the smallest that would matter, for all that is known.
    pub fn positive(what: impl Into<String>, difference: Estimate, resolution: f64) -> Self {
        Self::new(what, Comparison::Positive { difference, resolution })
    }

    /// More than `least` of the replicates have a property.
    pub fn most(what: impl Into<String>, share: Share, least: f64) -> Self {
        Self::new(what, Comparison::Most { share, least })
    }

    /// The first time of each pair is the longer one, by a factor whose logarithm would matter from `resolution` on.
    /// Where every time is known this is an order of ln ratios with Student's t; where one is not, see [`LogRatios`].
    pub fn longer(what: impl Into<String>, pairs: &[[Time; 2]], resolution: f64) -> Self {
        let ratios = LogRatios::of(pairs);
        match ratios.mean() {
            Some(difference) => Self::positive(what, difference, resolution),
            None => Self::new(what, Comparison::Longer { ratios, resolution }),
        }
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

    /// Says that the check holds by the way its numbers are made.
    pub fn by_construction(mut self) -> Self {
        self.by_construction = true;
        self
    }

    /// Names the nearest wrong value in the cell that a value was measured in, in place of the claim's own.
    pub fn instead_of(mut self, nearest: f64) -> Self {
        if let Comparison::Value { wrong, .. } = &mut self.comparison {
            *wrong = Some(nearest);
        }
        self
    }

    /// The number behind the check with its error, where it is an estimate.
    pub fn estimate(&self) -> Option<&Estimate> {
        match &self.comparison {
            Comparison::Value { estimate, .. } => Some(estimate),
            Comparison::Equal { difference, .. }
            | Comparison::Within { difference, .. }
            | Comparison::Positive { difference, .. } => Some(difference),
            Comparison::Most { .. } | Comparison::Longer { .. } | Comparison::Setting { .. } => None,
        }
    }

    /// The number behind the check; of censored ratios the lowest that their estimate may be.
    pub fn number(&self) -> Option<f64> {
        match &self.comparison {
            Comparison::Most { share, .. } => Some(share.value()),
            Comparison::Longer { ratios, .. } => Some(ratios.estimate()[0]),
            _ => self.estimate().map(|estimate| estimate.value),
        }
    }

    /// The same check with its number replaced; a setting becomes another setting, a share and ratios of times the
    /// opposite ones.
    ///
    /// This is how the judge itself is tested: every measurement is pushed past its tolerance, and the verdict has to
    /// change.
    pub fn pushed_to(&self, value: f64) -> Self {
        let mut pushed = self.clone();
        match &mut pushed.comparison {
            Comparison::Value { estimate, .. } => estimate.value = value,
            Comparison::Equal { difference, .. }
            | Comparison::Within { difference, .. }
            | Comparison::Positive { difference, .. } => difference.value = value,
            Comparison::Most { share, .. } => *share = share.of_the_others(),
            Comparison::Longer { ratios, .. } => *ratios = ratios.reversed(),
            Comparison::Setting { ran } => ran.push_str(" (changed)"),
        }
        pushed
    }
}
