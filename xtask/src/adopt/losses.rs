//! What a record would lose by a result in its place.

use std::collections::BTreeSet;
use std::path::Path;

use ledger::{Data, Entry, Scale};
use runner::{CommandError, Provenance};
use serde_json::Value;

use super::entries;
use crate::ledger_files;

/// What a result is worth.
pub(super) struct Worth {
    pub(super) provenance: Provenance,
    pub(super) entries: Vec<Entry>,
}

impl Worth {
    pub(super) fn of(folder: &Path) -> Result<Self, CommandError> {
        Ok(Self { provenance: ledger_files::provenance(folder)?, entries: entries(folder)? })
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

    fn worth(profile: Profile, runs: usize, data: &str, claims: &[&str], scale: Scale) -> Worth {
        let mut provenance: Provenance =
            serde_json::from_str(&crate::adopt::tests::PROVENANCE.replace("{OUTPUTS}", "{}")).unwrap();
        let run = RunRecord {
            name: "a".to_owned(),
            key: "k".to_owned(),
            found: None,
            origin: 0,
            seconds: 1.0,
            peak_memory_bytes: None,
            throughput: None,
        };
        provenance.runs = vec![run; runs];
        provenance.profile = profile;
        provenance.data_hashes.insert("cifar-10".to_owned(), data.to_owned());
        let entry = |id: &&str| {
            let stated = format!(
                "[[claim]]\nid = \"{id}\"\nsection = \"1\"\nlocator = \"Eq. 1\"\nkind = \"order\"\nstatement = \"s\"\n"
            );
            let register = ledger::Register::parse(&stated).unwrap();
            let found = ledger::Measurement::new(*id, Vec::new()).at(scale);
            Entry::measured(register.claim(id).unwrap(), &found, "1")
        };
        Worth { provenance, entries: claims.iter().map(entry).collect() }
    }

    #[test]
    fn whatever_a_record_would_lose_is_named() {
        let record = worth(Profile::Paper, 90, "3e62", &["1.a", "1.b"], Scale::Full);
        assert_eq!(losses(&record, &record), Vec::<String>::new());
        let smoke = worth(Profile::Smoke, 8, "stand-in", &["1.a"], Scale::Reduced);
        let lost = losses(&record, &smoke);
        for word in
            ["images of cifar-10", "full scale 1.a, 1.b", "measure 1.b", "smoke and not paper", "8 runs"]
        {
            assert!(lost.iter().any(|loss| loss.contains(word)), "{word}: {lost:?}");
        }
        let one_at_a_time = [
            worth(Profile::Quick, 90, "3e62", &["1.a", "1.b"], Scale::Full),
            worth(Profile::Paper, 89, "3e62", &["1.a", "1.b"], Scale::Full),
            worth(Profile::Paper, 90, "stand-in", &["1.a", "1.b"], Scale::Full),
            worth(Profile::Paper, 90, "3e62", &["1.a", "1.b"], Scale::Reduced),
        ];
        let sized = |iterations: u64, seeds: &[u64]| {
            let mut sized = worth(Profile::Paper, 90, "3e62", &["1.a", "1.b"], Scale::Full);
            sized.provenance.params = serde_json::json!({"iterations": {"isbi": iterations}, "seeds": seeds});
            sized
        };
        let shrunk = losses(&sized(2400, &[0, 1, 2]), &sized(10, &[0]));
        assert_eq!(shrunk, ["smaller are iterations.isbi, seeds"]);
        for less in &one_at_a_time {
            assert_eq!(losses(&record, less).len(), 1);
            assert!(losses(less, &record).is_empty(), "more is no loss");
        }
    }
}
