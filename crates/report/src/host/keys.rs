//! Keys: what a run's result depends on, gathered part by part.

use experiment::{Experiment, Inputs};
use runner::messages::Request;
use runner::{Key, Part};
use serde_json::Value;

use super::events::SectionError;
use crate::Section;

/// The key of a run. What all runs share comes from `xtask`: the code, the locked dependencies and how they are built. The
/// instruction set is no part of it: it is told of the result.
pub(super) fn key<E: Experiment>(
    section: &Section<E>,
    run: &E::Run,
    request: &Request,
    inputs: &Inputs,
) -> Result<Key, SectionError> {
    let parameters = serde_json::to_value(run).map_err(|error| {
        SectionError::failed("a run cannot be described", "this is a fault of the section").because(error)
    })?;
    let mut parts = vec![
        Part::new("section", section.folder()),
        Part::new("run", E::name(run)),
        Part::new("seed", request.seed.to_string()),
        Part::new("device", E::device(request.device).to_string()),
    ];
    flatten("parameter", &parameters, &mut parts);
    if let Some((_, flags)) = section.rustc.split_once(" with ") {
        parts.push(Part::new("compiler flags", flags));
    }
    parts.extend(request.code.iter().cloned());
    parts.extend(inputs.iter().map(|(name, hash)| Part::new(format!("data {name}"), hash)));
    Ok(Key::new(parts))
}

/// One part per parameter, so that a stale run names the one that changed.
fn flatten(name: &str, value: &Value, parts: &mut Vec<Part>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            fields.iter().for_each(|(field, value)| flatten(&format!("{name} {field}"), value, parts));
        }
        other => parts.push(Part::new(name, other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_parameter_is_a_part_of_its_own() {
        let mut parts = Vec::new();
        flatten("parameter", &serde_json::json!({"Curves": {"depth": 50, "widths": [3, 4]}}), &mut parts);
        let named: Vec<(&str, &str)> =
            parts.iter().map(|part| (part.name.as_str(), part.value.as_str())).collect();
        assert_eq!(named, [("parameter Curves depth", "50"), ("parameter Curves widths", "[3,4]")]);
    }
}
