//! Two sets of results side by side: changed verdicts, the worst change first, then numbers by how far apart they are.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::{CheckRow, Claim, Entry, Verdict, merge};

/// The rows of a set by claim; `id@section` where another section than its owner measured as well.
pub type Rows = BTreeMap<String, Entry>;

/// What differs between two sets of results.
#[derive(Debug, Clone, Serialize, PartialEq)]
pub struct Difference {
    /// Claims compared.
    pub claims: usize,
    /// Changed verdicts, the worst change first.
    pub verdicts: Vec<Turn>,
    /// Changed numbers, the largest |z| first.
    pub numbers: Vec<Shift>,
}

/// A verdict that changed.
#[derive(Debug, Clone, Serialize, PartialEq)]
pub struct Turn {
    /// The claim; `id@section` where another section than its owner measured.
    pub claim: String,
    /// The verdict of the older set.
    pub from: Verdict,
    /// That of the newer.
    pub to: Verdict,
    /// Whether the newer is worse.
    pub worse: bool,
    /// The reason that the newer set gives.
    pub reason: String,
}

/// A number that changed.
#[derive(Debug, Clone, Serialize, PartialEq)]
pub struct Shift {
    /// The claim, as in [`Turn`].
    pub claim: String,
    /// What the number measures.
    pub what: String,
    /// The number in the older set.
    pub from: f64,
    /// That in the newer.
    pub to: f64,
    /// Their difference over the root of their summed squared standard errors; none where neither is random.
    pub z: Option<f64>,
}

impl Difference {
    /// From the older set `a` to the newer `b`.
    pub fn between(a: &Rows, b: &Rows) -> Self {
        let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
        let (mut verdicts, mut numbers) = (Vec::new(), Vec::new());
        for name in &names {
            let (old, new) = (a.get(*name), b.get(*name));
            let [from, to] = [old, new].map(|row| row.map_or(Verdict::NotMeasured, |row| row.verdict));
            if from != to {
                let reason = new.map_or("not in B", |row| &row.reason).to_owned();
                verdicts.push(Turn {
                    claim: (*name).clone(),
                    from,
                    to,
                    worse: to.is_worse_than(from),
                    reason,
                });
            }
            if let (Some(old), Some(new)) = (old, new) {
                numbers.extend(shifts(name, &old.checks, &new.checks));
            }
        }
        verdicts.sort_by_key(|turn| (!turn.worse, std::cmp::Reverse(turn.to.rank())));
        let size = |shift: &Shift| shift.z.map_or(f64::INFINITY, f64::abs);
        numbers.sort_by(|x, y| size(y).total_cmp(&size(x)));
        Self { claims: names.len(), verdicts, numbers }
    }
}

/// What the sections measured, by claim; claims that none measured too.
pub fn rows(claims: &[Claim], measured: &[Entry]) -> Rows {
    let mut rows = Rows::new();
    for mut entry in merge(claims, measured) {
        let others = std::mem::take(&mut entry.also);
        rows.extend(others.into_iter().map(|other| (format!("{}@{}", other.id, other.section), other)));
        rows.insert(entry.id.clone(), entry);
    }
    rows
}

/// The checks of one claim whose values differ.
fn shifts(claim: &str, old: &[CheckRow], new: &[CheckRow]) -> Vec<Shift> {
    let (mut found, mut seen) = (Vec::new(), BTreeMap::new());
    for check in new {
        let same = |was: &&CheckRow| was.what == check.what && was.as_printed == check.as_printed;
        // Checks of the same name are compared in their order.
        let before: &mut usize = seen.entry((&check.what, check.as_printed)).or_default();
        let Some(was) = old.iter().filter(same).nth(std::mem::replace(before, *before + 1)) else { continue };
        let (Some(from), Some(to)) = (was.value, check.value) else { continue };
        if from == to {
            continue;
        }
        let error = was.standard_error.unwrap_or(0.0).hypot(check.standard_error.unwrap_or(0.0));
        let z = (error > 0.0 && error.is_finite()).then(|| (to - from) / error);
        found.push(Shift { claim: claim.to_owned(), what: check.what.clone(), from, to, z });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Register;

    fn row(id: &str, verdict: Verdict, value: f64, standard_error: f64) -> Entry {
        let text = format!(
            "[[claim]]\nid = \"{id}\"\nsection = \"1\"\nlocator = \"Eq. 1\"\nkind = \"order\"\nstatement = \"s\"\n"
        );
        let mut entry = Entry::unmeasured(&Register::parse(&text).unwrap().claims()[0]);
        entry.verdict = verdict;
        entry.checks.push(CheckRow {
            id: None,
            what: "slope".to_owned(),
            kind: "positive".to_owned(),
            as_printed: false,
            by_construction: false,
            target: None,
            value: Some(value),
            standard_error: Some(standard_error),
            tolerance: None,
            outcome: "holds".to_owned(),
        });
        entry
    }

    fn set(rows: impl IntoIterator<Item = Entry>) -> BTreeMap<String, Entry> {
        rows.into_iter().map(|row| (row.id.clone(), row)).collect()
    }

    #[test]
    fn nothing_differs_from_itself() {
        let rows = set([row("a", Verdict::Reproduced, 1.0, 0.1)]);
        let found = Difference::between(&rows, &rows);
        assert_eq!(found, Difference { claims: 1, verdicts: Vec::new(), numbers: Vec::new() });
    }

    #[test]
    fn worse_verdicts_come_first_and_numbers_by_z() {
        let a = set([
            row("a", Verdict::Inconclusive, 1.0, 0.3),
            row("b", Verdict::Reproduced, 2.0, 0.4),
            row("c", Verdict::Reproduced, 2.0, 0.0),
        ]);
        let b = set([
            row("a", Verdict::Reproduced, 1.5, 0.4),
            row("b", Verdict::NotReproduced, 4.0, 0.3),
            row("d", Verdict::Reproduced, 0.0, 0.0),
        ]);
        let found = Difference::between(&a, &b);
        let claims: Vec<&str> = found.verdicts.iter().map(|turn| turn.claim.as_str()).collect();
        assert_eq!(claims, ["b", "c", "a", "d"]);
        let z: Vec<Option<f64>> = found.numbers.iter().map(|shift| shift.z).collect();
        assert_eq!(z, [Some(4.0), Some(1.0)]);
    }

    #[test]
    fn numbers_without_error_have_no_z_and_come_first() {
        let (a, b) =
            (set([row("a", Verdict::Reproduced, 1.0, 0.0)]), set([row("a", Verdict::Reproduced, 1.1, 0.0)]));
        let found = Difference::between(&a, &b);
        assert_eq!(found.numbers[0].z, None);
    }

    #[test]
    fn checks_of_one_name_are_compared_in_their_order() {
        let mut twice = row("a", Verdict::Reproduced, 1.0, 0.1);
        twice.checks.push(CheckRow { value: Some(2.0), ..twice.checks[0].clone() });
        let mut moved = twice.clone();
        moved.checks[1].value = Some(2.001);
        let found = Difference::between(&set([twice]), &set([moved]));
        assert_eq!(found.numbers.len(), 1);
        assert_eq!((found.numbers[0].from, found.numbers[0].to), (2.0, 2.001));
    }
}
