//! `/manifest.json`, the one file through which the template learns what there is: sections in paper order with their
//! state, tables, figures and provenance; all claims, each with the line at which its measuring code stands now; the
//! way from the output folder back to the sources; and the date of the youngest result.

use std::fs;
use std::path::{Component, Path, PathBuf};

use serde::Serialize;
use serde_json::{Value, json};

use crate::claims::Claim;
use crate::regions;
use crate::sections::Section;

/// The contents of `/manifest.json`.
#[derive(Debug, Serialize)]
pub struct Manifest {
    /// Relative path from the output folder to the workspace root, such as `..`: what links to sources begin with.
    pub root: String,
    /// Day of the youngest result, `YYYY-MM-DD`, from provenance; null when nothing says.
    pub date: Option<String>,
    /// Sections in the paper's order.
    pub sections: Vec<Section>,
    /// All claims, in the paper's order.
    pub claims: Vec<Claim>,
}

impl Manifest {
    /// Brings sections and claims together, resolving each claim's `source` to a `link` of `path`, `region` and
    /// `line`. Returns warnings for sources that no longer exist.
    pub fn new(
        root: &Path,
        out: &Path,
        sections: Vec<Section>,
        mut claims: Vec<Claim>,
    ) -> (Self, Vec<String>) {
        let mut warnings = Vec::new();
        for claim in &mut claims {
            let id = claim.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
            resolve(root, &id, claim, &mut warnings);
            if let Some(Value::Array(further)) = claim.get_mut("also") {
                for measurement in further.iter_mut().filter_map(Value::as_object_mut) {
                    resolve(root, &id, measurement, &mut warnings);
                }
            }
        }
        let date = sections
            .iter()
            .filter_map(|section| section.provenance["created"].as_str()?.get(..10))
            .max()
            .map(str::to_owned);
        (Self { root: relative(out, root), date, sections, claims }, warnings)
    }
}

/// Adds `link` beside `source`, where the source can be found.
fn resolve(root: &Path, id: &str, entry: &mut Claim, warnings: &mut Vec<String>) {
    let Some(source) = entry.get("source").and_then(Value::as_str) else { return };
    let (path, region) = source.split_once('#').unwrap_or((source, ""));
    match line_of(root, path, region) {
        Ok(line) => {
            entry.insert("link".into(), json!({ "path": path, "region": region, "line": line }));
        }
        Err(reason) => warnings.push(format!("claim {id}: {reason}")),
    }
}

fn line_of(root: &Path, path: &str, region: &str) -> Result<usize, String> {
    let text = fs::read_to_string(root.join(path)).map_err(|error| format!("{path}: {error}"))?;
    if region.is_empty() {
        return Ok(1);
    }
    regions::cut(path, &text, region).map(|region| region.line()).map_err(|error| error.to_string())
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
