//! A workspace in a temporary folder: the real template, style and ledger, and around them three small sections, of which
//! one was computed, one is kept as a record and one has no results.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use experiment::told;
use tempfile::TempDir;
use typeset::{Job, Paper, TypesetError};

/// The files of the real paper that every page builds on.
const REAL: [&str; 9] = [
    "paper.typ",
    "style.typ",
    "template.typ",
    "ledger.typ",
    "ledger-of-page.typ",
    "page.js",
    "template.css",
    "code.tmTheme",
    "references.bib",
];

const CLAIMS_TOML: &str = r#"
[[claim]]
id = "2.total-variance"
section = "2"
locator = "§2.1"
kind = "exact"
statement = "the total variance is 2"
printed = "2"
wrong = "1.81"
wrong_because = "a fan-in counted one too large"

[[claim]]
id = "4.sigma-s"
section = "2"
locator = "§4"
kind = "printed"
statement = "what one layer leaves"
checks = ["square", "cube"]
printed = "0.826"
wrong = "0.8215"
wrong_because = "another divisor"

[[claim]]
id = "3.2.protocol"
section = "3.9"
locator = "§3.2"
kind = "protocol"
statement = "five widths"
stated = { widths = "30,100,300", networks = "30" }
"#;

const CLAIMS_JSON: &str = r#"[{
  "id": "4.sigma-s", "section": "2", "kind": "printed", "statement": "what one layer leaves", "locator": "§4",
  "printed": "0.826", "measured": "0.825645", "standard_error": 0.00012, "verdict": "reproduced", "reason": "agrees",
  "scale": "reduced", "data": "generated", "smallest_visible_deviation": 0.0005, "table": "numbers", "figure": null,
  "source": "crates/2-first/src/lib.rs#answer", "origin": "paper", "also": [],
  "note": null, "checks": [{"id": "square", "what": "its square", "kind": "value", "as_printed": false, "target": null,
  "value": 0.681690113, "standard_error": 0.0002, "tolerance": null, "outcome": "holds"}]
}]"#;

const SOURCE: &str =
    "//! Docs.\n\n// region: answer\n/// Doc.\npub fn answer() -> u32 {\n    42\n}\n// endregion: answer\n";

const PAGE: &str = r#"#import "/template.typ": *
= A first section
The measured $sigma_s$ is #claim("4.sigma-s") and its square #claim("4.sigma-s", check: "square"), printed
#printed("4.sigma-s"), verdict #verdict("4.sigma-s"). Widths #stated("3.2.protocol", "widths").
$ K(0) = 1 / pi $ <eq-here>
See @eq-here and @fig-dot. #claim("2.total-variance")
#results("2-first", figure: "dot", alt: "A dot.", caption: [A dot.]) <fig-dot>
#data-table("2-first", "numbers", columns: (layer: $l$, value: [value]), caption: [Numbers.])
At two: #value("2-first", "numbers", "value", layer: 2).
#literate($ 42 $, ("crates/2-first/src/lib.rs", "answer"), [forty-two])
#listing("crates/2-first/src/lib.rs", "answer")
"#;

const SVG: &str = r##"<svg width="80" height="40" xmlns="http://www.w3.org/2000/svg"><circle cx="20" cy="20" r="9"/>
<text x="40" y="24" font-family="sans-serif" font-size="9">dot</text></svg>"##;

const TABLE: &str = "layer,value\n1,0.125\n2,0.3333333333\n3,1.5e-9\n";

const PROVENANCE: &str = r#"{"section": "2", "profile": "quick", "seed": 1, "params": {"depth": 50}, "device": "cuda",
"commit": "abcdef0123456", "dirty": true, "diff_hash": null, "rustc": "r", "lock_hash": "l", "cpu": "a processor",
"gpu": "an accelerator", "driver": null, "threads": 2, "created": "{created}", "wall_seconds": 1.0,
"peak_memory_bytes": null, "runs": [], "data_hashes": {}, "outputs": {outputs}, "stamp": "s"}"#;

/// The result of the first section.
pub const FIRST: [(&str, &str); 3] =
    [("claims.json", CLAIMS_JSON), ("tables/numbers.csv", TABLE), ("figures/dot.svg", SVG)];

