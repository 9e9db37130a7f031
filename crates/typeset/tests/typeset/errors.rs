//! What goes wrong, and where the message says it did.

use std::process::Command;

use crate::workspace::Workspace;

#[test]
fn a_typst_error_names_file_line_and_column_and_shows_the_line() {
    let workspace = Workspace::new();
    workspace.page("3.9-second", "= Title\nText #unheard-of here.");
    let message = workspace.error();
    assert!(
        message.starts_with("paper/sections/3.9-second.typ:3:7: error: unknown variable: unheard-of\n"),
        "{message}"
    );
    assert!(message.contains("\n 3 | Text #unheard-of here.\n   |       ^~~~~~~~~~"), "{message}");
    assert!(message.contains("= hint: "), "{message}");
    assert!(message.contains("while including `/sections/3.9-second.typ`"), "{message}");
}

#[test]
fn an_error_leaves_the_last_paper_alone() {
    let workspace = Workspace::new();
    workspace.typeset().unwrap();
    let before = workspace.read("paper/paper.html");
    workspace.page("3.9-second", "#panic(\"no\")");
    workspace.typeset().unwrap_err();
    assert!(before == workspace.read("paper/paper.html"));
    let left: Vec<String> = std::fs::read_dir(workspace.path("paper"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with(".unfinished-"))
        .collect();
    assert_eq!(left, Vec::<String>::new());
}

/// Mistakes surface inside the template but are reported where the page made them.
#[test]
fn mistakes_in_calls_of_the_template_point_at_the_page() {
    let cases = [
        (
            "#listing(\"crates/2-first/src/lib.rs\", \"gone\")",
            "crates/2-first/src/lib.rs has no region `gone`; it has: answer",
        ),
        ("#listing(\"crates/none.rs\", \"gone\")", "crates/none.rs: file not found"),
        ("#literate($x$, (\"crates/2-first/src/lib.rs\", \"gone\"), [x])", "it has: answer"),
        ("#claim(\"2.total\")", "no claim `2.total` in paper/claims.toml; near it: 2.total-variance"),
        ("#claim(\"4.sigma-s\", check: \"its square\")", "has no check `its square`; it has: square, cube"),
        ("#claim(\"2.total-variance\", check: \"x\")", "has no check `x`; it has: none"),
        ("#printed(\"3.2.protocol\")", "claim `3.2.protocol` states no digits"),
        ("#stated(\"3.2.protocol\", \"depth\")", "it states: widths, networks"),
        (
            "#results(\"3.9\", figure: \"dot\")",
            "no section `3.9`; there are: 2-first, 3.9-second, 3.10-third",
        ),
        (
            "#data-table(\"2-first\", \"numbers\", columns: (depth: [d]))",
            "has no column `depth`; it has: layer, value",
        ),
        ("#value(\"2-first\", \"numbers\", \"depth\", layer: 2)", "has no column `depth`"),
    ];
    let workspace = Workspace::new();
    for (call, expected) in cases {
        workspace.page("3.9-second", &format!("= Title\n\n{call}"));
        let message = workspace.error();
        let first = message.lines().next().unwrap();
        assert!(first.starts_with("paper/sections/3.9-second.typ:4:"), "{message}");
        assert!(first.contains(expected), "{expected} is not in: {message}");
        assert!(message.contains("  = raised at paper/template.typ:"), "{message}");
    }
}

#[test]
fn what_was_not_run_is_a_gap_and_not_an_error() {
    let workspace = Workspace::new();
    for call in
        ["#claim(\"4.sigma-s\", check: \"cube\")", "#value(\"2-first\", \"numbers\", \"value\", layer: 9)"]
    {
        workspace.page("3.9-second", "= Title\n\n#claim(\"4.sigma-s\")");
        let without = workspace.typeset().unwrap().gaps.len();
        workspace.page("3.9-second", &format!("= Title\n\n#claim(\"4.sigma-s\") {call}"));
        assert_eq!(workspace.typeset().unwrap().gaps.len(), without + 1, "{call}");
    }
}

#[test]
fn a_claim_whose_code_moved_away_is_a_warning() {
    let workspace = Workspace::new();
    workspace.write("crates/2-first/src/lib.rs", "// region: other\n// endregion: other\n");
    workspace.page("2-first", "= No listing here");
    let warnings = workspace.typeset().unwrap().warnings;
    let expected = "claim 4.sigma-s: crates/2-first/src/lib.rs has no region `answer`; it has: other";
    assert_eq!(warnings, [expected]);
    assert!(workspace.read("paper/paper.html").contains("0.825645"));
}

#[test]
fn a_damaged_register_is_named() {
    let workspace = Workspace::new();
    workspace.write("paper/claims.toml", "[[claim]]\nid = \"2.x\"\nkind = \"exactly\"\n");
    let message = workspace.error();
    assert!(message.starts_with("paper/claims.toml is damaged: "), "{message}");
    assert!(message.contains("exactly"), "{message}");
}

#[test]
fn a_damaged_result_is_passed_over_with_a_warning_and_leaves_its_gap() {
    let workspace = Workspace::new();
    workspace.write("generated/2-first/provenance.json", "{\"profile\": ");
    let paper = workspace.typeset().unwrap();
    assert!(paper.warnings[0].contains("provenance.json is damaged: EOF"), "{:?}", paper.warnings);
    assert!(paper.gaps.iter().any(|gap| gap == "results of 2-first are missing"), "{:?}", paper.gaps);
    workspace.result("generated/2-first", "2025-01-02T03:04:05Z", &[("claims.json", "[{}]")]);
    let [warning, ..] = &workspace.typeset().unwrap().warnings[..] else { panic!("no warning") };
    assert!(warning.contains("2-first/claims.json is damaged: missing field `id`"), "{warning}");
}

#[test]
fn a_folder_without_a_paper_is_refused() {
    let workspace = Workspace::new();
    std::fs::remove_file(workspace.path("paper/paper.typ")).unwrap();
    assert!(workspace.error().starts_with("there is no paper/paper.typ under "));
}

#[test]
fn the_program_says_what_it_made_and_fails_with_one() {
    let workspace = Workspace::new();
    let run_with = |json: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_typeset"))
            .args(json)
            .args(["--generated", "generated", "--records", "records", "--out", "out"])
            .current_dir(workspace.path(""))
            .output()
            .unwrap()
    };
    let run = || run_with(&["--json"]);
    let told = String::from_utf8(run_with(&[]).stderr).unwrap();
    assert!(told.contains("warning: a gap in the paper: figure none of 3.10-third is missing"), "{told}");
    let output = run();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let line: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(line["pdf"], "out/paper.pdf");
    assert_eq!(line["html"], "out/paper.html");
    assert_eq!(line["warnings"].as_array().unwrap().len(), 0);
    assert_eq!(line["gaps"].as_array().unwrap().len(), 3);
    workspace.page("3.9-second", "#x");
    let output = run();
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        message.starts_with("paper/sections/3.9-second.typ:2:2: error: unknown variable: x"),
        "{message}"
    );
}
