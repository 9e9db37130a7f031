//! The code part of a run's key: hashes of the sources that compute it, of the locked versions of what those use, and of the
//! features and settings with which that was built.

use std::collections::BTreeMap;

use runner::{CommandError, Part};
use workspace::{Side, Sources};

use crate::built::Built;
use crate::locked::Locked;
use crate::sections::{Section, Workspace};

/// The code of all sections.
pub struct Code<'a> {
    workspace: &'a Workspace,
    sources: BTreeMap<String, Sources>,
    locked: Locked,
    built: &'a Built,
}

impl<'a> Code<'a> {
    /// Reads sources and lock file.
    /// Fails when a source cannot be read or is not Rust, or the lock file is missing.
    pub fn read(workspace: &'a Workspace, built: &'a Built) -> Result<Self, CommandError> {
        let sources = Sources::of_all(&workspace.crates)?;
        Ok(Self { workspace, sources, locked: Locked::read(&workspace.root)?, built })
    }

    /// BLAKE3 of the lock file.
    pub fn lock_hash(&self) -> &str {
        self.locked.hash()
    }

    /// The sources of a section, as its program names those that it is made of.
    pub fn sources(&self, section: &Section) -> String {
        self.sources.get(&section.name).map(Sources::line).unwrap_or_default()
    }

    /// The code parts of a section's keys.
    /// Fails when a dependency is not locked.
    pub fn parts(&self, section: &Section) -> Result<Vec<Part>, CommandError> {
        let crates = &self.workspace.crates;
        let keyed = self.sources.get(&section.name).into_iter().flat_map(|sources| &sources.keyed);
        let mut parts: Vec<Part> =
            keyed.map(|(name, hash)| Part::new(format!("code of {name}"), hash.as_str())).collect();
        let top = crates.get(&section.name);
        let below = top.iter().flat_map(|top| crates.below(top)).filter(|found| found.side == Side::Keyed);
        let ours: Vec<_> = below.chain(top).collect();
        let locked = self.locked.below(&crates.foreign(ours.iter().copied()))?;
        let version = |name: &str| self.locked.version(name).unwrap_or_default().to_owned();
        let own = ours.iter().map(|found| (found.name.clone(), version(&found.name)));
        let all = locked.iter().map(|(name, version, _)| (name.clone(), version.clone())).chain(own);
        let mut built = blake3::Hasher::new();
        for (name, version) in all {
            for setting in self.built.settings(&name, &version) {
                built.update(format!("{name} {version} {setting}\n").as_bytes());
            }
        }
        let mut versions = blake3::Hasher::new();
        for (name, version, checksum) in &locked {
            versions.update(format!("{name} {version} {checksum}\n").as_bytes());
        }
        parts.push(Part::new("locked dependencies", versions.finalize().to_hex().to_string()));
        parts.push(Part::new("features and settings of the build", built.finalize().to_hex().to_string()));
        Ok(parts)
    }
}
