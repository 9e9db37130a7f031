//! All claims as the paper shows them: the merged ledger of the last reproduction, completed by what
//! `paper/claims.toml` states and nobody measured, in the order in which the original states it.

use std::path::Path;

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::PressError;
use crate::sections::read_json;

/// One claim: an entry of `claims.json` with `stated`, `correction` and the digits of each check added.
pub type Claim = Map<String, Value>;

/// Reads `<generated>/claims.json` if there is one and completes it from `paper/claims.toml` if there is one: claims
/// that the former lacks become `not measured`; each gets the `stated` settings of a protocol and the `correction` of
/// a misprint. Claims that only the former has come last.
///
/// # Errors
/// When either file cannot be read or is damaged; the message names the place.
pub fn load(root: &Path, generated: &Path) -> Result<Vec<Claim>, PressError> {
    let mut measured = read_merged(&generated.join("claims.json"))?;
    measured.iter_mut().for_each(write_check_digits);
    let path = root.join("paper/claims.toml");
    if !path.exists() {
        return Ok(measured);
    }
    let register = ledger::Register::read(&path).map_err(|error| PressError::Damaged {
        path: "paper/claims.toml".into(),
        reason: error.to_string(),
    })?;
    let mut claims = Vec::with_capacity(register.claims().len());
    for stated in register.claims() {
        let known = measured.iter().position(|entry| entry["id"] == stated.id.as_str());
        let mut claim = match known {
            Some(index) => measured.remove(index),
            None => object(&ledger::Entry::unmeasured(stated)),
        };
        let settings: Claim = stated.stated.iter().map(|(key, value)| (key.clone(), json!(value))).collect();
        claim.insert("stated".into(), Value::Object(settings));
        claim.insert("correction".into(), json!(stated.correction));
        claims.push(claim);
    }
    claims.append(&mut measured);
    Ok(claims)
}

fn read_merged(path: &Path) -> Result<Vec<Claim>, PressError> {
    let damaged = |reason: &str| PressError::Damaged { path: path.into(), reason: reason.into() };
    let Some(value) = read_json(path)? else { return Ok(Vec::new()) };
    let Value::Array(entries) = value else { return Err(damaged("expected an array of claims")) };
    let claim = |entry| match entry {
        Value::Object(claim) if claim.get("id").is_some_and(Value::is_string) => Ok(claim),
        _ => Err(damaged("expected every entry to be an object with an `id`")),
    };
    entries.into_iter().map(claim).collect()
}

/// Adds to each check, as `measured`, its value with the digits that its standard error warrants.
fn write_check_digits(claim: &mut Claim) {
    let Some(Value::Array(checks)) = claim.get_mut("checks") else { return };
    for check in checks.iter_mut().filter_map(Value::as_object_mut) {
        if let Some(value) = check.get("value").and_then(Value::as_f64) {
            let error = check.get("standard_error").and_then(Value::as_f64).unwrap_or(0.0);
            check.insert("measured".into(), json!(ledger::warranted(value, error)));
        }
    }
}

fn object(entry: &impl Serialize) -> Claim {
    match serde_json::to_value(entry) {
        Ok(Value::Object(claim)) => claim,
        _ => Claim::new(),
    }
}