/// The result of the second section.
pub const SECOND: [(&str, &str); 2] = [("claims.json", "[]"), ("figures/dot.svg", SVG)];

const CRITERIA_TOML: &str = r#"
[[criterion]]
claims = ["2.first"]
what = "the digits stand for their rounding"
fixed = "0123456789abcdef"
result = "fedcba9876543210"
after = "known"
"#;

/// The workspace and where its paper goes.
pub struct Workspace {
    folder: TempDir,
}

impl Workspace {
    /// A workspace in which nothing is wrong.
    pub fn new() -> Self {
        let workspace = Self { folder: tempfile::tempdir().unwrap() };
        let real = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../paper");
        for name in REAL {
            workspace.write(&format!("paper/{name}"), &fs::read_to_string(real.join(name)).unwrap());
        }
        fs::create_dir_all(workspace.path("paper/fonts")).unwrap();
        for font in fs::read_dir(real.join("fonts")).unwrap().map(Result::unwrap) {
            fs::copy(font.path(), workspace.path("paper/fonts").join(font.file_name())).unwrap();
        }
        workspace.write("paper/claims.toml", CLAIMS_TOML);
        workspace.write("paper/criteria.toml", CRITERIA_TOML);
        workspace.write("paper/sections/2-first.typ", PAGE);
        workspace.page(
            "3.10-third",
            "= Third by number\n#results(\"3.10-third\", figure: \"none\", caption: [None.])",
        );
        workspace.page(
            "3.9-second",
            "= Second by number\n#results(\"3.9-second\", figure: \"dot\", caption: [Old.])",
        );
        for section in ["2-first", "3.9-second", "3.10-third"] {
            let (number, name) = section.split_once('-').unwrap();
            let manifest =
                format!("[package]\nname = \"{name}\"\n[package.metadata.section]\nnumber = \"{number}\"\n");
            workspace.write(&format!("crates/{section}/Cargo.toml"), &manifest);
        }
        workspace.write("crates/2-first/src/lib.rs", SOURCE);
        workspace.result("generated/2-first", "2025-01-02T03:04:05Z", &FIRST);
        workspace.result("records/3.9-second", "2025-04-05T06:07:08Z", &SECOND);
        workspace
    }

    /// Writes a result as a section does: its files, then the provenance that names them.
    pub fn result(&self, folder: &str, created: &str, files: &[(&str, &str)]) {
        for (name, text) in files {
            self.write(&format!("{folder}/{name}"), text);
        }
        let outputs =
            files.iter().map(|(name, text)| format!("\"{name}\": \"{}\"", blake3::hash(text.as_bytes())));
        let outputs = format!("{{{}}}", outputs.collect::<Vec<_>>().join(", "));
        let provenance = PROVENANCE.replace("{created}", created).replace("{outputs}", &outputs);
        self.write(&format!("{folder}/provenance.json"), &provenance);
    }

    /// A path inside the workspace.
    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Writes a file, making its folder.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Writes a page of the paper that imports the template in its first line.
    pub fn page(&self, folder: &str, text: &str) {
        self.write(&format!("paper/sections/{folder}.typ"), &format!("#import \"/template.typ\": *\n{text}"));
    }

    /// Reads a file.
    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// Typesets into the folder `paper`.
    pub fn typeset(&self) -> Result<Paper, TypesetError> {
        self.typeset_into("paper")
    }

    /// Typesets into another folder.
    pub fn typeset_into(&self, out: &str) -> Result<Paper, TypesetError> {
        self.job(out).typeset()
    }

    /// What typesetting into a folder takes.
    pub fn job(&self, out: &str) -> Job {
        let [root, generated, records, out] = ["", "generated", "records", out].map(|path| self.path(path));
        Job {
            root,
            generated,
            records,
            against: None,
            out,
            profiles: BTreeMap::new(),
            moved: BTreeMap::new(),
        }
    }

    /// The message with which typesetting fails.
    pub fn error(&self) -> String {
        told(&self.typeset().unwrap_err())
    }
}
