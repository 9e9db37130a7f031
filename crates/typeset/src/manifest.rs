//! `/manifest.json`, the one file through which the template learns what there is: sections in paper order with the origin of
//! their result, tables, figures and provenance; all claims, each with the line at which its measuring code stands now; the
//! address of the repository; and the date of the youngest result.

use std::fs;
use std::path::Path;

use serde::Serialize;

use crate::claims::Row;
use crate::sections::Section;

/// The contents of `/manifest.json`.
#[derive(Debug, Serialize)]
pub struct Manifest {
    /// Address of the repository, to which links to sources lead: both files are read far from them. Null where the
    /// workspace names none.
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
    /// Brings sections and claims together.
    pub fn new(root: &Path, sections: Vec<Section>, claims: Vec<Row>) -> Self {
        let days = sections.iter().filter_map(|section| section.computed.as_ref()?.youngest.clone());
        let date = days.max();
        Self { repository: repository(root), against: None, date, sections, claims }
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
