//! `cargo xtask claims`: the ledger, and whether any verdict is worse than its snapshot says.

use std::iter;
use std::path::PathBuf;

use experiment::Profile;
use ledger::{Data, Entry, Scale, Snapshot, Totals, Verdict};
use runner::CommandError;
use runner::messages::exit;

use crate::ledger_files::Results;
use crate::sections::Workspace;
use crate::show::{Format, columns};
use crate::{Outcome, explain, ledger_files, request, review};

/// Options of `claims`.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  cargo xtask claims                              the ledger as a table
  cargo xtask claims --format json                the same for programs
  cargo xtask claims --check                      exit 1 if a verdict is worse than its snapshot
  cargo xtask claims explain 4.slope-theory       everything about one claim, in prose
  cargo xtask claims --out DIR explain 4.sigma-s  of what `reproduce --out DIR` found")]
pub struct Args {
    /// How to show it
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// Exit 1 when a verdict is worse than its snapshot says, or a placeholder is left
    #[arg(long)]
    check: bool,
    /// The folder that `reproduce --out` wrote to
    #[arg(long, value_name = "DIR", global = true)]
    out: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(clap::Subcommand, Debug)]
enum Command {
    /// Say what the paper states, what was measured, by which code, and why this verdict.
    Explain {
        /// The claim's id
        id: String,
    },
}

/// Runs the command.
/// Fails when the ledger is damaged or the id unknown.
pub fn claims(args: &Args) -> Outcome {
    let workspace = Workspace::find()?;
    let out = request::results(&workspace, args.out.as_deref())?;
    let results = Results::find(&workspace, &out);
    let rows = results.merged(&workspace)?;
    if let Some(Command::Explain { id }) = &args.command {
        if args.check {
            return Err(CommandError::usage("--check is of all claims").advise("leave out `explain`"));
        }
        return explain::explain(&workspace, &results, &rows, id);
    }
    args.format.show(&rows, || table(&rows))?;
    if !args.check {
        return Ok(exit::OK);
    }
    let faults = check(&workspace, &results, &rows)?;
    for fault in &faults {
        eprintln!("{fault}");
    }
    eprintln!("{} of {} claims worse than their snapshots", faults.len(), rows.len());
    Ok(if faults.is_empty() { exit::OK } else { exit::FAILED })
}

/// What `--check` finds: verdicts worse than those of their snapshots, and placeholders.
/// Fails when a snapshot cannot be read.
fn check(workspace: &Workspace, results: &Results, rows: &[Entry]) -> Result<Vec<String>, CommandError> {
    let mut faults = Vec::new();
    for row in rows {
        if row.placeholder {
            let what = "a placeholder of `new-section`: replace it in paper/claims.toml";
            faults.push(format!("{}: {what}", row.id));
        }
        // A smoke result is held against the snapshots of that profile, any other against the adopted ones.
        let ran = results.of(&row.section).map(|result| result.provenance.profile);
        let profile = if ran == Some(Profile::Smoke) { "smoke" } else { "adopted" };
        let adopted = ran.and_then(|_| adopted(workspace, &row.section));
        let smaller = profile == "adopted" && ran < adopted;
        let snapshot = workspace.root.join(format!("snapshots/{profile}/{}.snap", row.id));
        if snapshot.is_file() {
            let snapshot = review::read(&snapshot)?;
            let was = snapshot.verdict().unwrap_or(Verdict::NotMeasured);
            if row.verdict.is_worse_than(was) && !is_of_less(row, &snapshot, smaller) {
                let Entry { id, verdict, reason, .. } = row;
                faults.push(format!("{id}: {verdict} where the snapshot says {was}: {reason}"));
            }
        }
    }
    for section in &workspace.sections {
        let page = workspace.root.join(format!("paper/sections/{}.typ", section.slug()));
        let text = std::fs::read_to_string(&page).unwrap_or_default();
        if let Some(line) = text.lines().position(|line| line.contains("PLACEHOLDER")) {
            faults.push(format!("{}:{}: placeholder prose of `new-section`", page.display(), line + 1));
        }
    }
    Ok(faults)
}

