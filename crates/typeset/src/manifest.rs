//! `/manifest.json`, the one file through which the template learns what there is: sections in paper order with the origin of
//! their result, tables, figures and provenance; all claims, each with the line at which its measuring code stands now; the
//! way from the output folder back to the sources; and the date of the youngest result.

use std::fs;
use std::path::{Component, Path, PathBuf};

use serde::Serialize;

use crate::claims::Row;
use crate::sections::Section;

/// The contents of `/manifest.json`.
#[derive(Debug, Serialize)]
pub struct Manifest {
    /// Relative path from the folder where the paper is read to the workspace root, such as `..`: what links to sources begin with.
    pub root: String,
    /// Address of the repository, to which links to sources lead from a page that was moved; null where the workspace
    /// names none.
    pub repository: Option<String>,
    /// The name of the results that this paper is compared with.
    pub against: Option<String>,
    /// Day of the youngest result, `YYYY-MM-DD`, from provenance; null when nothing says.
    pub date: Option<String>,
    /// Sections in the paper's order.
    pub sections: Vec<Section>,
    /// All claims, in the paper's order.
    pub claims: Vec<Row>,
}

impl Manifest {
    /// Brings sections and claims together for a paper that is read in the folder `read_in`.
    pub fn new(root: &Path, read_in: &Path, sections: Vec<Section>, claims: Vec<Row>) -> Self {
        let days = sections.iter().filter_map(|section| Some(&section.computed.as_ref()?.day));
        let date = days.max().cloned();
        Self {
            root: relative(read_in, root),
            repository: repository(root),
            against: None,
            date,
            sections,
            claims,
        }
    }

    /// The merged ledger, byte for byte as it lies in `claims.json` beside the results.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn ledger(&self) -> serde_json::Result<Vec<u8>> {
        let entries: Vec<_> = self.claims.iter().map(|row| &row.whole).collect();
        let mut json = serde_json::to_vec_pretty(&entries)?;
        json.push(b'\n');
        Ok(json)
    }
}

/// `repository` of the workspace's manifest.
fn repository(root: &Path) -> Option<String> {
    let manifest: toml::Table = fs::read_to_string(root.join("Cargo.toml")).ok()?.parse().ok()?;
    let address = manifest.get("workspace")?.get("package")?.get("repository")?.as_str()?;
    Some(address.trim_end_matches('/').to_owned())
}

/// The relative path from one folder to another, with forward slashes.
fn relative(from: &Path, to: &Path) -> String {
    let (from, to) = (absolute(from), absolute(to));
    let (from, to): (Vec<_>, Vec<_>) = (from.components().collect(), to.components().collect());
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = from[shared..].iter().map(|_| "..".to_owned());
    let down = to[shared..].iter().map(|part| part.as_os_str().to_string_lossy().into_owned());
    let steps: Vec<String> = up.chain(down).collect();
    if steps.is_empty() { ".".into() } else { steps.join("/") }
}

/// The path with links resolved as far as it exists, and made absolute beyond.
fn absolute(path: &Path) -> PathBuf {
    if let Ok(real) = path.canonicalize() {
        return real;
    }
    let path = std::path::absolute(path).unwrap_or_else(|_| path.into());
    match (path.parent(), path.components().next_back()) {
        (Some(parent), Some(Component::Normal(name))) => absolute(parent).join(name),
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_from_the_output_folder_to_the_sources() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        assert_eq!(relative(&root.join("paper"), root), "..");
        assert_eq!(relative(root, root), ".");
        assert_eq!(relative(&root.join("a/b"), &root.join("c")), "../../c");
    }
}
