//! All claims as the paper shows them: what `paper/claims.toml` states, in its order, with what the sections whose
//! results are shown say about it. Verdicts come from the very folders that figures and tables come from.

use std::fs;
use std::path::Path;

use ledger::{Claim, Entry, Register};
use serde_json::{Map, Value, json};

use crate::sections::Section;
use crate::{TypesetError, regions};

/// A row of the ledger, as the template reads it: the fields of an [`Entry`], and
///
/// - `correction`: the corrected form of a misprint;
/// - `stated`: the stated settings of a protocol, by name, in order;
/// - `checks`: each check that a page may name, by name, with its value in the digits that its error warrants; none where
///   this result lacks the check;
/// - `link`: `path` and `line` of the measuring code as it stands now, relative to the workspace and counted from 1;
/// - `also`: such rows of what other sections measured.
pub type Row = Map<String, Value>;

/// Merges `claims.json` of every section that has a result against the register. Returns warnings for measuring code that
/// is no longer where the result says.
///
/// # Errors
/// When the register or a section's claims are damaged; the error names the place.
pub fn merged(root: &Path, sections: &[Section]) -> Result<(Vec<Row>, Vec<String>), TypesetError> {
    let register = Register::read(&root.join("paper/claims.toml")).map_err(TypesetError::Register)?;
    let mut measured = Vec::new();
    for folder in sections.iter().filter_map(|section| section.results.as_ref()) {
        measured.extend(ledger::read_entries(&folder.join("claims.json"))?);
    }
    let mut warnings = Vec::new();
    let entries = ledger::merge(register.claims(), &measured);
    let rows = register.claims().iter().zip(entries);
    let rows = rows.map(|(claim, entry)| row(root, claim, entry, &mut warnings));
    let rows = rows.collect::<Result<_, _>>().map_err(TypesetError::Manifest)?;
    Ok((rows, warnings))
}

fn row(
    root: &Path,
    claim: &Claim,
    mut entry: Entry,
    warnings: &mut Vec<String>,
) -> Result<Row, serde_json::Error> {
    let link = match entry.source.as_deref().map(|source| find(root, source)) {
        Some(Err(reason)) => {
            warnings.push(format!("claim {}: {reason}", claim.id));
            None
        }
        found => found.and_then(Result::ok),
    };
    let digits = |id: &String| {
        let check = entry.checks.iter().find(|check| check.id.as_ref() == Some(id))?;
        Some(ledger::warranted(check.value?, check.standard_error.unwrap_or(0.0)))
    };
    let checks: Row = claim.checks.iter().map(|id| (id.clone(), json!(digits(id)))).collect();
    let stated: Row = claim.stated.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    let others = std::mem::take(&mut entry.also).into_iter();
    let also = others.map(|other| row(root, claim, other, warnings)).collect::<Result<Vec<_>, _>>()?;
    let more = json!({
        "correction": claim.correction, "stated": stated, "checks": checks, "link": link, "also": also,
    });
    let fields = [serde_json::to_value(entry)?, more];
    Ok(fields.into_iter().filter_map(|fields| fields.as_object().cloned()).flatten().collect())
}

/// The line at which `<path>#<region>` begins now.
fn find(root: &Path, source: &str) -> Result<Value, String> {
    let (path, region) = source.split_once('#').unwrap_or((source, ""));
    let text = fs::read_to_string(root.join(path)).map_err(|error| format!("{path}: {error}"))?;
    let line = match region {
        "" => 1,
        _ => regions::cut(path, &text, region).map_err(|error| error.to_string())?.line(),
    };
    Ok(json!({ "path": path, "line": line }))
}
