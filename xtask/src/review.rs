//! `cargo xtask review`: pending snapshot changes, changes of verdict first; accepts or rejects them.

use std::fs;
use std::path::{Path, PathBuf};

use ledger::{Snapshot, Verdict};
use runner::messages::exit;

use crate::Outcome;
use crate::error::CommandError;
use crate::sections::Workspace;

/// Options of `review`.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  cargo xtask review                          what the last `cargo test` found changed
  cargo xtask review --accept 3.1.cosine-map  take one change
  cargo xtask review --accept                 take them all
  cargo xtask review --reject                 drop them all

Exit codes: 0 nothing pending (or all of it settled now), 1 changes are pending.")]
pub struct Args {
    /// Claims, by id; all pending ones if none is given
    claims: Vec<String>,
    /// Take the changes
    #[arg(long, conflicts_with = "reject")]
    accept: bool,
    /// Drop the changes
    #[arg(long)]
    reject: bool,
}

/// A pending change of a snapshot.
struct Pending {
    id: String,
    profile: String,
    new: PathBuf,
    before: Option<Snapshot>,
    after: Snapshot,
}

/// Runs the command.
///
/// # Errors
/// When a snapshot cannot be read or moved, or a named claim has nothing pending.
pub fn review(args: &Args) -> Outcome {
    let workspace = Workspace::find()?;
    let mut pending = pending(&workspace.root.join("snapshots"))?;
    if let Some(id) = args.claims.iter().find(|id| pending.iter().all(|change| change.id != **id)) {
        return Err(CommandError::usage(format!("nothing is pending for `{id}`"))
            .advise("`cargo xtask review` lists what is"));
    }
    pending.retain(|change| args.claims.is_empty() || args.claims.contains(&change.id));
    pending
        .sort_by_key(|change| (std::cmp::Reverse(weight(change)), change.profile.clone(), change.id.clone()));
    if pending.is_empty() {
        println!("nothing pending: `cargo test --workspace` compares the claims with their snapshots");
        return Ok(exit::OK);
    }
    for change in &pending {
        print!("{}", told(change));
        if args.accept {
            accept(&change.new)?;
        } else if args.reject {
            fs::remove_file(&change.new)?;
        }
    }
    let settled = args.accept || args.reject;
    let did = if args.accept {
        "accepted"
    } else if args.reject {
        "dropped"
    } else {
        "pending"
    };
    println!("{} {did}", pending.len());
    Ok(if settled { exit::OK } else { exit::FAILED })
}

/// Puts a pending snapshot in the place of the old one, without the line number of the assertion that made it.
fn accept(new: &Path) -> Result<(), CommandError> {
    let text = fs::read_to_string(new)?;
    let kept = text.lines().filter(|line| !line.starts_with("assertion_line: "));
    let text: String = kept.flat_map(|line| [line, "\n"]).collect();
    runner::atomic::write(&new.with_extension(""), text.as_bytes())?;
    Ok(fs::remove_file(new)?)
}

/// The body of a snapshot file: what follows insta's header.
pub fn body(text: &str) -> &str {
    text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")).map_or(text, |(_, body)| body)
}

fn pending(snapshots: &Path) -> Result<Vec<Pending>, CommandError> {
    let mut found = Vec::new();
    for profile in ["smoke", "adopted"] {
        let Ok(listing) = fs::read_dir(snapshots.join(profile)) else { continue };
        for entry in listing {
            let new = entry?.path();
            let name = new.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let Some(id) = name.strip_suffix(".snap.new") else { continue };
            let read = |path: &Path| -> Result<Snapshot, CommandError> {
                let text = fs::read_to_string(path)?;
                Snapshot::parse(body(&text))
                    .map_err(|error| CommandError::failed(format!("{}: {error}", path.display())))
            };
            let old = new.with_extension("");
            let before = if old.is_file() { Some(read(&old)?) } else { None };
            found.push(Pending {
                id: id.to_owned(),
                profile: profile.to_owned(),
                after: read(&new)?,
                before,
                new,
            });
        }
    }
    Ok(found)
}

/// Worse verdicts weigh most, then better ones, then new claims, then mere numbers.
fn weight(change: &Pending) -> u8 {
    let after = change.after.verdict().unwrap_or(Verdict::NotMeasured);
    match change.before.as_ref().and_then(Snapshot::verdict) {
        Some(before) if after.is_worse_than(before) => 3,
        Some(before) if after != before => 2,
        None => 1,
        Some(_) => 0,
    }
}

fn told(change: &Pending) -> String {
    let mut text = format!("{} ({})\n", change.id, change.profile);
    for (name, after) in change.after.fields() {
        let before = change.before.as_ref().and_then(|snapshot| snapshot.field(name));
        match before {
            Some(before) if before == after => {}
            Some(before) => text.push_str(&format!("    {name}: {before} → {after}\n")),
            None => text.push_str(&format!("    {name}: {after} (new)\n")),
        }
    }
    for (name, before) in change.before.iter().flat_map(Snapshot::fields) {
        if change.after.field(name).is_none() {
            text.push_str(&format!("    {name}: {before} (gone)\n"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(verdict: &str, measured: &str) -> String {
        format!("---\nsource: x\n---\nclaim: a\nmeasured: {measured}\nverdict: {verdict}\n")
    }

    #[test]
    fn changes_are_found_weighed_and_told() {
        let folder = tempfile::tempdir().unwrap();
        let smoke = folder.path().join("smoke");
        fs::create_dir_all(&smoke).unwrap();
        fs::write(smoke.join("a.snap"), snapshot("reproduced", "1.0")).unwrap();
        fs::write(smoke.join("a.snap.new"), snapshot("not reproduced", "2.0")).unwrap();
        fs::write(smoke.join("b.snap.new"), snapshot("reproduced", "1.0")).unwrap();
        let mut found = pending(folder.path()).unwrap();
        found.sort_by_key(|change| std::cmp::Reverse(weight(change)));
        assert_eq!(
            found.iter().map(|change| (change.id.as_str(), weight(change))).collect::<Vec<_>>(),
            [("a", 3), ("b", 1)]
        );
        let text = told(&found[0]);
        assert!(
            text.contains("verdict: reproduced → not reproduced") && text.contains("measured: 1.0 → 2.0"),
            "{text}"
        );
        assert!(!text.contains("claim:"), "unchanged fields are not told");
    }
}
