//! What there is of each section: its page under `paper/sections`, and its result, either fresh from this reproduction or,
//! in its place, the record that the repository keeps.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use experiment::Profile;
use experiment::told;
use ledger::Entry;
use runner::results::{self, State};
use runner::{Origin, Provenance};
use serde::Serialize;
use workspace::{Crates, by_number};

use crate::{Profiles, Repeats, TypesetError};

/// One section of the paper.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Section {
    /// Folder name, such as `3.1-theory`.
    pub folder: String,
    /// Number as printed, such as `3.1`, or an appendix letter such as `A`.
    pub number: String,
    /// Where the result comes from; none is a visible gap.
    pub state: Option<State>,
    /// Whether `paper/sections/<folder>.typ` exists.
    pub page: bool,
    /// Whether the page is an appendix: its number is a letter.
    pub appendix: bool,
    /// Whether it has a crate: a section without code computes nothing, so nothing of it can be missing.
    pub code: bool,
    /// Names of the tables, without `.csv` or `.csv.gz`, sorted.
    pub tables: Vec<String>,
    /// Names of the figures, without `.svg`, sorted.
    pub figures: Vec<String>,
    /// How the result was computed.
    pub computed: Option<Computed>,
    /// What has changed of its code since the result was computed.
    pub moved: Vec<String>,
    /// The folder that holds the result.
    #[serde(skip)]
    pub results: Option<PathBuf>,
    /// Its rows of the ledger.
    #[serde(skip)]
    pub entries: Vec<Entry>,
}

/// What the reader learns of a result's provenance.
#[derive(Debug, Clone, Serialize)]
pub struct Computed {
    /// Profile it ran under.
    pub profile: Profile,
    /// Seed of everything random.
    pub seed: u64,
    /// Every parameter, as it ran.
    pub params: serde_json::Value,
    /// What repeats it.
    pub again: Repeats,
    /// The first digits of the commit, with an asterisk where files differed from it; or `no git`.
    pub commit: String,
    /// The days, `YYYY-MM-DD`.
    pub day: String,
    /// The youngest of them.
    #[serde(skip)]
    pub youngest: Option<String>,
    /// The processor or, where tensors lived there, the GPU.
    pub hardware: String,
    /// Threads used.
    pub threads: usize,
    /// Seconds that its runs took, one with another.
    pub seconds: f64,
    /// Largest peak memory, in bytes.
    pub peak_memory_bytes: Option<u64>,
    /// Number of runs behind it.
    pub runs: usize,
    /// Number of runs of a sweep that were not done.
    pub missing: usize,
}

impl Computed {
    fn of(folder: &str, of: &Provenance, profiles: Option<&Profiles>) -> Self {
        let start = |text: &str, length| text.chars().take(length).collect::<String>();
        let origins = of.places();
        let each = |say: &dyn Fn(&Origin) -> String| {
            let mut said: Vec<String> = Vec::new();
            for says in origins.iter().map(say) {
                if !said.contains(&says) {
                    said.push(says);
                }
            }
            said.join(", ")
        };
        let day = |origin: &Origin| start(&origin.created, 10);
        let mark = |dirty: Option<bool>| if dirty == Some(false) { "" } else { "*" };
        let hardware = |origin: &Origin| origin.gpu.clone().unwrap_or(origin.cpu.clone());
        Self {
            profile: of.profile,
            seed: of.seed,
            params: of.params.clone(),
            again: Repeats::of(folder, of, profiles),
            commit: each(&|origin| start(&origin.checkout.commit, 9) + mark(origin.checkout.dirty)),
            day: each(&day),
            youngest: origins.iter().map(day).max(),
            hardware: each(&hardware),
            threads: origins.iter().map(|origin| origin.threads).max().unwrap_or_default(),
            seconds: of.runs.iter().map(|run| run.seconds).sum(),
            peak_memory_bytes: of.peak_memory_bytes,
            runs: of.runs.len(),
            missing: of.missing.len(),
        }
    }
}

/// Finds every section with a crate or a page, in the paper's order, appendices last; `profiles` are those of sections, by
/// folder. Returns warnings for folders that look like a result and are none.
///
/// # Errors
/// When a folder or manifest cannot be read.
pub fn find(
    root: &Path,
    generated: &Path,
    records: &Path,
    profiles: &BTreeMap<String, Profiles>,
) -> Result<(Vec<Section>, Vec<String>), TypesetError> {
    let mut sections = BTreeMap::new();
    for page in pages(&root.join("paper/sections"))? {
        if let Some((number, _)) = page.split_once('-') {
            let number = number.to_owned();
            sections.insert(page.clone(), Section::without_result(page, number, true, false));
        }
    }
    let mut warnings = Vec::new();
    for found in workspace::sections(&Crates::read(root)?)? {
        let (slug, number) = (found.slug(), found.number);
        let (result, passed_over) = results::find(&slug, generated, records);
        warnings
            .extend(passed_over.iter().map(|why| format!("Section {number}: passed over: {}", told(why))));
        let page = sections.contains_key(&slug);
        let mut section = Section::without_result(slug.clone(), number, page, true);
        if let Some(result) = result {
            section.add(result, profiles.get(&slug));
        }
        sections.insert(slug, section);
    }
    let mut sections: Vec<Section> = sections.into_values().collect();
    sections.sort_by(|a, b| by_number(&a.number, &b.number));
    Ok((sections, warnings))
}

impl Section {
    fn without_result(folder: String, number: String, page: bool, code: bool) -> Self {
        let appendix = number.starts_with(|first: char| first.is_ascii_uppercase());
        Self { folder, number, page, appendix, code, ..Self::default() }
    }

    fn add(&mut self, result: results::SectionResult, profiles: Option<&Profiles>) {
        let named = |kind: &str, endings: [&str; 2]| -> Vec<String> {
            let files = result.provenance.outputs.keys().filter_map(|name| name.strip_prefix(kind));
            files
                .filter_map(|name| endings.iter().find_map(|end| Some(name.strip_suffix(end)?.to_owned())))
                .collect()
        };
        self.tables = named("tables/", [".csv", ".csv.gz"]);
        self.figures = named("figures/", [".svg", ".svg"]);
        self.state = Some(result.state);
        self.results = Some(result.folder);
        self.entries = result.entries;
        self.computed = Some(Computed::of(&self.folder, &result.provenance, profiles));
    }
}

/// The names, without `.typ`, of the pages in a folder; what an editor leaves there is none.
fn pages(folder: &Path) -> Result<Vec<String>, TypesetError> {
    let mut files = workspace::source_files(folder)?;
    files.retain(|file| file.parent() == Some(folder) && file.extension().is_some_and(|kind| kind == "typ"));
    Ok(files.iter().filter_map(|file| Some(file.file_stem()?.to_str()?.to_owned())).collect())
}
