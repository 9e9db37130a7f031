//! The PDF: that it can be archived, read aloud and submitted, and that it carries what it claims.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use flate2::read::{GzDecoder, ZlibDecoder};
use typeset::Job;

use crate::workspace::{FIRST, Workspace};

/// The most pages that the adopted reproduction may take. The limit: some 32 figures, of which each takes a third of a page if
/// its letters are to be as large as a caption's, 23 tables and 17 listings take 20 pages, the text at 9.4 points 11,
/// and the ledger with its details 7.
const MOST_PAGES: usize = 36;

/// Text that is more than text to whoever forgets to escape it.
const EVIL: &str = "<script>evil()</script> & \"quoted\" (a\\)b) \u{5e9}\u{5dc}\u{5d5}\u{5dd}";

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The file as text, a character a byte: dictionaries of the PDF are readable, its streams are not.
fn dictionaries(pdf: &[u8]) -> String {
    pdf.iter().map(|byte| char::from(*byte)).collect()
}

/// What is attached under a name.
fn attached(pdf: &[u8], text: &str, name: &str) -> Vec<u8> {
    let entry =
        text.split_once(&format!("/Type/Filespec/F({name})")).unwrap_or_else(|| panic!("no {name}")).1;
    let number = entry.split_once("/EF<</F ").unwrap().1.split(' ').next().unwrap();
    let start = text.find(&format!("\n{number} 0 obj")).unwrap();
    let (dictionary, _) = text[start..].split_once("stream\n").unwrap();
    // A character beyond ASCII has two bytes in `text`, one in the file.
    let stream = text[..start].chars().count() + dictionary.chars().count() + "stream\n".len();
    if !dictionary.contains("/FlateDecode") {
        let length = dictionary.split_once("/Length ").unwrap().1;
        let length: usize = length[..length.find('/').unwrap()].parse().unwrap();
        return pdf[stream..stream + length].to_vec();
    }
    let mut bytes = Vec::new();
    ZlibDecoder::new(&pdf[stream..]).read_to_end(&mut bytes).unwrap();
    bytes
}

/// A file of a record, unpacked.
fn kept(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|_| {
        let mut bytes = Vec::new();
        let packed = fs::File::open(path.with_added_extension("gz")).unwrap();
        GzDecoder::new(packed).read_to_end(&mut bytes).unwrap();
        bytes
    })
}

#[test]
fn the_papers_pdf_can_be_archived_read_aloud_and_submitted_and_carries_what_it_claims() {
    let folder = tempfile::tempdir().unwrap();
    let (root, records) = (repository(), repository().join("data/records"));
    let generated = folder.path().join("nothing");
    let out = folder.path().into();
    let job = Job {
        root,
        generated,
        records: records.clone(),
        against: None,
        out,
        profiles: BTreeMap::new(),
        moved: BTreeMap::new(),
    };
    let paper = job.typeset().unwrap_or_else(|error| panic!("{error}"));
    let pdf = fs::read(paper.pdf).unwrap();
    let text = dictionaries(&pdf);
    for mark in ["<pdfaid:part>3<", "<pdfaid:conformance>A<", "<pdfuaid:part>1<"] {
        assert!(text.contains(mark), "{mark} is not in the metadata: {:?}", paper.warnings);
    }
    for refused in ["/Type3", "/JavaScript", "/JS", "/Launch"] {
        assert!(!text.contains(refused), "{refused}");
    }
    let fonts: Vec<&str> = text.split("/Type/FontDescriptor").skip(1).collect();
    assert!(fonts.len() > 3);
    assert!(
        fonts.iter().all(|font| font[..font.find("endobj").unwrap()].contains("/FontFile")),
        "a font is not embedded"
    );
    let links: Vec<&str> = text.split("/URI(").skip(1).collect();
    assert!(
        !links.is_empty() && links.iter().all(|link| link.starts_with("http")),
        "a link leads out of the file"
    );
    let equations: Vec<&str> = text.split("/S/Formula").skip(1).collect();
    assert!(equations.len() > 400);
    assert!(equations.iter().all(|equation| equation[..equation.find("endobj").unwrap()].contains("/Alt(")));
    let pages = text.matches("/Type/Page/").count();
    assert!((20..=MOST_PAGES).contains(&pages), "{pages} pages");

    let mut compared = 0;
    for section in
        fs::read_dir(&records).unwrap().map(|entry| entry.unwrap()).filter(|entry| entry.path().is_dir())
    {
        let (path, slug) = (section.path(), section.file_name().into_string().unwrap());
        for name in ["claims.json", "provenance.json"] {
            assert!(
                attached(&pdf, &text, &format!("{slug}-{name}")) == kept(&path.join(name)),
                "{slug}/{name}"
            );
        }
        for table in fs::read_dir(path.join("tables")).unwrap().map(|entry| entry.unwrap().file_name()) {
            let name = table.to_string_lossy().trim_end_matches(".gz").to_owned();
            assert!(
                attached(&pdf, &text, &format!("{slug}-{name}")) == kept(&path.join("tables").join(&name)),
                "{slug}/{name}"
            );
            compared += 1;
        }
    }
    assert!(compared > 50);
    let ledger: serde_json::Value = serde_json::from_slice(&attached(&pdf, &text, "claims.json")).unwrap();
    let register = fs::read_to_string(repository().join("paper/claims.toml")).unwrap();
    assert_eq!(ledger.as_array().unwrap().len(), register.matches("[[claim]]").count());
}

