//! Two results side by side: what another set of results says otherwise than the one that the paper shows.

use std::collections::BTreeSet;
use std::path::Path;

use ledger::{Difference, Entry, Register, Verdict};
use runner::results;

use crate::TypesetError;
use crate::claims::{Row, Was};
use crate::sections::Section;

/// Marks the rows that the results in `set` say otherwise. Returns warnings for folders in it that are no results.
///
/// # Errors
/// When the register or that set is damaged, or nothing is in it.
pub(crate) fn mark(
    root: &Path,
    set: &Path,
    records: &Path,
    sections: &[Section],
    rows: &mut [Row],
) -> Result<Vec<String>, TypesetError> {
    let register = Register::read(&root.join("paper/claims.toml")).map_err(TypesetError::Register)?;
    let slugs: Vec<String> = sections.iter().map(|section| section.folder.clone()).collect();
    let (measured, passed_over) = results::of_set(set, &slugs, records)?;
    if measured.is_empty() {
        return Err(TypesetError::NoResults(set.to_path_buf()));
    }
    let old = ledger::rows(register.claims(), &measured);
    let now: Vec<Entry> =
        rows.iter().flat_map(|row| row.others.iter().chain([row])).map(|row| row.whole.clone()).collect();
    let now: Vec<Entry> = now.into_iter().filter(|entry| entry.verdict != Verdict::NotMeasured).collect();
    let difference = Difference::between(&old, &ledger::rows(register.claims(), &now));
    // A set may be the record of one section: of the others it says nothing.
    let told: BTreeSet<&str> = old
        .values()
        .filter(|row| row.verdict != Verdict::NotMeasured)
        .map(|row| row.section.as_str())
        .collect();
    for row in rows.iter_mut().filter(|row| told.contains(row.entry.section.as_str())) {
        let main = row.entry.id.clone();
        let others = row.others.iter_mut().map(|other| (format!("{main}@{}", other.entry.section), other));
        for (name, other) in others {
            other.was = was(&name, &old, &difference);
        }
        row.was = was(&main, &old, &difference);
    }
    Ok(passed_over.iter().map(|why| format!("passed over: {}", experiment::told(why))).collect())
}

fn was(name: &str, old: &ledger::Rows, difference: &Difference) -> Option<Was> {
    let turned = difference.verdicts.iter().any(|turn| turn.claim == name);
    let numbers: Vec<_> = difference.numbers.iter().filter(|shift| shift.claim == name).cloned().collect();
    let row = old.get(name);
    (turned || !numbers.is_empty()).then(|| Was {
        verdict: row.map_or(Verdict::NotMeasured, |row| row.verdict),
        measured: row.and_then(|row| row.measured.clone()),
        standard_error: row.and_then(|row| row.standard_error),
        turned,
        numbers,
    })
}
