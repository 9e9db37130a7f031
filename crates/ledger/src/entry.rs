//! A row of the ledger: a claim, its measurement and the verdict, as `claims.json` holds it.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::judge::{CheckOutcome, Judged, judge};
use crate::{
    Check, Claim, Comparison, Data, Estimate, Kind, Measurement, Origin, Scale, Verdict, warranted,
    warranted_bound,
};

/// One claim with everything known about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The claim's id.
    pub id: String,
    /// Number of the section that owns the claim; in a row of `also`, of the section that measured.
    pub section: String,
    /// How it is judged.
    pub kind: Kind,
    /// The claim in one line.
    pub statement: String,
    /// Where the paper states it.
    pub locator: String,
    /// The digits as printed.
    pub printed: Option<String>,
    /// The measured value, with the digits its error warrants.
    pub measured: Option<String>,
    /// Standard error of the headline; 0 where nothing is random.
    pub standard_error: Option<f64>,
    /// What became of it.
    pub verdict: Verdict,
    /// Why.
    pub reason: String,
    /// Full or reduced.
    pub scale: Option<Scale>,
    /// What it ran on.
    pub data: Option<Data>,
    /// The smallest deviation of the headline that would have been noticed.
    pub smallest_visible_deviation: Option<f64>,
    /// The table behind it.
    pub table: Option<String>,
    /// The figure that shows it.
    pub figure: Option<String>,
    /// File and region of the measuring code.
    pub source: Option<String>,
    /// Who states it.
    pub origin: Origin,
    /// What the reader should know.
    pub note: Option<String>,
    /// Whether it is the leftover of a section template.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub placeholder: bool,
    /// The checks one by one.
    #[serde(default)]
    pub checks: Vec<CheckRow>,
    /// Measurements of the same claim by other sections.
    #[serde(default)]
    pub also: Vec<Entry>,
}

/// One check, as the ledger shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CheckRow {
    /// The name by which a page shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What was compared.
    pub what: String,
    /// `value`, `equal`, `within`, `positive`, `most`, `longer` or `setting`.
    pub kind: String,
    /// Whether this tests the form as printed, which a misprint must fail.
    pub as_printed: bool,
    /// Whether it holds by the way its numbers are made.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_construction: bool,
    /// The value it was held against.
    pub target: Option<f64>,
    /// The measured value.
    pub value: Option<f64>,
    /// Its standard error.
    pub standard_error: Option<f64>,
    /// The deviation up to which it holds.
    pub tolerance: Option<f64>,
    /// `holds`, `fails: …` or `open: …`.
    pub outcome: String,
}

impl Entry {
    /// The row of a claim that nobody measured.
    pub fn unmeasured(claim: &Claim) -> Self {
        Self {
            id: claim.id.clone(),
            section: claim.section.clone(),
            kind: claim.kind,
            statement: claim.statement.clone(),
            locator: claim.locator.clone(),
            printed: claim.printed(),
            measured: None,
            standard_error: None,
            verdict: Verdict::NotMeasured,
            reason: "no result that is shown here measures it".to_owned(),
            scale: None,
            data: None,
            smallest_visible_deviation: None,
            table: None,
            figure: None,
            source: None,
            origin: claim.origin,
            note: None,
            placeholder: claim.placeholder,
            checks: Vec::new(),
            also: Vec::new(),
        }
    }

    /// Whether it is of what this claim says: one that says something else has yet to be judged.
    pub fn is_of(&self, claim: &Claim) -> bool {
        (&self.id, self.kind, &self.statement, &self.printed)
            == (&claim.id, claim.kind, &claim.statement, &claim.printed())
    }

    /// The row of a claim measured by the section with number `section`.
    pub fn measured(claim: &Claim, measurement: &Measurement, section: &str) -> Self {
        let judgement = judge(claim, measurement);
        let headline = measurement.shown.first().or_else(|| measurement.checks.first()?.estimate());
        Self {
            section: section.to_owned(),
            measured: Some(shown(measurement)),
            standard_error: headline
                .map(|estimate| estimate.standard_error)
                .filter(|error| error.is_finite()),
            verdict: judgement.verdict,
            reason: judgement.reason,
            scale: Some(measurement.scale),
            data: Some(measurement.data),
            smallest_visible_deviation: judgement.smallest_visible_deviation.filter(|x| x.is_finite()),
            table: measurement.table.clone(),
            figure: measurement.figure.clone(),
            source: measurement.source.clone(),
            note: measurement.note.clone(),
            checks: rows(&measurement.checks, &judgement.checks, false)
                .chain(rows(&measurement.as_printed, &judgement.as_printed, true))
                .collect(),
            ..Self::unmeasured(claim)
        }
    }
}

