//! Typesetting: gather what there is, set it twice, write both files. Nothing is written unless both succeed.

use std::collections::BTreeMap;
use std::path::PathBuf;

use ledger::RegisterError;
use runner::results::ResultError;
use runner::{FileError, atomic};
use serde::Serialize;
use typst::diag::{SourceDiagnostic, Warned};
use typst::ecow::EcoVec;
use typst::foundations::{Label, Output, Selector, Value};
use typst::introspection::{Introspector, MetadataElem};
use typst::utils::PicoStr;
use typst_html::HtmlDocument;
use typst_layout::PagedDocument;
use workspace::WorkspaceError;

use crate::manifest::Manifest;
use crate::world::PaperWorld;
use crate::{Profiles, against, claims, diagnostics, print, sections, web};

/// What to typeset, from where, to where.
#[derive(Debug, Clone)]
pub struct Job {
    /// The workspace.
    pub root: PathBuf,
    /// Results of this reproduction: `<section>/…`. Need not exist.
    pub generated: PathBuf,
    /// Adopted results: `<section>/…`. Need not exist.
    pub records: PathBuf,
    /// Other results, whose differences the page marks: a folder of sections, one that `reproduce --out` wrote to, or a
    /// `claims.json`.
    pub against: Option<PathBuf>,
    /// Where `paper.pdf` and `paper.html` go; created if missing.
    pub out: PathBuf,
    /// What the profiles of sections mean, by folder, for the commands that repeat their results; of a section without
    /// it, the page says that the command asks for a profile alone.
    pub profiles: BTreeMap<String, Profiles>,
    /// What has changed of the code of sections since their results were computed, by folder: the page says so.
    pub moved: BTreeMap<String, Vec<String>>,
}

/// What came out.
#[derive(Debug, Clone, Serialize)]
pub struct Paper {
    /// The PDF.
    pub pdf: PathBuf,
    /// The HTML.
    pub html: PathBuf,
    /// What to look at, each with its place.
    pub warnings: Vec<String>,
    /// Results that the paper asks for and that nobody has computed, in the paper's order.
    pub gaps: Vec<String>,
}

/// Why nothing was typeset.
#[derive(Debug, thiserror::Error)]
pub enum TypesetError {
    /// The workspace has no paper.
    #[error("there is no paper/paper.typ under {}; --root must be the workspace", .0.display())]
    NoPaper(PathBuf),
    /// The sections cannot be told.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    /// The register of claims cannot be read.
    #[error("paper/claims.toml is damaged")]
    Register(#[source] RegisterError),
    /// The results to compare with cannot be read.
    #[error(transparent)]
    Results(#[from] ResultError),
    /// There is nothing to compare with.
    #[error("no results in {}", .0.display())]
    NoResults(PathBuf),
    /// A file or folder cannot be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// What the template reads cannot be written as JSON.
    #[error("the manifest cannot be written as JSON")]
    Manifest(#[source] serde_json::Error),
    /// Typst refused; the diagnostics, rendered.
    #[error("{0}")]
    Typst(String),
}

impl Job {
    /// Sets the paper as PDF and as HTML and writes both. The bytes depend on the inputs alone.
    ///
    /// # Errors
    /// [`TypesetError`]; what stood in the output folder before is left untouched.
    pub fn typeset(&self) -> Result<Paper, TypesetError> {
        if !self.root.join("paper/paper.typ").is_file() {
            return Err(TypesetError::NoPaper(self.root.clone()));
        }
        let (mut sections, mut warnings) =
            sections::find(&self.root, &self.generated, &self.records, &self.profiles)?;
        for section in &mut sections {
            section.moved = self.moved.get(&section.folder).cloned().unwrap_or_default();
        }
        let (mut claims, moved) = claims::merged(&self.root, &sections)?;
        warnings.extend(moved);
        if let Some(set) = &self.against {
            warnings.extend(against::mark(&self.root, set, &self.records, &sections, &mut claims)?);
        }
        let mut manifest = Manifest::new(&self.root, sections, claims);
        let name = |set: &PathBuf| set.strip_prefix(&self.root).unwrap_or(set).display().to_string();
        manifest.against = self.against.as_ref().map(name);
        let json = [serde_json::to_vec(&manifest), manifest.ledger()];
        let [json, ledger] = json.map(|json| json.map_err(TypesetError::Manifest));
        let world =
            PaperWorld::new(&self.root, &manifest.sections, [json?, ledger?], self.against.as_deref());

        let print = || -> Result<_, TypesetError> {
            let Set { document, warnings } = set::<PagedDocument>(&world)?;
            let refused = |errors: EcoVec<_>| TypesetError::Typst(diagnostics::render(&world, &errors));
            let (pdf, lapses) = print::encode(&document).map_err(refused)?;
            Ok((pdf, lapses, gaps(&document), warnings))
        };
        let web = || -> Result<_, TypesetError> {
            let Set { document, warnings } = set::<HtmlDocument>(&world)?;
            let (html, lacking) = web::encode(&world, document, &self.root.join("paper"), &manifest)?;
            Ok((html, lacking, warnings))
        };
        let (print, web) = std::thread::scope(|scope| {
            let web = scope.spawn(web);
            (print(), web.join())
        });
        let (pdf, lapses, gaps, of_print) = print?;
        let panicked = |_| Err(TypesetError::Typst("the HTML compiler panicked".into()));
        let (html, lacking, of_web) = web.unwrap_or_else(panicked)?;
        warnings.extend(lacking);
        if !lapses.is_empty() {
            let why = diagnostics::render(&world, &lapses);
            warnings.push(format!("the PDF is neither PDF/A-3a nor PDF/UA-1:\n{why}"));
        }

        for warning in of_print.into_iter().chain(of_web) {
            if !warnings.contains(&warning) {
                warnings.push(warning);
            }
        }
        let paper =
            Paper { pdf: self.out.join("paper.pdf"), html: self.out.join("paper.html"), warnings, gaps };
        atomic::write(&paper.pdf, &pdf)?;
        atomic::write(&paper.html, html.as_bytes())?;
        Ok(paper)
    }
}

/// A document and the warnings met on the way to it, rendered.
struct Set<D> {
    document: D,
    warnings: Vec<String>,
}

/// Sets the paper for one target.
fn set<D: Output>(world: &PaperWorld) -> Result<Set<D>, TypesetError> {
    let Warned { output, warnings } = typst::compile::<D>(world);
    let document = output.map_err(|errors| TypesetError::Typst(diagnostics::render(world, &errors)))?;
    let told = warnings.iter().filter(|warning| !expected(warning));
    Ok(Set { document, warnings: told.map(|warning| diagnostics::render(world, [warning])).collect() })
}

/// Typst announces on every run that its HTML export is young; whoever calls this program knows.
fn expected(warning: &SourceDiagnostic) -> bool {
    warning.message.starts_with("html export is under active development")
}

/// The gaps that the template marked with `#metadata("…") <gap>`, each once.
fn gaps(document: &PagedDocument) -> Vec<String> {
    let Some(label) = Label::new(PicoStr::intern("gap")) else { return Vec::new() };
    let mut gaps = Vec::new();
    for content in document.introspector().query(&Selector::Label(label)) {
        if let Some(Value::Str(gap)) = content.to_packed::<MetadataElem>().map(|metadata| &metadata.value)
            && !gaps.iter().any(|known| known == gap.as_str())
        {
            gaps.push(gap.to_string());
        }
    }
    gaps
}
