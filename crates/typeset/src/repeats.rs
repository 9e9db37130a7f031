//! The command that repeats a result: the section with its profile and seed, and every parameter that ran otherwise than
//! that profile has it now.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::mem::discriminant;

use experiment::Device;
use runner::Provenance;
use serde::Serialize;
use serde_json::Value;

/// What the profiles of a section mean now, as its program says: the parameters of each.
pub type Profiles = BTreeMap<String, BTreeMap<String, Value>>;

/// What repeats a result.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Repeats {
    /// The command.
    pub command: String,
    /// Whether it asks for every parameter as it ran. It does not where nobody says what the profile means, nor where
    /// the section has other parameters now.
    pub whole: bool,
}

impl Repeats {
    /// For the section in a folder `<number>-<name>`.
    pub(crate) fn of(folder: &str, provenance: &Provenance, profiles: Option<&Profiles>) -> Self {
        let (number, name) = folder.split_once('-').unwrap_or((folder, folder));
        let Provenance { profile, seed, device, params, .. } = provenance;
        let mut command = format!("cargo xtask reproduce {number} --profile {profile} --seed {seed}");
        if *device != Device::Cpu {
            let _ = write!(command, " --device {device}");
        }
        let ran = params.as_object().into_iter().flatten();
        let now = profiles.and_then(|profiles| profiles.get(profile.as_str()));
        let mut whole = now.is_some_and(|now| now.keys().all(|name| params.get(name).is_some()));
        for (key, value) in ran {
            match now.and_then(|now| now.get(key)) {
                Some(same) if same == value => {}
                Some(other) if discriminant(other) == discriminant(value) => {
                    let _ = write!(command, " --set {}", word(&format!("{name}.{key}={value}")));
                }
                _ => whole = false,
            }
        }
        Self { command, whole }
    }
}

/// A word of a command line, in quotes where a shell would see more in it than letters.
fn word(text: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "._=-+".contains(letter);
    if text.chars().all(is_plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(params: Value, now: Value) -> (String, bool) {
        let json = json!({"section": "5", "profile": "paper", "seed": 7, "params": params, "device": "cuda",
            "commit": "c", "dirty": false, "diff_hash": null, "rustc": "r", "lock_hash": "l", "cpu": "p", "gpu": null,
            "driver": null, "threads": 1, "created": "", "wall_seconds": 1.0, "peak_memory_bytes": null, "runs": [],
            "data_hashes": {}, "outputs": {}, "stamp": ""});
        let profiles: Profiles = serde_json::from_value(json!({ "paper": now })).unwrap();
        let Repeats { command, whole } =
            Repeats::of("5-training", &serde_json::from_value(json).unwrap(), Some(&profiles));
        let begin = "cargo xtask reproduce 5 --profile paper --seed 7 --device cuda";
        (command.strip_prefix(begin).unwrap().to_owned(), whole)
    }

    #[test]
    fn what_ran_otherwise_than_the_profile_has_it_is_set() {
        let now = json!({"depth": 50, "batch": {"cifar": 128, "isbi": 1}, "tasks": ["isbi"], "rate": 0.5, "data": "found"});
        assert_eq!(told(now.clone(), now.clone()), (String::new(), true));
        let ran = json!({"batch": {"cifar": 32, "isbi": 4}, "data": "it's; $x", "depth": 60, "rate": 0.25, "tasks": ["isbi"]});
        let sets = r#" --set 'training.batch={"cifar":32,"isbi":4}' --set 'training.data="it'\''s; $x"' --set training.depth=60 --set training.rate=0.25"#;
        assert_eq!(told(ran, now), (sets.to_owned(), true));
    }

    #[test]
    fn a_command_that_cannot_ask_for_all_of_it_says_so() {
        let now = json!({"optimisers": ["sgd"], "depth": 50});
        assert_eq!(told(json!({"optimizers": ["sgd"], "depth": 50}), now.clone()), (String::new(), false));
        assert_eq!(told(json!({"optimisers": {"sgd": 1}, "depth": 50}), now.clone()), (String::new(), false));
        assert_eq!(told(json!({"depth": 50}), now), (String::new(), false));
        let provenance = told(json!({"depth": 50}), json!({}));
        assert_eq!(provenance, (String::new(), false));
    }
}
