//! All claims as the paper shows them: what `paper/claims.toml` states, in its order, with what the sections whose
//! results are shown say about it. Verdicts come from the very folders that figures and tables come from.

use std::fs;
use std::path::Path;

use ledger::{CheckRow, Claim, Entry, Register, Verdict};
use serde::{Serialize, Serializer};

use crate::sections::Section;
use crate::{TypesetError, regions};

/// A row of the ledger, as the template reads it.
#[derive(Debug, Serialize)]
pub struct Row {
    /// What `claims.json` says, of the checks those that tell most; what other sections measured stands apart.
    #[serde(flatten)]
    pub entry: Entry,
    /// How many more checks there are.
    pub more: usize,
    /// The row with every check.
    #[serde(skip)]
    pub whole: Entry,
    /// The standard error of each number that was measured, where it is known.
    pub errors: Vec<Option<f64>>,
    /// The corrected form of a misprint.
    pub correction: Option<String>,
    /// The stated settings of a protocol, in order.
    #[serde(serialize_with = "as_dictionary")]
    pub stated: Vec<(String, String)>,
    /// The value of each check that a page may name, in the digits that its error warrants; none where this result lacks
    /// the check.
    #[serde(serialize_with = "as_dictionary")]
    pub named: Vec<(String, Option<String>)>,
    /// Where the measuring code stands now.
    pub link: Option<Link>,
    /// What another set of results says otherwise.
    pub was: Option<Was>,
    /// What other sections measured.
    pub others: Vec<Row>,
}

/// A place in the sources.
#[derive(Debug, Serialize)]
pub struct Link {
    /// The file, relative to the workspace.
    pub path: String,
    /// The line, counted from 1.
    pub line: usize,
}

/// What another set of results says of a claim, where that differs.
#[derive(Debug, Clone, Serialize)]
pub struct Was {
    /// Its verdict.
    pub verdict: Verdict,
    /// Its number, as shown; none where it has no measurement.
    pub measured: Option<String>,
    /// Its standard error.
    pub standard_error: Option<f64>,
    /// Whether the verdict changed.
    pub turned: bool,
    /// The numbers that moved: what they measure, before, now, and how many standard errors lie between.
    pub numbers: Vec<ledger::Shift>,
}

fn as_dictionary<V: Serialize, S: Serializer>(pairs: &[(String, V)], to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(pairs.iter().map(|(key, value)| (key, value)))
}

/// Merges the rows of every section that has a result against the register. Returns warnings for measuring code that
/// is no longer where the result says.
///
/// # Errors
/// When the register is damaged; the error names the place.
pub fn merged(root: &Path, sections: &[Section]) -> Result<(Vec<Row>, Vec<String>), TypesetError> {
    let register = Register::read(&root.join("paper/claims.toml")).map_err(TypesetError::Register)?;
    let measured: Vec<Entry> = sections.iter().flat_map(|section| section.entries.iter().cloned()).collect();
    let mut warnings = Vec::new();
    let entries = ledger::merge(register.claims(), &measured);
    let rows = register.claims().iter().zip(entries);
    let rows = rows.map(|(claim, entry)| row(root, claim, entry, &mut warnings)).collect();
    Ok((rows, warnings))
}

fn row(root: &Path, claim: &Claim, entry: Entry, warnings: &mut Vec<String>) -> Row {
    let link = entry.source.as_deref().and_then(|source| match find(root, source) {
        Ok(link) => Some(link),
        Err(reason) => {
            warnings.push(format!("claim {}: {reason}", claim.id));
            None
        }
    });
    let digits =
        |id: &String| entry.checks.iter().find(|check| check.id.as_ref() == Some(id)).and_then(shown);
    Row {
        more: entry.checks.len().saturating_sub(SHOWN),
        entry: Entry { checks: telling(&entry.checks), also: Vec::new(), ..entry.clone() },
        errors: errors(&entry),
        correction: claim.correction.clone(),
        stated: claim.stated.clone(),
        named: claim.checks.iter().map(|id| (id.clone(), digits(id))).collect(),
        link,
        was: None,
        others: entry.also.iter().map(|other| row(root, claim, other.clone(), warnings)).collect(),
        whole: entry,
    }
}

/// The value in the digits that its error warrants; of what is zero to rounding, the bound within which it is.
fn shown(check: &CheckRow) -> Option<String> {
    let (value, error) = (check.value?, check.standard_error.unwrap_or(0.0));
    let bound =
        check.tolerance.filter(|bound| error == 0.0 && check.target == Some(0.0) && value.abs() <= *bound);
    Some(match bound {
        Some(bound) if bound < 1e-3 => format!("< {bound:e}"),
        _ => ledger::warranted(value, error),
    })
}

/// The standard errors of the numbers that were measured, in their order. A row's own error is that of the first; that of
/// another is known where a check gives just these digits.
fn errors(entry: &Entry) -> Vec<Option<f64>> {
    let of = |(index, number): (usize, &str)| {
        let gives_it = |check: &&CheckRow| shown(check).is_some_and(|digits| digits == number);
        let check = || entry.checks.iter().filter(|check| check.standard_error > Some(0.0)).find(gives_it);
        if index == 0 { entry.standard_error } else { check()?.standard_error }
    };
    entry.measured.iter().flat_map(|numbers| numbers.split(", ")).enumerate().map(of).collect()
}

/// The most checks that a claim's row lists.
const SHOWN: usize = 6;

/// The checks that do not hold, then those that come closest to not holding, as many as a row lists.
fn telling(checks: &[CheckRow]) -> Vec<CheckRow> {
    let part = |check: &CheckRow| match (check.value, check.target, check.tolerance) {
        _ if check.outcome != "holds" => f64::INFINITY,
        (Some(value), Some(target), Some(tolerance)) if tolerance > 0.0 => (value - target).abs() / tolerance,
        _ => 0.0,
    };
    let mut order: Vec<&CheckRow> = checks.iter().collect();
    order.sort_by(|a, b| part(b).total_cmp(&part(a)));
    order.into_iter().take(SHOWN).cloned().collect()
}

/// The line at which `<path>#<region>` begins now.
fn find(root: &Path, source: &str) -> Result<Link, String> {
    let (path, region) = source.split_once('#').unwrap_or((source, ""));
    let text = fs::read_to_string(root.join(path)).map_err(|error| format!("{path}: {error}"))?;
    let line = match region {
        "" => 1,
        _ => regions::cut(path, &text, region).map_err(|error| error.to_string())?.line(),
    };
    Ok(Link { path: path.to_owned(), line })
}
