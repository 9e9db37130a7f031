//! The ledger's totals: how many claims are stated, measured, reproduced, misprinted, open.

use serde::{Deserialize, Serialize};

use crate::{Entry, Origin, Verdict};

/// Counts over the claims of the original paper; extensions are counted apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Totals {
    /// Claims that the original states.
    pub stated: usize,
    /// Of these, measured.
    pub measured: usize,
    /// Of these, reproduced.
    pub reproduced: usize,
    /// Of these, true by construction.
    pub by_construction: usize,
    /// Of these, misprints found and corrected.
    pub misprints: usize,
    /// Of these, contradicted.
    pub not_reproduced: usize,
    /// Of these, measured without a decision.
    pub inconclusive: usize,
    /// Stated and not measured.
    pub open: usize,
    /// Claims that extensions of the paper add.
    pub ours: usize,
}

impl Totals {
    /// Counts the rows of a merged ledger.
    pub fn of(entries: &[Entry]) -> Self {
        let stated: Vec<&Entry> = entries.iter().filter(|entry| entry.origin == Origin::Paper).collect();
        let count = |verdict| stated.iter().filter(|entry| entry.verdict == verdict).count();
        let open = count(Verdict::NotMeasured);
        Self {
            stated: stated.len(),
            measured: stated.len() - open,
            reproduced: count(Verdict::Reproduced),
            by_construction: count(Verdict::ByConstruction),
            misprints: count(Verdict::Misprint),
            not_reproduced: count(Verdict::NotReproduced),
            inconclusive: count(Verdict::Inconclusive),
            open,
            ours: entries.len() - stated.len(),
        }
    }
}

impl std::fmt::Display for Totals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            stated,
            measured,
            reproduced,
            by_construction,
            misprints,
            not_reproduced,
            inconclusive,
            open,
            ..
        } = self;
        write!(
            f,
            "{stated} claims stated, {measured} measured: {reproduced} reproduced, {by_construction} more by construction, "
        )?;
        write!(
            f,
            "{misprints} misprints, {not_reproduced} not reproduced, {inconclusive} inconclusive; {open} open"
        )
    }
}
