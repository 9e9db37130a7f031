//! `cargo xtask diff`: two sets of results side by side, changed verdicts first, then numbers by how far apart they are.

use std::path::{Path, PathBuf};

use experiment::told;
use ledger::{Difference, Rows, Shift};
use runner::messages::exit;
use runner::{CommandError, results};

use crate::sections::{Section, Workspace};
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

/// Runs the command.
/// Fails when a set is missing or damaged.
pub fn diff(args: &Args) -> Outcome {
    let workspace = Workspace::find()?;
    let found = Difference::between(&read(&workspace, &args.a)?, &read(&workspace, &args.b)?);
    args.format.show(&found, || table(&found))?;
    let worse = found.verdicts.iter().any(|turn| turn.worse);
    Ok(if worse { exit::FAILED } else { exit::OK })
}

/// The rows of the set that `name` means.
fn read(workspace: &Workspace, name: &Path) -> Result<Rows, CommandError> {
    let folder = set(workspace, name);
    let slugs: Vec<String> = workspace.sections.iter().map(Section::slug).collect();
    let (measured, passed_over) = results::of_set(&folder, &slugs, &workspace.records())?;
    passed_over.iter().for_each(|why| eprintln!("warning: passed over: {}", told(why)));
    if measured.is_empty() {
        let advice = "give `fresh`, `records`, a folder that `reproduce --out` wrote to, or a claims.json";
        return Err(CommandError::usage(format!("no results in {}", folder.display())).advise(advice));
    }
    Ok(ledger::rows(ledger_files::register(workspace)?.claims(), &measured))
}

/// Where the set of results that `name` means lies.
pub fn set(workspace: &Workspace, name: &Path) -> PathBuf {
    match name.to_str() {
        Some("fresh") => workspace.root.join("paper"),
        Some("records") => workspace.records(),
        _ => name.to_path_buf(),
    }
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
    use ledger::Shift;

    #[test]
    fn numbers_that_moved_by_less_than_a_tenth_of_their_error_are_counted_and_not_shown() {
        let shift = |what: &str, z| Shift { claim: "a".into(), what: what.into(), from: 1.0, to: 1.1, z };
        let numbers = vec![shift("computed", None), shift("slope", Some(0.01))];
        let shown = table(&Difference { claims: 4, verdicts: Vec::new(), numbers });
        assert!(shown.contains("exact") && !shown.contains("slope"));
        assert!(
            shown.ends_with("2 numbers changed, 1 of them by less than 0.1 of their error (not shown)\n")
        );
    }
}
