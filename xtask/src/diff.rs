//! `cargo xtask diff`: two sets of results side by side, changed verdicts first, then numbers by how far apart they are.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use ledger::{CheckRow, Entry, Verdict, merge};
use runner::CommandError;
use runner::messages::exit;
use serde::Serialize;

use crate::sections::Workspace;
use crate::show::{Format, columns};
use crate::{Outcome, ledger_files};

/// The least |z| that the table shows: below it is rounding, or another order of summation.
const VISIBLE: f64 = 0.1;

/// Options of `diff`.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "A set of results is `fresh` (paper/), `records` (data/records/), a folder that `reproduce --out` wrote to,
or a claims.json. z is the difference over the root of the summed squared standard errors; where neither number is
random it is left out.

Exit code 1 when a verdict of B is worse than that of A.

Examples:
  cargo xtask diff                                what was just computed, against the repository's reproduction
  cargo xtask diff records /data/other-machine    another machine's results, against the repository's
  cargo xtask diff a b --format json              the same for programs"
)]
pub struct Args {
    /// The older set
    #[arg(default_value = "records")]
    a: PathBuf,
    /// The newer set
    #[arg(default_value = "fresh")]
    b: PathBuf,
    /// How to show it
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// What differs between two sets of results.
#[derive(Debug, Serialize, PartialEq)]
struct Difference {
    /// Claims compared.
    claims: usize,
    /// Changed verdicts, the worst change first.
    verdicts: Vec<Turn>,
    /// Changed numbers, the largest |z| first.
    numbers: Vec<Shift>,
}

/// A verdict that changed.
#[derive(Debug, Serialize, PartialEq)]
struct Turn {
    claim: String,
    from: Verdict,
    to: Verdict,
    worse: bool,
    reason: String,
}

/// A number that changed.
#[derive(Debug, Serialize, PartialEq)]
struct Shift {
    claim: String,
    what: String,
    from: f64,
    to: f64,
    z: Option<f64>,
}

/// Runs the command.
/// Fails when a set is missing or damaged.
pub fn diff(args: &Args) -> Outcome {
    let workspace = Workspace::find()?;
    let found = compare(&read(&workspace, &args.a)?, &read(&workspace, &args.b)?);
    args.format.show(&found, || table(&found))?;
    let worse = found.verdicts.iter().any(|turn| turn.worse);
    Ok(if worse { exit::FAILED } else { exit::OK })
}

/// The measured rows of a set, by id; `id@section` where another section than its owner measured as well.
fn read(workspace: &Workspace, set: &Path) -> Result<BTreeMap<String, Entry>, CommandError> {
    let folder = match set.to_str() {
        Some("fresh") => workspace.root.join("paper"),
        Some("records") => workspace.records(),
        _ => set.to_path_buf(),
    };
    let mut measured = Vec::new();
    for file in files(&folder) {
        for mut entry in ledger_files::entries(&file)? {
            measured.append(&mut entry.also);
            measured.push(entry);
        }
    }
    measured.retain(|entry| entry.verdict != Verdict::NotMeasured);
    if measured.is_empty() {
        let advice = "give `fresh`, `records`, a folder that `reproduce --out` wrote to, or a claims.json";
        return Err(CommandError::usage(format!("no results in {}", folder.display())).advise(advice));
    }
    let mut rows = BTreeMap::new();
    for mut entry in merge(ledger_files::register(workspace)?.claims(), &measured) {
        let others = std::mem::take(&mut entry.also);
        rows.extend(others.into_iter().map(|other| (format!("{}@{}", other.id, other.section), other)));
        rows.insert(entry.id.clone(), entry);
    }
    Ok(rows)
}

/// The files that hold a set's rows.
fn files(set: &Path) -> Vec<PathBuf> {
    let whole = [set.to_path_buf(), set.join("generated/claims.json"), set.join("claims.json")];
    if let Some(file) = whole.into_iter().find(|path| path.is_file()) {
        return vec![file];
    }
    let listing = fs::read_dir(set).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = listing.map(|entry| entry.path().join("claims.json")).collect();
    files.retain(|path| path.is_file());
    files.sort();
    files
}

fn compare(a: &BTreeMap<String, Entry>, b: &BTreeMap<String, Entry>) -> Difference {
    let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    let (mut verdicts, mut numbers) = (Vec::new(), Vec::new());
    for name in &names {
        let (old, new) = (a.get(*name), b.get(*name));
        let [from, to] = [old, new].map(|row| row.map_or(Verdict::NotMeasured, |row| row.verdict));
        if from != to {
            let reason = new.map_or("not in B", |row| &row.reason).to_owned();
            verdicts.push(Turn { claim: (*name).clone(), from, to, worse: to.is_worse_than(from), reason });
        }
        if let (Some(old), Some(new)) = (old, new) {
            numbers.extend(shifts(name, &old.checks, &new.checks));
        }
    }
    verdicts.sort_by_key(|turn| (!turn.worse, std::cmp::Reverse(turn.to.rank())));
    let size = |shift: &Shift| shift.z.map_or(f64::INFINITY, f64::abs);
    numbers.sort_by(|x, y| size(y).total_cmp(&size(x)));
    Difference { claims: names.len(), verdicts, numbers }
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

fn table(found: &Difference) -> String {
    let mut text = String::new();
    let turns = found.verdicts.iter().map(|turn| {
        let sign = if turn.worse { "worse" } else { "better" };
        [turn.claim.clone(), sign.to_owned(), format!("{} → {}", turn.from, turn.to), turn.reason.clone()]
    });
    text.push_str(&columns(turns));
    let visible = |shift: &&Shift| shift.z.is_none_or(|z| z.abs() >= VISIBLE);
    let shifts = found.numbers.iter().filter(visible).map(|shift| {
        let z = shift.z.map_or("exact".to_owned(), |z| format!("z = {z:+.2}"));
        [shift.claim.clone(), z, format!("{} → {}", shift.from, shift.to), shift.what.clone()]
    });
    text.push_str(&columns(shifts));
    let hidden = found.numbers.iter().filter(|shift| !visible(shift)).count();
    let worse = found.verdicts.iter().filter(|turn| turn.worse).count();
    text.push_str(&format!(
        "{} claims compared: {} verdicts changed, {worse} for the worse; {} numbers changed, {hidden} of them by less than {VISIBLE} of \
         their error (not shown)\n",
        found.claims,
        found.verdicts.len(),
        found.numbers.len()
    ));
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger::Register;

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
        let found = compare(&rows, &rows);
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
        let found = compare(&a, &b);
        let claims: Vec<&str> = found.verdicts.iter().map(|turn| turn.claim.as_str()).collect();
        assert_eq!(claims, ["b", "c", "a", "d"]);
        let z: Vec<Option<f64>> = found.numbers.iter().map(|shift| shift.z).collect();
        assert_eq!(z, [Some(4.0), Some(1.0)]);
        assert!(
            table(&found)
                .ends_with("4 claims compared: 4 verdicts changed, 2 for the worse; 2 numbers changed, 0 of them by less than 0.1 of their error (not shown)\n")
        );
    }

    #[test]
    fn numbers_without_error_have_no_z_and_come_first() {
        let (a, b) =
            (set([row("a", Verdict::Reproduced, 1.0, 0.0)]), set([row("a", Verdict::Reproduced, 1.1, 0.0)]));
        let found = compare(&a, &b);
        assert_eq!(found.numbers[0].z, None);
        assert!(table(&found).contains("exact"));
    }

    #[test]
    fn checks_of_one_name_are_compared_in_their_order() {
        let mut twice = row("a", Verdict::Reproduced, 1.0, 0.1);
        twice.checks.push(CheckRow { value: Some(2.0), ..twice.checks[0].clone() });
        let mut moved = twice.clone();
        moved.checks[1].value = Some(2.001);
        let found = compare(&set([twice]), &set([moved]));
        assert_eq!(found.numbers.len(), 1);
        assert_eq!((found.numbers[0].from, found.numbers[0].to), (2.0, 2.001));
        assert!(!table(&found).contains("slope"), "a hundredth of an error is not shown");
    }

    #[test]
    fn a_set_is_a_file_or_a_folder_of_sections() {
        let folder = tempfile::tempdir().unwrap();
        assert!(files(folder.path()).is_empty());
        let section = folder.path().join("2-background");
        fs::create_dir(&section).unwrap();
        fs::write(section.join("claims.json"), "[]").unwrap();
        assert_eq!(files(folder.path()), [section.join("claims.json")]);
        fs::write(folder.path().join("claims.json"), "[]").unwrap();
        assert_eq!(files(folder.path()), [folder.path().join("claims.json")]);
    }
}
