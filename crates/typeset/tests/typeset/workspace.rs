//! A workspace in a temporary folder: the real template, style and ledger, and around them three small sections, of which
//! one was computed, one is kept as a record and one has no results.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use typeset::{Job, PressError, Pressed};

/// The files of the real paper that every page builds on.
const REAL: [&str; 7] = [
    "paper.typ",
    "style.typ",
    "template.typ",
    "ledger.typ",
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
  "checks": [{"what": "its square", "kind": "value", "value": 0.681690113, "standard_error": 0.0002, "outcome": "holds"}]
}]"#;

const SOURCE: &str =
    "//! Docs.\n\n// region: answer\n/// Doc.\npub fn answer() -> u32 {\n    42\n}\n// endregion: answer\n";

const PAGE: &str = r#"#import "/template.typ": *
= A first section
The measured $sigma_s$ is #claim("4.sigma-s") and its square #claim("4.sigma-s", check: "its square"), printed
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

const RECORD: &str = r#"{"section": "3.9", "profile": "paper", "device": "cuda", "commit": "abcdef0123456", "dirty": true,
"cpu": "a processor", "gpu": "an accelerator", "created": "2025-04-05T06:07:08Z"}"#;

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
        workspace.write("paper/claims.toml", CLAIMS_TOML);
        workspace.write("paper/sections/2-first.typ", PAGE);
        workspace.page(
            "3.10-third",
            "= Third by number\n#results(\"3.10-third\", figure: \"none\", caption: [None.])",
        );
        workspace.page(
            "3.9-second",
            "= Second by number\n#results(\"3.9-second\", figure: \"dot\", caption: [Old.])",
        );
        workspace.write("crates/2-first/src/lib.rs", SOURCE);
        workspace.write("crates/3.10-third/src/lib.rs", "");
        workspace.write("generated/claims.json", CLAIMS_JSON);
        workspace.write(
            "generated/2-first/tables/numbers.csv",
            "layer,value\n1,0.125\n2,0.3333333333\n3,1.5e-9\n",
        );
        workspace.write("generated/2-first/figures/dot.svg", SVG);
        workspace.write(
            "generated/2-first/provenance.json",
            r#"{"profile": "quick", "created": "2025-01-02T03:04:05Z"}"#,
        );
        workspace.write("records/3.9-second/figures/dot.svg", SVG);
        workspace.write("records/3.9-second/provenance.json", RECORD);
        workspace
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

    /// Presses into the folder `paper`.
    pub fn press(&self) -> Result<Pressed, PressError> {
        self.press_into("paper")
    }

    /// Presses into another folder.
    pub fn press_into(&self, out: &str) -> Result<Pressed, PressError> {
        let [root, generated, records, out] = ["", "generated", "records", out].map(|path| self.path(path));
        Job { root, generated, records, out }.press()
    }

    /// The message with which pressing fails.
    pub fn error(&self) -> String {
        self.press().unwrap_err().to_string()
    }
}
