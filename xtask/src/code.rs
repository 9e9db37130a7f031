//! The code part of a run's key: hashes of the sources that compute it, and of the locked versions of what those use.

use runner::Part;
use workspace::{Side, Sources};

use crate::locked::Locked;
use crate::sections::{Section, Workspace};
use crate::stop::Stop;

/// The code parts of a section's keys.
///
/// # Errors
/// When a source cannot be read or is not Rust.
pub fn parts(workspace: &Workspace, section: &Section, locked: &Locked) -> Result<Vec<Part>, Stop> {
    let crates = &workspace.crates;
    let top = crates.get(&section.name).ok_or_else(|| Stop::failed(format!("no crate {}", section.name)))?;
    let sources = Sources::of(crates, top)?;
    let code = sources.keyed.into_iter().map(|(name, hash)| Part::new(format!("code of {name}"), hash));
    let keyed = crates.below(top).into_iter().filter(|found| found.side == Side::Keyed);
    let dependencies = crates.foreign(keyed.chain([top]));
    Ok(code.chain([Part::new("locked dependencies", locked.closure_hash(&dependencies))]).collect())
}
