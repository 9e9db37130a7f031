//! `cargo xtask claims explain ID`: one claim in prose.

use std::path::Path;

use ledger::{CheckRow, Entry, Verdict};
use runner::Origin;
use runner::messages::exit;

use crate::Outcome;
use crate::error::{CommandError, nearest};
use crate::ledger_files::{self, State};
use crate::sections::Workspace;

/// How many checks are told one by one.
const TOLD: usize = 12;

/// Prints everything known about a claim.
///
/// # Errors
/// When there is no such claim.
pub fn explain(workspace: &Workspace, out: &Path, rows: &[Entry], id: &str) -> Outcome {
    let Some(row) = rows.iter().find(|row| row.id == id) else {
        let ids = rows.iter().map(|row| row.id.as_str());
        let meant = nearest(id, ids).map_or(String::new(), |near| format!("did you mean `{near}`? "));
        return Err(CommandError::usage(format!("no claim `{id}`"))
            .advise(format!("{meant}`cargo xtask claims` lists them")));
    };
    let register = ledger_files::register(workspace)?;
    println!("{} ({}, kind {})", row.id, row.locator, row.kind);
    println!("The paper states: {}.", row.statement.trim_end_matches('.'));
    if let Some(claim) = register.claim(id) {
        for target in &claim.targets {
            let because = claim.wrong_because.as_deref().unwrap_or("no cause given");
            println!(
                "It prints {}; the nearest wrong value that would matter is {} ({because}).",
                target.printed, target.wrong
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
    measured(workspace, out, row);
    for other in &row.also {
        println!("\nAlso measured:");
        measured(workspace, out, other);
    }
    Ok(exit::OK)
}

fn measured(workspace: &Workspace, out: &Path, row: &Entry) {
    if row.verdict == Verdict::NotMeasured {
        println!("Nobody measures it yet: Section {} will.", row.section);
        return;
    }
    let measured = row.measured.as_deref().unwrap_or("nothing to print");
    let error = row
        .standard_error
        .filter(|error| *error > 0.0)
        .map_or(String::new(), |error| format!(", standard error {error:.1e}"));
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
    let section = workspace.sections.iter().find(|section| section.number == row.section);
    if let Some((state, folder)) = section.and_then(|section| ledger_files::results(workspace, out, section))
    {
        made(state, &folder, row);
    }
    println!("Checks:");
    row.checks.iter().take(TOLD).for_each(|check| println!("  {}", told(check)));
    if row.checks.len() > TOLD {
        println!("  … and {} more, in claims.json", row.checks.len() - TOLD);
    }
}

/// Where and when the row's result was made, and which files show it.
fn made(state: State, folder: &Path, row: &Entry) {
    let how = if state == State::Fresh { "run here" } else { "adopted record" };
    if let Ok(provenance) = ledger_files::provenance(folder) {
        let (created, profile) = (&provenance.made.created, provenance.profile);
        println!("Made ({how}): {created}, profile {profile}.");
        // A record of before runs said where they come from has the place of its files alone.
        let own = [provenance.made.clone()];
        let origins = if provenance.origins.is_empty() { &own[..] } else { &provenance.origins };
        for place in origins {
            let changed = match place.checkout.dirty {
                Some(true) => " with uncommitted changes",
                Some(false) => "",
                None => " (changes unknown)",
            };
            let Origin { checkout, cpu, instruction_set, threads, created, .. } = place;
            let commit = &checkout.commit;
            println!(
                "Computed: {created}, commit {commit}{changed}, {cpu} {instruction_set}, {threads} threads."
            );
        }
    }
    if let Some(table) = &row.table {
        println!("Table: {}.", folder.join(format!("tables/{table}.csv")).display());
    }
    if let Some(figure) = &row.figure {
        println!("Figure: {}.", folder.join(format!("figures/{figure}.svg")).display());
    }
}

fn told(check: &CheckRow) -> String {
    let printed = if check.as_printed { "as printed: " } else { "" };
    let number = match (check.value, check.target, check.tolerance) {
        (Some(value), Some(target), Some(tolerance)) => {
            format!(" = {value:.6e} against {target}, tolerance {tolerance:.1e}")
        }
        _ => String::new(),
    };
    let made = if check.by_construction { " (by construction)" } else { "" };
    format!("{printed}{}{made}{number}: {}", check.what, check.outcome)
}

/// `file#region` as `file:line`, the line of the region's marker as the file stands now.
fn line_of(workspace: &Workspace, source: &str) -> String {
    let Some((file, region)) = source.split_once('#') else { return source.to_owned() };
    let marker = format!("// region: {region}");
    let text = std::fs::read_to_string(workspace.root.join(file)).unwrap_or_default();
    let line = text.lines().position(|line| line.trim() == marker);
    line.map_or_else(|| source.to_owned(), |line| format!("{file}:{}", line + 1))
}
