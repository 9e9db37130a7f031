//! The virtual file system in which the paper is set. Typst asks for files by paths such as `/sections/3.1-theory.typ`;
//! the world maps them to the workspace, to results, to regions of the sources and to files that
//! exist nowhere on the disk. Fonts are those embedded in the program.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, PoisonError};

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Feature, Library, LibraryExt, World};

use crate::regions;
use crate::sections::Section;

/// The page that a section index includes, wrapped so that its headings carry the section's number.
const PAGE: &str = "#numbered-page(\"{folder}\", include \"/sections/{folder}.typ\")\n";

/// Everything Typst may read.
pub struct PaperWorld {
    library: LazyHash<Library>,
    main: FileId,
    root: PathBuf,
    results: BTreeMap<String, PathBuf>,
    against: Option<PathBuf>,
    made: BTreeMap<String, Bytes>,
    files: Mutex<HashMap<FileId, FileResult<Bytes>>>,
    sources: Mutex<HashMap<FileId, FileResult<Source>>>,
}

impl PaperWorld {
    /// The world of the workspace at `root`, with `manifest` as `/manifest.json`, `claims` as `/claims.json` and, under
    /// `/against`, another set of results.
    pub fn new(
        root: &Path,
        sections: &[Section],
        [manifest, claims]: [Vec<u8>; 2],
        against: Option<&Path>,
    ) -> Self {
        let index = |appendix| Bytes::from_string(index(sections, appendix));
        let made = [
            ("manifest.json".to_owned(), Bytes::new(manifest)),
            ("claims.json".to_owned(), Bytes::new(claims)),
            ("sections-index.typ".to_owned(), index(false)),
            ("appendix-index.typ".to_owned(), index(true)),
        ];
        let results =
            sections.iter().filter_map(|section| Some((section.folder.clone(), section.results.clone()?)));
        let features = std::iter::once(Feature::Html).collect();
        Self {
            library: LazyHash::new(Library::builder().with_features(features).build()),
            main: file_id("paper.typ"),
            root: root.into(),
            results: results.collect(),
            against: against.map(set_folder),
            made: made.into(),
            files: Mutex::default(),
            sources: Mutex::default(),
        }
    }

    /// The name under which a reader finds the file: relative to the workspace where it lies there.
    pub fn name(&self, id: FileId) -> String {
        let path = id.vpath().get_without_slash();
        match self.place(path) {
            Place::Disk(real) => {
                let shown = real.strip_prefix(&self.root).unwrap_or(&real);
                shown.to_string_lossy().replace('\\', "/")
            }
            Place::Made(_) | Place::Nowhere => format!("<{path}>"),
            Place::Region { file, .. } => file.to_owned(),
        }
    }

    /// Where a virtual path leads.
    fn place<'a>(&self, path: &'a str) -> Place<'a> {
        if let Some(bytes) = self.made.get(path) {
            return Place::Made(bytes.clone());
        }
        let (mount, rest) = path.split_once('/').unwrap_or((path, ""));
        match mount {
            "crates" | "xtask" => Place::Disk(self.root.join(path)),
            "regions" => match rest.rsplit_once('/') {
                Some((file, region)) => Place::Region { file, region },
                None => Place::Disk(self.root.join(path)),
            },
            "generated" => {
                let (folder, inside) = rest.split_once('/').unwrap_or((rest, ""));
                self.results.get(folder).map_or(Place::Nowhere, |results| Place::Disk(results.join(inside)))
            }
            "against" => self.against.as_ref().map_or(Place::Nowhere, |set| Place::Disk(set.join(rest))),
            _ => Place::Disk(self.root.join("paper").join(path)),
        }
    }

    fn load(&self, id: FileId) -> FileResult<Bytes> {
        match self.place(id.vpath().get_without_slash()) {
            Place::Made(bytes) => Ok(bytes),
            Place::Nowhere => Err(other("the section has no result".to_owned())),
            Place::Disk(path) => read_plain_or_compressed(&path).map(Bytes::new),
            Place::Region { file, region } => {
                let source =
                    read(&self.root.join(file)).map_err(|error| other(format!("{file}: {error}")))?;
                let source = String::from_utf8(source).map_err(|_| FileError::InvalidUtf8)?;
                let region = regions::cut(file, &source, region).map_err(|error| other(error.to_string()))?;
                serde_json::to_vec(&region).map(Bytes::new).map_err(|error| other(error.to_string()))
            }
        }
    }
}

