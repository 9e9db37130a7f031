//! What cargo says of what it built, and of what it is going to build: the programs, and features and settings of the packages.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use runner::CommandError;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::programs::Held;

/// What was built.
#[derive(Debug, Default)]
pub struct Built {
    programs: BTreeMap<String, PathBuf>,
    /// Links to the programs, which go with this.
    held: Option<Held>,
    /// Features and settings of each package, by name and version.
    packages: BTreeMap<(String, String), BTreeSet<String>>,
}

/// What cargo says of something that it built, or is going to build. Its other messages lack these fields.
#[derive(Deserialize)]
struct Artifact {
    #[serde(alias = "pkg_id")]
    package_id: String,
    target: Target,
    profile: Map<String, Value>,
    features: Vec<String>,
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

/// What cargo is going to build, as it says it on request.
#[derive(Deserialize)]
struct Graph {
    units: Vec<Artifact>,
}

/// What cargo says of a profile when it has built something; of what it is going to build it says more.
const TOLD: [&str; 5] = ["opt_level", "debuginfo", "debug_assertions", "overflow_checks", "test"];

impl Built {
    /// What cargo is going to build, by its graph of units: no programs yet.
    /// None where that is not in the expected words.
    pub fn planned(graph: &[u8]) -> Option<Self> {
        let mut built = Self::default();
        for unit in serde_json::from_slice::<Graph>(graph).ok()?.units {
            built.add_artifact(unit);
        }
        Some(built)
    }

    /// Whether the program of a crate is there.
    pub fn has(&self, name: &str) -> bool {
        self.programs.contains_key(name)
    }

    /// The program of a crate.
    /// Fails when it has none.
    pub fn program(&self, name: &str) -> Result<&PathBuf, CommandError> {
        self.programs.get(name).ok_or_else(|| {
            CommandError::failed(format!("{name} has no program")).advise("does the crate have a main.rs?")
        })
    }

    /// Features and settings with which a package of this name and version was built, as lines.
    pub fn settings(&self, name: &str, version: &str) -> impl Iterator<Item = &String> {
        self.packages.get(&(name.to_owned(), version.to_owned())).into_iter().flatten()
    }

    /// Holds on to the programs as they are now: another build, here or in another checkout with the same target folder, puts
    /// its own in their places. Where no links can be made the places themselves are used.
    pub fn hold(&mut self, store: &Path) {
        self.held = Held::all(store, self.programs.values_mut()).ok();
    }

    /// The programs that are built by now, to be used while the rest still is, with the settings of all that will be.
    pub fn so_far(&self, planned: &Self) -> Self {
        Self { programs: self.programs.clone(), held: None, packages: planned.packages.clone() }
    }

    /// Takes note of what cargo says. Says whether it is of a program.
    pub fn add(&mut self, line: &str) -> bool {
        let Ok(artifact) = serde_json::from_str::<Artifact>(line) else { return false };
        self.add_artifact(artifact)
    }

    fn add_artifact(&mut self, mut artifact: Artifact) -> bool {
        let is_program = artifact.executable.is_some();
        if let Some(program) = artifact.executable {
            self.programs.insert(artifact.target.name, program);
        } else if artifact.target.kind.iter().any(|kind| kind.ends_with("lib")) {
            artifact.profile.retain(|name, _| TOLD.contains(&name.as_str()));
            artifact.profile.entry("test").or_insert(Value::Bool(false));
            let settings = format!("{} {}", artifact.features.join(","), Value::Object(artifact.profile));
            self.packages.entry(name_and_version(&artifact.package_id)).or_default().insert(settings);
        }
        is_program
    }
}

/// Name and version from an id such as `registry+…#gemm@0.19.0` or `path+…/crates/ensemble#0.1.0`.
pub fn name_and_version(id: &str) -> (String, String) {
    let (place, tail) = id.rsplit_once('#').unwrap_or(("", id));
    let last = || place.rsplit('/').next().unwrap_or_default();
    let (name, version) = tail.split_once('@').unwrap_or((last(), tail));
    (name.to_owned(), version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_told_by_name_and_version() {
        for (id, name, version) in [
            ("registry+https://x/index#gemm@0.19.0", "gemm", "0.19.0"),
            ("path+file:///p/crates/ensemble#0.1.0", "ensemble", "0.1.0"),
            ("path+file:///p/crates/2-background#background@0.1.0", "background", "0.1.0"),
        ] {
            assert_eq!(name_and_version(id), (name.to_owned(), version.to_owned()));
        }
    }

    #[test]
    fn what_is_going_to_be_built_is_told_as_what_was_built() {
        let built = r#"{"reason":"compiler-artifact","package_id":"r#bumpalo@3.20.4","target":{"kind":["lib"],"name":"bumpalo"},"profile":{"opt_level":"1","debuginfo":0,"debug_assertions":false,"overflow_checks":false,"test":false},"features":["boxed","default"],"executable":null}"#;
        let planned = r#"{"version":1,"units":[{"pkg_id":"r#bumpalo@3.20.4","target":{"kind":["lib"],"name":"bumpalo"},"profile":{"name":"dev","opt_level":"1","lto":"false","codegen_units":16,"debuginfo":0,"debug_assertions":false,"overflow_checks":false,"panic":"unwind"},"mode":"build","features":["boxed","default"],"dependencies":[]}]}"#;
        let mut said = Built::default();
        said.add(built);
        assert_eq!(said.packages, Built::planned(planned.as_bytes()).unwrap().packages);
        assert_eq!(said.settings("bumpalo", "3.20.4").count(), 1);
    }

    #[test]
    fn what_was_built_is_read_from_what_cargo_says() {
        let lines = [
            r#"{"reason":"compiler-artifact","package_id":"r#gemm@1.0.0","target":{"kind":["lib"],"name":"gemm"},"profile":{"opt_level":"3","test":false},"features":["std"],"executable":null}"#,
            r#"{"reason":"compiler-artifact","package_id":"p#theory@0.1.0","target":{"kind":["bin"],"name":"theory"},"profile":{"opt_level":"3"},"features":[],"executable":"/t/theory"}"#,
            r#"{"reason":"build-finished","success":true}"#,
        ];
        let mut built = Built::default();
        assert_eq!(lines.map(|line| built.add(line)), [false, true, false]);
        assert_eq!(built.program("theory").unwrap().to_string_lossy(), "/t/theory");
        assert!(built.program("gemm").is_err());
        assert_eq!(
            built.settings("gemm", "1.0.0").collect::<Vec<_>>(),
            [r#"std {"opt_level":"3","test":false}"#]
        );
    }
}