/// The profile of a section's adopted result, if it has one.
fn adopted(workspace: &Workspace, number: &str) -> Option<Profile> {
    let section = workspace.sections.iter().find(|section| section.number == number)?;
    Some(ledger_files::provenance(&workspace.records().join(section.slug())).ok()?.profile)
}

/// Whether a verdict says nothing against that of a snapshot: stand-ins say nothing of real data, and what smaller sizes, or a
/// smaller profile, leave open may be decided by full ones. So with the measurement of another section that drags it down.
fn is_of_less(row: &Entry, snapshot: &Snapshot, smaller: bool) -> bool {
    let was = |field, word| snapshot.field(field) == Some(word);
    let is_less = |found: &Entry| {
        let stands_in = found.data == Some(Data::StandIn) && !was("data", Data::StandIn.as_str());
        let smaller = smaller || found.scale == Some(Scale::Reduced) && was("scale", Scale::Full.as_str());
        stands_in || smaller && found.verdict != Verdict::NotReproduced
    };
    is_less(row) || row.also.iter().any(|other| other.verdict == row.verdict && is_less(other))
}

/// The ledger for people: a line per claim, then the totals.
fn table(rows: &[Entry]) -> String {
    format!("{}{}\n", lines(rows), Totals::of(rows))
}

/// A line per claim, below a line of headings.
pub fn lines(rows: &[Entry]) -> String {
    let head = ["claim", "verdict", "printed", "measured", "error", "scale", "data"].map(str::to_owned);
    let line = |row: &Entry| {
        let error = row.standard_error.filter(|error| *error > 0.0);
        let error = error.map_or(String::new(), |error| format!("{error:.1e}"));
        let measured = shortened(row.measured.as_deref().unwrap_or(""), 22);
        [
            row.id.clone(),
            row.verdict.to_string(),
            row.printed.clone().unwrap_or_default(),
            measured,
            error,
            row.scale.map_or("", |scale| scale.as_str()).to_owned(),
            row.data.map_or("", |data| data.as_str()).to_owned(),
        ]
    };
    columns(iter::once(head).chain(rows.iter().map(line)))
}

fn shortened(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger::Register;

    fn rows() -> Vec<Entry> {
        let text = "[[claim]]\nid = \"a\"\nsection = \"1\"\nlocator = \"Eq. 1\"\nkind = \"order\"\nstatement = \"s\"\n";
        Register::parse(text).unwrap().claims().iter().map(Entry::unmeasured).collect()
    }

    #[test]
    fn every_claim_has_its_line_and_the_totals_close() {
        let text = table(&rows());
        assert!(text.contains("\na      not measured"), "{text}");
        assert!(text.ends_with("1 claims stated, 0 measured: 0 reproduced, 0 more by construction, 0 misprints, 0 not reproduced, 0 inconclusive; 1 open\n"));
    }

    #[test]
    fn a_verdict_of_less_says_nothing_against_one_of_more() {
        let [real, stand_in] = [("real", "full"), ("stand-in", "reduced")].map(|(data, scale)| {
            Snapshot::parse(&format!("verdict: reproduced\nscale: {scale}\ndata: {data}\n")).unwrap()
        });
        let row = |verdict, scale, data| Entry {
            verdict,
            scale: Some(scale),
            data: Some(data),
            ..rows().remove(0)
        };
        let (open, refuted) = (Verdict::Inconclusive, Verdict::NotReproduced);
        assert!(is_of_less(&row(refuted, Scale::Full, Data::StandIn), &real, false));
        assert!(is_of_less(&row(open, Scale::Reduced, Data::Real), &real, false));
        assert!(!is_of_less(&row(refuted, Scale::Reduced, Data::Real), &real, false));
        assert!(!is_of_less(&row(open, Scale::Full, Data::Real), &real, false));
        assert!(!is_of_less(&row(open, Scale::Reduced, Data::StandIn), &stand_in, false));
        let dragging = vec![row(open, Scale::Reduced, Data::Real)];
        assert!(is_of_less(&Entry { also: dragging, ..row(open, Scale::Full, Data::Real) }, &real, false));
    }

    #[test]
    fn long_cells_are_cut_visibly() {
        assert_eq!(shortened("0.123456", 5), "0.12…");
        assert_eq!(shortened("0.12", 5), "0.12");
    }
}