impl World for PaperWorld {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &FONTS.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let read = || {
            let text = self.file(id)?.to_str().map_err(|_| FileError::InvalidUtf8)?.to_string();
            Ok(Source::new(id, text))
        };
        once(&self.sources, id, read)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        once(&self.files, id, || self.load(id))
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.fonts.get(index).cloned()
    }

    /// The paper has no clock: its date comes from provenance.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

enum Place<'a> {
    Disk(PathBuf),
    Made(Bytes),
    Nowhere,
    Region { file: &'a str, region: &'a str },
}

/// Reads each file once, so that both documents are set from the same bytes.
fn once<T: Clone>(
    kept: &Mutex<HashMap<FileId, FileResult<T>>>,
    id: FileId,
    read: impl FnOnce() -> FileResult<T>,
) -> FileResult<T> {
    if let Some(found) = kept.lock().unwrap_or_else(PoisonError::into_inner).get(&id) {
        return found.clone();
    }
    let result = read();
    kept.lock().unwrap_or_else(PoisonError::into_inner).entry(id).or_insert(result).clone()
}

fn read(path: &Path) -> FileResult<Vec<u8>> {
    fs::read(path).map_err(|error| match error.kind() {
        io::ErrorKind::IsADirectory => FileError::IsDirectory,
        _ => FileError::from_io(error, path),
    })
}

/// A file or, where only `<name>.gz` is there, as records keep large tables, what was compressed into it.
fn read_plain_or_compressed(path: &Path) -> FileResult<Vec<u8>> {
    let found = read(path);
    if !matches!(found, Err(FileError::NotFound(_))) {
        return found;
    }
    let Ok(file) = fs::File::open(path.with_added_extension("gz")) else { return found };
    let mut bytes = Vec::new();
    match flate2::read::GzDecoder::new(file).read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes),
        Err(error) => Err(other(format!("{}.gz is damaged: {error}", path.display()))),
    }
}

fn other(message: String) -> FileError {
    FileError::Other(Some(message.into()))
}

/// The folder of a set's sections: the set itself, `generated` in it, or what holds its `claims.json` or its one record.
fn set_folder(set: &Path) -> PathBuf {
    let generated = set.join("generated");
    match set.parent() {
        _ if generated.is_dir() => generated,
        Some(folder) if set.is_file() || set.join("figures").is_dir() => folder.to_path_buf(),
        _ => set.to_path_buf(),
    }
}

/// The name of a file of this world.
pub(crate) fn file_id(path: &str) -> FileId {
    let path = VirtualPath::new(path).expect("a plain file name is a valid path");
    RootedPath::new(VirtualRoot::Project, path).intern()
}

/// Typst code that includes all pages of the body or of the appendix, in order.
fn index(sections: &[Section], appendix: bool) -> String {
    let pages = sections.iter().filter(|section| section.page && section.appendix == appendix);
    let lines = pages.map(|section| PAGE.replace("{folder}", &section.folder));
    std::iter::once("#import \"/style.typ\": numbered-page\n".to_owned()).chain(lines).collect()
}

struct Fonts {
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
}

static FONTS: LazyLock<Fonts> = LazyLock::new(|| {
    let fonts: Vec<Font> = typst_assets::fonts().flat_map(|data| Font::iter(Bytes::new(data))).collect();
    Fonts { book: LazyHash::new(FontBook::from_fonts(&fonts)), fonts }
});
