//! Keys: what a run's result depends on, gathered part by part.

use experiment::Inputs;
use runner::messages::Request;
use runner::{Key, Part};
use serde_json::Value;

use crate::program::{About, Run};

/// The key of a run. What all runs share comes from `xtask`: the code, the locked dependencies and how they are built. The
/// instruction set is no part of it: it is told of the result.
pub(super) fn key(section: &About, run: &Run, request: &Request, inputs: &Inputs) -> Key {
    let named = [
        Part::new("section", section.folder()),
        Part::new("run", run.name.clone()),
        Part::new("seed", request.seed.to_string()),
        Part::new("device", run.device.to_string()),
    ];
    Key::new(parts(&named, &run.parameters, section.rustc, &request.code, inputs))
}

/// All parts: those that are named here, parameters, flags of the compiler if it was given any, code, data.
fn parts(named: &[Part], parameters: &Value, rustc: &str, code: &[Part], inputs: &Inputs) -> Vec<Part> {
    let mut parts = named.to_vec();
    flatten("parameter", parameters, &mut parts);
    parts.extend(rustc.split_once(" with ").map(|(_, flags)| Part::new("compiler flags", flags)));
    parts.extend_from_slice(code);
    parts.extend(inputs.iter().map(|(name, hash)| Part::new(format!("data {name}"), hash)));
    parts
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

    fn parts_of(parameters: &Value, rustc: &str) -> Vec<(String, String)> {
        let parts = parts(&[], parameters, rustc, &[], &Inputs::new());
        parts.into_iter().map(|part| (part.name, part.value)).collect()
    }

    fn part(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn each_parameter_is_a_part_of_its_own() {
        let run = serde_json::json!({"Curves": {"depth": 50, "widths": [3, 4]}});
        let expected = [part("parameter Curves depth", "50"), part("parameter Curves widths", "[3,4]")];
        assert_eq!(parts_of(&run, "rustc 1"), expected);
    }

    #[test]
    fn flags_of_the_compiler_count_where_there_are_any_and_its_version_does_not() {
        let [plain, newer, flags, others] =
            ["rustc 1", "rustc 2", "rustc 1 with -C target-cpu=native", "rustc 1 with -C opt-level=1"]
                .map(|rustc| parts_of(&Value::Bool(true), rustc));
        assert_eq!(plain, [part("parameter", "true")]);
        assert_eq!(plain, newer);
        assert_eq!(flags[1..], [part("compiler flags", "-C target-cpu=native")]);
        assert_ne!(flags, others);
    }
}