fn rows<'a>(
    checks: &'a [Check],
    judged: &'a [Judged],
    as_printed: bool,
) -> impl Iterator<Item = CheckRow> + 'a {
    checks.iter().zip(judged).map(move |(check, judged)| CheckRow {
        id: check.id.clone(),
        what: check.what.clone(),
        kind: match check.comparison {
            Comparison::Value { .. } => "value",
            Comparison::Equal { .. } => "equal",
            Comparison::Within { .. } => "within",
            Comparison::Positive { .. } => "positive",
            Comparison::Most { .. } => "most",
            Comparison::Longer { .. } => "longer",
            Comparison::Setting { .. } => "setting",
        }
        .to_owned(),
        as_printed,
        by_construction: check.by_construction,
        target: judged.target,
        value: check.number(),
        standard_error: check.estimate().map(|estimate| estimate.standard_error),
        tolerance: judged.target.map(|_| judged.tolerance),
        outcome: match &judged.outcome {
            CheckOutcome::Holds => "holds".to_owned(),
            CheckOutcome::Fails(why) => format!("fails: {why}"),
            CheckOutcome::Open(why) => format!("open: {why}"),
        },
    })
}

/// The measured side in digits: the numbers to show, or the settings that ran.
fn shown(measurement: &Measurement) -> String {
    let numbers: Vec<String> = match &measurement.shown[..] {
        [] => measurement.checks.first().and_then(of_check).into_iter().collect(),
        shown => shown.iter().map(written).collect(),
    };
    if !numbers.is_empty() {
        return numbers.join(", ");
    }
    let settings = measurement.checks.iter().filter_map(|check| match &check.comparison {
        Comparison::Setting { ran } => Some(format!("{} {ran}", check.in_words())),
        _ => None,
    });
    settings.collect::<Vec<_>>().join("; ")
}

/// A check's number; of censored times the bound that they give, and of a share the counts.
fn of_check(check: &Check) -> Option<String> {
    match &check.comparison {
        Comparison::Most { share, .. } => Some(warranted(share.value(), 0.01)),
        Comparison::Longer { ratios, .. } => {
            let estimate = ratios.estimate();
            let [low, high] = estimate.map(|end| warranted(end, 0.01));
            Some(match estimate.map(f64::is_finite) {
                [true, true] if low == high => low,
                [true, true] => format!("{low} to {high}"),
                [true, false] => format!("≥ {low}"),
                [false, true] => format!("≤ {high}"),
                [false, false] => "unknown".to_owned(),
            })
        }
        _ => check.estimate().map(written),
    }
}

fn written(estimate: &Estimate) -> String {
    if estimate.standard_error > 0.0 {
        warranted(estimate.value, estimate.standard_error)
    } else {
        warranted_bound(estimate.value, estimate.rounding)
    }
}

/// Why the rows of a section cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum EntriesError {
    /// The file itself.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        error: std::io::Error,
    },
    /// The file holds something else.
    #[error("{} is damaged", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where and why.
        #[source]
        error: serde_json::Error,
    },
}

/// Reads the rows in a `claims.json`.
///
/// # Errors
/// When the file is missing or holds something else.
pub fn read_entries(path: &Path) -> Result<Vec<Entry>, EntriesError> {
    let path = path.to_path_buf();
    let text = match std::fs::read(&path) {
        Ok(text) => text,
        Err(error) => return Err(EntriesError::Unreadable { path, error }),
    };
    serde_json::from_slice(&text).map_err(|error| EntriesError::Damaged { path, error })
}

/// Merges what the sections measured into one row per claim of the register, in the register's order.
///
/// A claim's row is its owner's; measurements of other sections go to `also`, and one that is worse drags the verdict
/// down with it. Where the owner measures nothing, the first other measurement takes its place.
pub fn merge(claims: &[Claim], measured: &[Entry]) -> Vec<Entry> {
    let row = |claim: &Claim| {
        let mut all: Vec<&Entry> = measured.iter().filter(|entry| entry.id == claim.id).collect();
        all.sort_by_key(|entry| entry.section != claim.section);
        let Some((first, others)) = all.split_first() else { return Entry::unmeasured(claim) };
        let mut row = (*first).clone();
        row.also = others.iter().map(|entry| (*entry).clone()).collect();
        if let Some(worst) = others
            .iter()
            .filter(|other| other.verdict.is_worse_than(row.verdict))
            .max_by_key(|other| other.verdict.rank())
        {
            row.verdict = worst.verdict;
            row.reason = format!("measured by Section {}: {}", worst.section, worst.reason);
        }
        row
    };
    claims.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Register;

    #[test]
    fn a_row_is_of_what_the_claim_said_when_it_was_judged() {
        let text = "[[claim]]\nid = \"4.sigma-s\"\nsection = \"4\"\nlocator = \"§4\"\nkind = \"printed\"\n\
                    statement = \"what one layer leaves\"\nprinted = \"0.826\"\nwrong = \"0.8215\"\n\
                    wrong_because = \"another divisor\"\n";
        let said = |text: &str| Register::parse(text).unwrap().claims()[0].clone();
        let row = Entry::unmeasured(&said(text));
        assert!(row.is_of(&said(text)));
        for (from, to) in [("0.826", "0.836"), ("leaves", "takes"), ("4.sigma-s", "4.sigma")] {
            assert!(!row.is_of(&said(&text.replace(from, to))), "{to}");
        }
    }
}
