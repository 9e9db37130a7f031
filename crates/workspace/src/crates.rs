//! The crates of the workspace: their names, what they depend on, and on which side of the line they stand.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::WorkspaceError;

/// On which side of the line between computing and showing a crate stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// A section: its folder `src/experiment` computes, the rest shows.
    Section,
    /// A library that computes: all of its sources are part of the keys of the runs that use it.
    Keyed,
    /// A library that plans, judges, draws or writes.
    Unkeyed,
}

/// A crate below `crates/`.
#[derive(Debug, Clone)]
pub struct Crate {
    /// Its package name.
    pub name: String,
    /// Its folder.
    pub folder: PathBuf,
    /// Its side.
    pub side: Side,
    /// Names in `[dependencies]`, those of single targets included; development dependencies do not count.
    pub dependencies: BTreeSet<String>,
    /// The number of its section, if it is one.
    pub number: Option<String>,
    /// What its manifest says in `[package.metadata]`.
    pub metadata: Table,
}

/// All crates below `crates/`, by folder name.
#[derive(Debug, Clone)]
pub struct Crates(Vec<Crate>);

impl Crates {
    /// Reads the manifests of a workspace.
    ///
    /// # Errors
    /// When a folder or manifest cannot be read, or does not say on which side its crate stands.
    pub fn read(root: &Path) -> Result<Self, WorkspaceError> {
        let folder = root.join("crates");
        let listing = fs::read_dir(&folder).map_err(WorkspaceError::unreadable(&folder))?;
        let mut folders = listing
            .map(|entry| entry.map(|entry| entry.path()).map_err(WorkspaceError::unreadable(&folder)))
            .collect::<Result<Vec<_>, _>>()?;
        folders.retain(|folder| folder.join("Cargo.toml").is_file());
        folders.sort();
        let shared = shared_dependencies(root)?;
        folders.into_iter().map(|folder| Crate::read(folder, &shared)).collect::<Result<_, _>>().map(Self)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Crate> {
        self.0.iter()
    }

    /// The crate of this name.
    pub fn get(&self, name: &str) -> Option<&Crate> {
        self.0.iter().find(|found| found.name == name)
    }

    /// The crates of this workspace that a crate depends on, directly or not, in the order of their folders.
    pub fn below(&self, top: &Crate) -> Vec<&Crate> {
        let mut reached = BTreeSet::new();
        let mut pending: Vec<&Crate> = vec![top];
        while let Some(next) = pending.pop() {
            let ours = next.dependencies.iter().filter_map(|name| self.get(name));
            pending.extend(ours.filter(|found| reached.insert(found.name.clone())));
        }
        self.iter().filter(|found| reached.contains(&found.name)).collect()
    }

    /// Names of the foreign packages that some crates depend on directly.
    pub fn foreign<'a>(&self, crates: impl IntoIterator<Item = &'a Crate>) -> BTreeSet<String> {
        let names = crates.into_iter().flat_map(|found| &found.dependencies);
        names.filter(|name| self.get(name).is_none()).cloned().collect()
    }
}

impl Crate {
    fn read(folder: PathBuf, shared: &Table) -> Result<Self, WorkspaceError> {
        let path = folder.join("Cargo.toml");
        let manifest = manifest(&path)?;
        let package = manifest.get("package");
        let name = package.and_then(|package| package.get("name")?.as_str());
        let name = name.ok_or_else(|| WorkspaceError::wrong(&path, "no package name"))?;
        let metadata =
            package.and_then(|package| package.get("metadata")?.as_table().cloned()).unwrap_or_default();
        let field = |kind: &str, field: &str| metadata.get(kind)?.get(field);
        let number = field("section", "number").and_then(|number| Some(number.as_str()?.to_owned()));
        let keyed = field("library", "keyed").and_then(Value::as_bool);
        let side = match (&number, keyed) {
            (Some(_), _) => Side::Section,
            (None, Some(true)) => Side::Keyed,
            (None, Some(false)) => Side::Unkeyed,
            (None, None) => {
                let what = "no [package.metadata.library] with keyed = true or false";
                return Err(WorkspaceError::wrong(&path, what));
            }
        };
        let (name, dependencies) = (name.to_owned(), dependencies(&manifest, shared));
        Ok(Self { name, side, dependencies, number, folder, metadata })
    }
}

fn manifest(path: &Path) -> Result<Table, WorkspaceError> {
    let text = fs::read_to_string(path).map_err(WorkspaceError::unreadable(path))?;
    text.parse().map_err(|error| WorkspaceError::Manifest(path.to_path_buf(), Box::new(error)))
}

/// What the root manifest, where there is one, says of dependencies.
fn shared_dependencies(root: &Path) -> Result<Table, WorkspaceError> {
    let path = root.join("Cargo.toml");
    let manifest = if path.is_file() { manifest(&path)? } else { Table::new() };
    let shared =
        manifest.get("workspace").and_then(|workspace| workspace.get("dependencies")?.as_table().cloned());
    Ok(shared.unwrap_or_default())
}

/// Names of packages, whatever a manifest calls them.
fn dependencies(manifest: &Table, shared: &Table) -> BTreeSet<String> {
    let renamed = |value: &Value| Some(value.get("package")?.as_str()?.to_owned());
    let package = |(name, value): (&String, &Value)| {
        renamed(value).or_else(|| renamed(shared.get(name)?)).unwrap_or_else(|| name.clone())
    };
    let targets = manifest.get("target").and_then(Value::as_table).into_iter().flat_map(Table::values);
    let of_targets = targets.filter_map(|target| target.get("dependencies"));
    let tables = manifest.get("dependencies").into_iter().chain(of_targets).filter_map(Value::as_table);
    tables.flatten().map(package).collect()
}
