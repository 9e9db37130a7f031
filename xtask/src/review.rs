//! `cargo xtask review`: pending snapshot changes, changes of verdict first; accepts or rejects them.

use std::fs;
use std::path::{Path, PathBuf};

use ledger::{Snapshot, Verdict};
use runner::messages::exit;
use runner::{CommandError, FileError};

use crate::Outcome;
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
/// Fails when a snapshot cannot be read or moved, or a named claim has nothing pending.
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
    let (did, code) = match (args.accept, args.reject) {
        (true, _) => ("accepted", exit::OK),
        (_, true) => ("dropped", exit::OK),
        _ => ("pending", exit::FAILED),
    };
    println!("{} {did}", pending.len());
    Ok(code)
}

/// Puts a pending snapshot in the place of the old one, without the line number of the assertion that made it.
fn accept(new: &Path) -> Result<(), CommandError> {
    let text = fs::read_to_string(new)?;
    let kept = text.lines().filter(|line| !line.starts_with("assertion_line: "));
    let text: String = kept.flat_map(|line| [line, "\n"]).collect();
    runner::atomic::write(&new.with_extension(""), text.as_bytes())?;
    Ok(fs::remove_file(new)?)
}

/// Reads a snapshot: what follows insta's header in its file.
pub fn read(path: &Path) -> Result<Snapshot, CommandError> {
    // A checkout may have the line ends of another system.
    let text = fs::read_to_string(path).map_err(FileError::of("read", path))?.replace('\r', "");
    let body = text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n"));
    Snapshot::parse(body.map_or(text.as_str(), |(_, body)| body)).map_err(|error| {
        CommandError::failed(format!("{}: {error}", path.display())).advise("`cargo test` writes it anew")
    })
}

fn pending(snapshots: &Path) -> Result<Vec<Pending>, CommandError> {
    let mut found = Vec::new();
    for profile in ["smoke", "adopted"] {
        let Ok(listing) = fs::read_dir(snapshots.join(profile)) else { continue };
        for entry in listing {
            let new = entry?.path();
            let name = new.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let Some(id) = name.strip_suffix(".snap.new") else { continue };
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
    let before = change.before.as_ref();
    let changed = change.after.fields().filter_map(|(name, after)| {
        match before.and_then(|before| before.field(name)) {
            Some(before) if before == after => None,
            Some(before) => Some(format!("    {name}: {before} → {after}\n")),
            None => Some(format!("    {name}: {after} (new)\n")),
        }
    });
    let gone = before.into_iter().flat_map(Snapshot::fields);
    let gone = gone.filter(|(name, _)| change.after.field(name).is_none());
    let gone = gone.map(|(name, before)| format!("    {name}: {before} (gone)\n"));
    [format!("{} ({})\n", change.id, change.profile)].into_iter().chain(changed).chain(gone).collect()
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
        let weights: Vec<(&str, u8)> =
            found.iter().map(|change| (change.id.as_str(), weight(change))).collect();
        assert_eq!(weights, [("a", 3), ("b", 1)]);
        let unchanged_fields_are_not_told =
            "a (smoke)\n    measured: 1.0 → 2.0\n    verdict: reproduced → not reproduced\n";
        assert_eq!(told(&found[0]), unchanged_fields_are_not_told);
        let elsewhere = smoke.join("a.snap.elsewhere");
        fs::write(&elsewhere, snapshot("reproduced", "1.0").replace('\n', "\r\n")).unwrap();
        assert_eq!(read(&elsewhere).unwrap(), read(&smoke.join("a.snap")).unwrap(), "line ends do not count");
    }
}
