//! Keys: what a run's result depends on, gathered part by part.

use runner::protocol::Request;
use runner::{Key, Part};
use serde_json::Value;

use super::report::Trouble;
use crate::Section;
use experiment::{Experiment, Inputs};

/// The key of a run. Shared parts come from `xtask` (code, locked dependencies) and from the machine (device, the
/// processor features that change arithmetic).
pub(super) fn key<E: Experiment>(
    section: &Section<E>,
    run: &E::Run,
    request: &Request,
    inputs: &Inputs,
) -> Result<Key, Trouble> {
    let parameters = serde_json::to_value(run).map_err(|error| {
        Trouble::failed(format!("a run cannot be described: {error}"), "this is a fault of the section")
    })?;
    let mut parts = vec![
        Part::new("section", section.folder()),
        Part::new("run", E::name(run)),
        Part::new("seed", request.seed.to_string()),
        Part::new("device", E::device(request.device).to_string()),
        Part::new("arithmetic", arithmetic()),
    ];
    flatten("parameter", &parameters, &mut parts);
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

/// The architecture and those of its features that change the order of operations or fuse them.
fn arithmetic() -> String {
    #[allow(unused_mut)]
    let mut features = vec![std::env::consts::ARCH];
    #[cfg(target_arch = "x86_64")]
    {
        let detected = [
            ("avx2", std::arch::is_x86_feature_detected!("avx2")),
            ("fma", std::arch::is_x86_feature_detected!("fma")),
            ("avx512f", std::arch::is_x86_feature_detected!("avx512f")),
        ];
        features.extend(detected.iter().filter(|(_, there)| *there).map(|(name, _)| *name));
    }
    features.join("+")
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
