//! `Cargo.lock`: the locked versions of everything below a set of crates.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use runner::{CommandError, FileError};
use serde::Deserialize;

/// The packages of `Cargo.lock`.
#[derive(Debug)]
pub struct Locked {
    packages: BTreeMap<String, Vec<Package>>,
    hash: String,
}

#[derive(Debug, Deserialize)]
struct File {
    package: Vec<Package>,
}

#[derive(Debug, Deserialize)]
struct Package {
    name: String,
    version: String,
    source: Option<String>,
    checksum: Option<String>,
    #[serde(default)]
    dependencies: Vec<String>,
}

impl Locked {
    /// Reads the lock file of the workspace.
    /// Fails when it is missing or malformed.
    pub fn read(root: &Path) -> Result<Self, CommandError> {
        let path = root.join("Cargo.lock");
        let text = fs::read_to_string(&path).map_err(FileError::of("read", &path))?;
        Self::parse(&text).map_err(|error| CommandError::failed(path.display()).because(error))
    }

    fn parse(text: &str) -> Result<Self, toml::de::Error> {
        let file: File = toml::from_str(text)?;
        let mut packages: BTreeMap<String, Vec<Package>> = BTreeMap::new();
        for package in file.package {
            packages.entry(package.name.clone()).or_default().push(package);
        }
        Ok(Self { packages, hash: blake3::hash(text.as_bytes()).to_hex().to_string() })
    }

    /// BLAKE3 of the whole file.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The locked version of a package of which there is one.
    pub fn version(&self, name: &str) -> Option<&str> {
        self.packages.get(name)?.first().map(|package| package.version.as_str())
    }

    /// Name, version and origin of these packages and of all that they depend on.
    /// Fails when one is not locked, or lies in a folder of its own outside the workspace: what it computes would be in no key.
    pub fn below(
        &self,
        roots: &BTreeSet<String>,
    ) -> Result<BTreeSet<(String, String, String)>, CommandError> {
        let mut found = BTreeSet::new();
        let mut pending: Vec<String> = roots.iter().cloned().collect();
        while let Some(wanted) = pending.pop() {
            // "name" where one version is locked, "name version" where there are several.
            let (name, version) =
                wanted.split_once(' ').map_or((wanted.as_str(), None), |(n, v)| (n, v.split(' ').next()));
            let locked = self.packages.get(name).into_iter().flatten();
            let mut chosen =
                locked.filter(|package| version.is_none_or(|version| version == package.version)).peekable();
            if chosen.peek().is_none() {
                return Err(CommandError::failed(format!("Cargo.lock has no {wanted}")));
            }
            for package in chosen {
                let Some(source) = &package.source else {
                    let what = format!("{name} comes from a folder: nothing tells when it changes");
                    return Err(CommandError::failed(what).advise("take it from a registry or a commit"));
                };
                let origin = format!("{source} {}", package.checksum.as_deref().unwrap_or_default());
                if found.insert((name.to_owned(), package.version.clone(), origin)) {
                    pending.extend(package.dependencies.iter().cloned());
                }
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = r#"package = [
{ name = "gemm", version = "0.15.5", source = "registry", checksum = "aa" },
{ name = "gemm", version = "0.19.0", source = "registry", checksum = "bb", dependencies = ["simd"] },
{ name = "simd", version = "1.0.0", source = "registry", checksum = "cc" },
{ name = "polars", version = "0.55.2", source = "registry", checksum = "dd", dependencies = ["gemm 0.15.5"] },
]"#;

    fn below(lock: &str, root: &str) -> BTreeSet<(String, String, String)> {
        Locked::parse(lock).unwrap().below(&BTreeSet::from([root.to_owned()])).unwrap()
    }

    #[test]
    fn only_what_lies_below_counts() {
        let newer = LOCK.replace("0.55.2", "0.56.0").replace("\"dd\"", "\"ee\"");
        assert_eq!(below(LOCK, "gemm 0.19.0"), below(&newer, "gemm 0.19.0"));
        assert_ne!(below(LOCK, "polars"), below(&newer, "polars"));
        assert_ne!(below(LOCK, "gemm 0.19.0"), below(&LOCK.replace("1.0.0", "1.0.1"), "gemm 0.19.0"));
        assert!(Locked::parse(LOCK).unwrap().below(&BTreeSet::from(["nothing".to_owned()])).is_err());
        let in_a_folder = LOCK.replace("source = \"registry\", ", "");
        assert!(Locked::parse(&in_a_folder).unwrap().below(&BTreeSet::from(["polars".to_owned()])).is_err());
        assert_eq!(below(LOCK, "polars"), below(&LOCK.replace("1.0.0", "1.0.1"), "polars"));
    }
}
