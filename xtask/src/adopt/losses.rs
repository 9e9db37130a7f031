//! What a record would lose by a result in its place.

use std::collections::BTreeSet;
use std::path::Path;

use ledger::{Data, Entry, Scale};
use runner::{CommandError, Provenance};
use serde_json::Value;

use crate::ledger_files;

/// What a result is worth.
pub(super) struct Worth {
    pub(super) provenance: Provenance,
    pub(super) entries: Vec<Entry>,
}

impl Worth {
    pub(super) fn of(folder: &Path) -> Result<Self, CommandError> {
        let (provenance, entries) = ledger_files::measured(folder)?;
        Ok(Self { provenance, entries })
    }

    /// Data sets of which the real images were read.
    fn real_data(&self) -> BTreeSet<&str> {
        let hashes = self.provenance.data_hashes.iter();
        hashes.filter(|(_, hash)| *hash != Data::StandIn.as_str()).map(|(name, _)| name.as_str()).collect()
    }

    fn claims(&self, counts: impl Fn(&Entry) -> bool) -> BTreeSet<&str> {
        self.entries.iter().filter(|entry| counts(entry)).map(|entry| entry.id.as_str()).collect()
    }
}

/// What a record has that a result in its place would not have: real data, claims at full scale, claims at all, sizes,
/// runs.
pub(super) fn losses(record: &Worth, result: &Worth) -> Vec<String> {
    let gone = |what: &str, old: BTreeSet<&str>, new: BTreeSet<&str>| {
        let missing: Vec<&str> = old.difference(&new).copied().collect();
        (!missing.is_empty()).then(|| format!("{what} {}", missing.join(", ")))
    };
    let full = |entry: &Entry| entry.scale == Some(Scale::Full);
    let (old, new) = (&record.provenance, &result.provenance);
    let mut sizes = Vec::new();
    smaller_sizes("", &old.params, &new.params, &mut sizes);
    let smaller = new.profile < old.profile;
    let fewer = new.runs.len() < old.runs.len();
    [
        gone("it lacks the real images of", record.real_data(), result.real_data()),
        gone("it has not at full scale", record.claims(full), result.claims(full)),
        gone("it does not measure", record.claims(|_| true), result.claims(|_| true)),
        (!sizes.is_empty()).then(|| format!("smaller are {}", sizes.join(", "))),
        smaller.then(|| format!("its profile is {} and not {}", new.profile, old.profile)),
        fewer.then(|| format!("it has {} runs and not {}", new.runs.len(), old.runs.len())),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Names of the parameters that are smaller numbers or shorter lists than they were.
fn smaller_sizes(name: &str, old: &Value, new: &Value, found: &mut Vec<String>) {
    let smaller = match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            for (field, value) in old {
                let name = if name.is_empty() { field.clone() } else { format!("{name}.{field}") };
                new.get(field).iter().for_each(|new| smaller_sizes(&name, value, new, found));
            }
            false
        }
        (Value::Array(old), Value::Array(new)) => new.len() < old.len(),
        (Value::Number(old), Value::Number(new)) => new.as_f64() < old.as_f64(),
        _ => false,
    };
    if smaller {
        found.push(name.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use experiment::Profile;
    use runner::RunRecord;
    use serde_json::json;

    /// Ninety runs on real data, with two claims at full scale.
    fn worth() -> Worth {
        let provenance = crate::adopt::tests::PROVENANCE.replace("{OUTPUTS}", "{}");
        let mut provenance: Provenance = serde_json::from_str(&provenance).unwrap();
        let run: RunRecord =
            serde_json::from_value(json!({"name": "a", "key": "k", "seconds": 1.0})).unwrap();
        provenance.runs = vec![run; 90];
        provenance.profile = Profile::Paper;
        provenance.params = json!({"iterations": {"isbi": 2400}, "seeds": [0, 1, 2]});
        provenance.data_hashes.insert("cifar-10".to_owned(), "3e62".to_owned());
        let stated = |id| {
            format!(
                "[[claim]]\nid = \"{id}\"\nsection = \"1\"\nlocator = \"Eq. 1\"\nkind = \"order\"\nstatement = \"s\"\n"
            )
        };
        let register = ledger::Register::parse(&["1.a", "1.b"].map(stated).concat()).unwrap();
        let mut entries: Vec<Entry> = register.claims().iter().map(Entry::unmeasured).collect();
        entries.iter_mut().for_each(|entry| entry.scale = Some(Scale::Full));
        Worth { provenance, entries }
    }

    #[test]
    fn whatever_a_record_would_lose_is_named() {
        type Case = (fn(&mut Worth), &'static [&'static str]);
        let cases: [Case; 7] = [
            (|_| (), &[]),
            (|less| less.provenance.profile = Profile::Quick, &["its profile is quick and not paper"]),
            (|less| less.provenance.runs.truncate(8), &["it has 8 runs and not 90"]),
            (
                |less| *less.provenance.data_hashes.get_mut("cifar-10").unwrap() = "stand-in".to_owned(),
                &["it lacks the real images of cifar-10"],
            ),
            (|less| less.entries[0].scale = Some(Scale::Reduced), &["it has not at full scale 1.a"]),
            (|less| less.entries.truncate(1), &["it has not at full scale 1.b", "it does not measure 1.b"]),
            (
                |less| less.provenance.params = json!({"iterations": {"isbi": 10}, "seeds": [0]}),
                &["smaller are iterations.isbi, seeds"],
            ),
        ];
        for (lose, said) in cases {
            let mut less = worth();
            lose(&mut less);
            assert_eq!(losses(&worth(), &less), said);
            assert!(losses(&less, &worth()).is_empty(), "more is no loss: {said:?}");
        }
    }
}
