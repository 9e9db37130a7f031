//! The code part of a run's key: hashes of the sources that compute it, of the locked versions of what those use, and of the
//! features and settings with which that was built.

use std::collections::BTreeMap;

use runner::results::SectionResult;
use runner::{CommandError, Key, Part, Store};
use workspace::{Side, Sources};

use crate::built::Built;
use crate::locked::Locked;
use crate::sections::{Section, Workspace};

/// What keys say of the version of our own crates, whatever their manifests do: their sources are in the keys, and a version set
/// for an archive to be cited must not make its records stale.
const OWN_VERSION: &str = "0.1.0";

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
        let own =
            ours.iter().map(|found| (&found.name, self.locked.version(&found.name).unwrap_or_default()));
        let all = locked.iter().map(|(name, version, _)| (name, version.as_str(), version.as_str()));
        let mut built = blake3::Hasher::new();
        for (name, version, told) in all.chain(own.map(|(name, version)| (name, version, OWN_VERSION))) {
            for setting in self.built.settings(name, version) {
                built.update(format!("{name} {told} {setting}\n").as_bytes());
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

    /// What has changed of the code of a section since a result of it was computed, by the first of its runs that is kept:
    /// what stands beside its numbers is not what computed them.
    /// Fails when a dependency is not locked.
    pub fn moved_since(
        &self,
        section: &Section,
        result: &SectionResult,
    ) -> Result<Vec<String>, CommandError> {
        let is_code = |part: &Part| part.name.starts_with("code of ") || part.name == "locked dependencies";
        let code = |parts: &[Part]| Key::new(parts.iter().filter(|part| is_code(part)).cloned().collect());
        let store = Store::of_section(&self.workspace.store(), &section.slug(), Some(&result.folder));
        let then = result.provenance.runs.iter().find_map(|run| store.header(&run.key));
        let now = self.parts(section)?;
        Ok(then.map(|then| code(&now).moved_since(&code(then.key.parts()))).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use runner::results::State;
    use runner::{Header, Origin};

    use super::*;

    #[test]
    fn a_version_set_for_an_archive_moves_no_key_and_a_dependencys_does() {
        let parts = |ours: &str, theirs: &str, features: &[&str]| {
            let root = crate::sections::tests::workspace(&[("1", "a")]);
            let lock = format!(
                "[[package]]\nname = \"a\"\nversion = \"{ours}\"\n\
                 [[package]]\nname = \"b\"\nversion = \"{theirs}\"\nsource = \"registry\"\n"
            );
            let manifest = format!(
                "[package]\nname = \"a\"\nversion = \"{ours}\"\n[dependencies]\nb = \"1\"\n\
                 [package.metadata.section]\nnumber = \"1\"\n"
            );
            for (name, text) in [
                ("Cargo.lock", &*lock),
                ("crates/1-a/Cargo.toml", &manifest),
                ("crates/1-a/src/experiment/mod.rs", ""),
            ] {
                runner::atomic::write(&root.path().join(name), text.as_bytes()).unwrap();
            }
            let mut built = Built::default();
            for (name, version) in [("a", ours), ("b", theirs)] {
                let artifact = serde_json::json!({"package_id": format!("r#{name}@{version}"), "features": features,
                    "target": {"name": name, "kind": ["lib"]}, "profile": {}, "executable": null});
                built.add(&artifact.to_string());
            }
            let workspace = Workspace::at(root.path()).unwrap();
            let parts = Code::read(&workspace, &built).unwrap().parts(&workspace.sections[0]).unwrap();
            parts.into_iter().map(|part| (part.name, part.value)).collect::<Vec<_>>()
        };
        let now = parts("0.1.0", "1.0.0", &[]);
        assert_eq!(now, parts("2.0.0", "1.0.0", &[]));
        assert_ne!(now, parts("0.1.0", "1.0.1", &[]));
        assert_ne!(now, parts("2.0.0", "1.0.0", &["fast"]));
    }

    #[test]
    fn code_that_changed_since_a_result_was_computed_is_named() {
        let root = crate::sections::tests::workspace(&[("1", "a")]);
        let source = root.path().join("crates/1-a/src/experiment/mod.rs");
        let lock = "[[package]]\nname = \"a\"\nversion = \"0.1.0\"\n";
        runner::atomic::write(&root.path().join("Cargo.lock"), lock.as_bytes()).unwrap();
        runner::atomic::write(&source, b"fn one() -> u8 { 1 }").unwrap();
        let (workspace, built) = (Workspace::at(root.path()).unwrap(), Built::default());
        let section = &workspace.sections[0];
        let code = Code::read(&workspace, &built).unwrap();
        let key = Key::new([code.parts(section).unwrap(), vec![Part::new("parameter depth", "5")]].concat());
        let header = Header {
            run: "run".to_owned(),
            key: key.clone(),
            seconds: 1.0,
            finished: 1,
            peak_memory_bytes: None,
            origin: Origin::default(),
        };
        Store::of_section(&workspace.store(), &section.slug(), None).store(&header, b"").unwrap();
        let run = serde_json::json!({"name": "run", "key": key.hash(), "found": null, "seconds": 1.0, "peak_memory_bytes": null});
        let provenance = serde_json::json!({"section": "1", "profile": "quick", "seed": 7, "params": {}, "device": "cpu",
            "commit": "c", "dirty": false, "diff_hash": null, "rustc": "r", "lock_hash": "l", "cpu": "p", "gpu": null,
            "driver": null, "threads": 1, "created": "", "wall_seconds": 1.0, "peak_memory_bytes": null, "runs": [run],
            "data_hashes": {}, "outputs": {}, "stamp": ""});
        let result = SectionResult {
            state: State::Fresh,
            folder: root.path().join("nowhere"),
            provenance: serde_json::from_value(provenance).unwrap(),
            entries: Vec::new(),
        };
        let moved = || Code::read(&workspace, &built).unwrap().moved_since(section, &result).unwrap();
        assert_eq!(moved(), [""; 0]);
        runner::atomic::write(&source, b"fn one() -> u8 { 2 }").unwrap();
        assert_eq!(moved(), ["code of a, experiment"]);
    }
}