/// A workspace with hostile claims and parameters.
fn hostile(text: &str) -> Workspace {
    let workspace = Workspace::new();
    let words = format!("{text} {}", "w".repeat(300));
    let toml =
        workspace.read("paper/claims.toml").replace("\"what one layer leaves\"", &format!("'''{words}'''"));
    workspace.write("paper/claims.toml", &toml);
    let quoted = serde_json::to_string(&words).unwrap();
    let claims = FIRST[0].1.replace("\"what one layer leaves\"", &quoted).replace("\"agrees\"", &quoted);
    let claims = claims.replace("\"verdict\": \"reproduced\"", "\"verdict\": \"inconclusive\"");
    workspace.result(
        "generated/2-first",
        "2025-01-02T03:04:05Z",
        &[("claims.json", &claims), FIRST[1], FIRST[2]],
    );
    let provenance = workspace.read("generated/2-first/provenance.json");
    let provenance = provenance.replace("\"depth\": 50", &format!("\"depth\": {quoted}"));
    workspace.write("generated/2-first/provenance.json", &provenance);
    workspace
}

#[test]
fn what_a_claim_says_stays_text_and_its_file_stays_itself() {
    let workspace = hostile(EVIL);
    let paper = workspace.typeset().unwrap();
    let pdf = fs::read(&paper.pdf).unwrap();
    let text = dictionaries(&pdf);
    assert!(text.contains("<pdfaid:part>3<"));
    assert!(
        !text.contains("/JavaScript") && !text.contains("evil()"),
        "text is drawn, in compressed streams"
    );
    for name in ["claims.json", "provenance.json"] {
        let kept = fs::read(workspace.path("generated/2-first").join(name)).unwrap();
        assert!(attached(&pdf, &text, &format!("2-first-{name}")) == kept, "{name}");
    }
}

#[test]
#[ignore = "needs pdftotext (poppler), which .ci/run installs"]
fn what_a_claim_says_can_be_read() {
    let workspace = hostile(EVIL);
    let paper = workspace.typeset().unwrap();
    let read = Command::new("pdftotext").arg(&paper.pdf).arg("-").output().unwrap();
    let text = String::from_utf8(read.stdout).unwrap();
    let joined: String = text.split_whitespace().collect();
    for part in ["<script>evil()</script>&\"quoted\"(a\\)b)", &"w".repeat(40)] {
        assert!(joined.matches(part).count() >= 3, "statement, reason and parameter: {text}");
    }
    assert!(text.contains('\u{5e9}'));
}

/// A page is looked up by what stands at its top, not by the section that begins further down.
#[test]
#[ignore = "needs pdftotext (poppler), which .ci/run installs"]
fn the_running_head_of_a_page_can_be_read_as_its_top() {
    let workspace = Workspace::new();
    workspace.page("2-first", "= A first section\n#lorem(1500)");
    workspace.page("3.9-second", "= Second by number\n#lorem(1500)");
    let paper = workspace.typeset().unwrap();
    let page = |number: &str| {
        let read = Command::new("pdftotext")
            .args(["-layout", "-f", number, "-l", number])
            .arg(&paper.pdf)
            .arg("-")
            .output();
        String::from_utf8(read.unwrap().stdout).unwrap()
    };
    let begins = |page: &str| page.lines().skip(1).any(|line| line.contains("Second by number"));
    let pages: Vec<String> = ["2", "3", "4"].map(page).into();
    let with_it = pages.iter().position(|page| begins(page)).unwrap();
    let head = |page: &str| page.lines().next().unwrap_or_default().to_owned();
    assert!(head(&pages[with_it]).contains("A first section"), "{}", pages[with_it]);
    assert!(head(&pages[with_it + 1]).contains("Second by number"), "{}", pages[with_it + 1]);
}

#[test]
fn letters_that_no_font_has_cost_the_standard_and_not_the_paper() {
    let workspace = hostile("\u{4e2d}");
    let paper = workspace.typeset().unwrap();
    assert!(
        paper.warnings.iter().any(|warning| warning.starts_with("the PDF is neither PDF/A-3a")),
        "{:?}",
        paper.warnings
    );
    assert!(!dictionaries(&fs::read(&paper.pdf).unwrap()).contains("<pdfaid:part>"));
}
