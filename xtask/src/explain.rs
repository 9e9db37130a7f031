//! `cargo xtask claims explain ID`: one claim in prose.

use ledger::{CheckRow, Entry, Verdict};
use runner::messages::exit;
use runner::results::{SectionResult, State};
use runner::{CommandError, Origin, Provenance};

use crate::Outcome;
use crate::ledger_files::{self, Results};
use crate::sections::Workspace;

/// How many checks are told one by one.
const TOLD: usize = 12;

/// Prints everything known about a claim.
/// Fails when there is no such claim.
pub fn explain(workspace: &Workspace, results: &Results, rows: &[Entry], id: &str) -> Outcome {
    let Some(row) = rows.iter().find(|row| row.id == id) else {
        let ids = rows.iter().map(|row| row.id.as_str());
        return Err(CommandError::unknown("claim", id, ids, "`cargo xtask claims` lists them"));
    };
    let register = ledger_files::register(workspace)?;
    println!("{} ({}, kind {})", row.id, row.locator, row.kind);
    println!("The paper states: {}.", row.statement.trim_end_matches('.'));
    if let Some(claim) = register.claim(id) {
        let because = claim.wrong_because.as_deref().unwrap_or("no cause given");
        for target in &claim.targets {
            let (printed, wrong) = (&target.printed, &target.wrong);
            println!(
                "It prints {printed}; the nearest wrong value that would matter is {wrong} ({because})."
            );
        }
        for (name, value) in &claim.stated {
            println!("It states {name} = {value}.");
        }
        if let Some(correction) = &claim.correction {
            println!("Corrected: {correction}.");
        }
        if let Some(mind) = &claim.mind {
            println!("To mind: {mind}.");
        }
    }
    measured(workspace, results, row);
    for other in &row.also {
        println!("\nAlso measured:");
        measured(workspace, results, other);
    }
    Ok(exit::OK)
}

fn measured(workspace: &Workspace, results: &Results, row: &Entry) {
    if row.verdict == Verdict::NotMeasured {
        println!("Nobody measures it yet: Section {} will.", row.section);
        return;
    }
    let measured = row.measured.as_deref().unwrap_or("nothing to print");
    let error = row.standard_error.filter(|error| *error > 0.0);
    // Of several numbers it is the first one's.
    let of = if measured.contains(", ") { " of the first" } else { "" };
    let error = error.map_or(String::new(), |error| format!(", standard error{of} {error:.1e}"));
    println!("\nSection {} measured: {measured}{error}.", row.section);
    println!("Verdict: {}, because {}.", row.verdict, row.reason);
    if let Some(deviation) = row.smallest_visible_deviation {
        println!("The smallest deviation that would have been noticed is {deviation:.2e}.");
    }
    let scale = row.scale.map_or("unknown", |scale| scale.as_str());
    let data = row.data.map_or("unknown", |data| data.as_str());
    println!("Scale: {scale}; data: {data}.");
    if let Some(note) = &row.note {
        println!("Note: {note}");
    }
    if let Some(source) = &row.source {
        println!("Measuring code: {}.", line_of(workspace, source));
    }
    if let Some(result) = results.of(&row.section) {
        made(result, row);
    }
    println!("Checks:");
    row.checks.iter().take(TOLD).for_each(|check| println!("  {}", told(check)));
    if row.checks.len() > TOLD {
        println!("  … and {} more, in claims.json", row.checks.len() - TOLD);
    }
}

/// Where and when the row's result was made, and which files show it.
fn made(SectionResult { state, folder, provenance, .. }: &SectionResult, row: &Entry) {
    let how = if *state == State::Fresh { "run here" } else { "adopted record" };
    let Provenance { made, profile, seed, device, params, .. } = provenance;
    println!("Made ({how}): {}, profile {profile}, seed {seed}, device {device}.", made.created);
    println!("Parameters, as they ran: {params}.");
    for place in provenance.places() {
        let changed = match place.checkout.dirty {
            Some(true) => " with uncommitted changes",
            Some(false) => "",
            None => " (changes unknown)",
        };
        let Origin { checkout, cpu, threads, created, .. } = place;
        let (commit, arithmetic) = (&checkout.commit, place.arithmetic());
        println!("Computed: {created}, commit {commit}{changed}, {cpu} {arithmetic}, {threads} threads.");
    }
    let table = row.table.iter().map(|table| ("Table", format!("tables/{table}.csv")));
    let figure = row.figure.iter().map(|figure| ("Figure", format!("figures/{figure}.svg")));
    for (what, file) in table.chain(figure) {
        println!("{what}: {}.", folder.join(file).display());
    }
}

fn told(check: &CheckRow) -> String {
    let printed = if check.as_printed { "as printed: " } else { "" };
    let number = match (check.value, check.target, check.tolerance) {
        // An order: how far beyond the target is left open.
        (Some(value), Some(target), Some(error))
            if ["positive", "most", "longer"].contains(&&*check.kind) =>
        {
            format!(" = {value:.6e}, to be above {target} by more than {error:.1e}")
        }
        (Some(value), Some(target), Some(tolerance)) => {
            format!(" = {value:.6e} against {target}, tolerance {tolerance:.1e}")
        }
        _ => String::new(),
    };
    let made = if check.by_construction { " (by construction)" } else { "" };
    format!("{printed}{}{made}{number}: {}", check.what, check.outcome)
}

/// `file#region` as `file:line`, the line of the region's marker, or of the function of its name, as the file stands now.
fn line_of(workspace: &Workspace, source: &str) -> String {
    let Some((file, region)) = source.split_once('#') else { return source.to_owned() };
    let [marker, function] = [format!("// region: {region}"), format!("fn {}(", region.replace('-', "_"))];
    let text = std::fs::read_to_string(workspace.root.join(file)).unwrap_or_default();
    let line = text.lines().position(|line| line.trim() == marker || line.contains(&function));
    line.map_or_else(|| source.to_owned(), |line| format!("{file}:{}", line + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_not_told_as_an_equality() {
        let check = |kind: &str| {
            let row = serde_json::json!({"what": "x", "kind": kind, "as_printed": false, "target": 0.0, "value": 2.0,
                "standard_error": 0.1, "tolerance": 0.3, "outcome": "holds"});
            told(&serde_json::from_value(row).unwrap())
        };
        assert_eq!(check("positive"), "x = 2.000000e0, to be above 0 by more than 3.0e-1: holds");
        assert_eq!(check("equal"), "x = 2.000000e0 against 0, tolerance 3.0e-1: holds");
    }
}
