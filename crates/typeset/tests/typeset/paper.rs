//! The paper: what a reader finds in it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use typeset::Job;

use crate::workspace::{FIRST, SECOND, Workspace};

#[test]
fn numbers_verdicts_formulas_and_links_reach_both_files() {
    let workspace = Workspace::new();
    let paper = workspace.typeset().unwrap();
    assert!(fs::read(&paper.pdf).unwrap().starts_with(b"%PDF-"));
    assert_eq!(paper.warnings, Vec::<String>::new());
    let html = workspace.read("paper/paper.html");
    for expected in [
        "<math",
        ">0.825645<",
        "href=#claim-4.sigma-s",
        "id=claim-4.sigma-s",
        "2-first/src/lib.rs:4",
        "30, 100, 300",
        "± 0.00012",
        "0.3333",
        "<svg role=\"img\" aria-label=\"A dot.\"",
        "<i>5</i><b>",
        "Eq.\u{a0}1",
        "reproduced · reduced scale",
        "@font-face",
    ] {
        assert!(html.contains(expected), "{expected} is not in the HTML");
    }
    assert!(html.contains(">0.68169<"), "a check is shown with the digits that its error warrants");
    assert!(html.contains("default-src 'none'"), "nothing may be fetched");
    assert!(!html.contains(" style=\""), "the policy forbids style attributes");
}

#[test]
fn sections_come_in_the_order_of_their_numbers_with_their_numbers() {
    let workspace = Workspace::new();
    workspace.page("A-proof", "= An appendix");
    workspace.typeset().unwrap();
    let html = workspace.read("paper/paper.html");
    let titles = [
        "2 A first section",
        "3.9 Second by number",
        "3.10 Third by number",
        "Ledger of claims",
        "A An appendix",
    ];
    let places: Vec<usize> = titles
        .iter()
        .map(|title| html.rfind(&format!(">{title}</h2>")).expect("the title is there"))
        .collect();
    assert!(places.is_sorted(), "{places:?}");
}

#[test]
fn a_recorded_section_says_where_it_comes_from_and_a_missing_one_shows_its_gap() {
    let workspace = Workspace::new();
    let gaps = workspace.typeset().unwrap().gaps;
    let html = workspace.read("paper/paper.html");
    assert!(html.contains("recorded on an accelerator, commit abcdef012*, 2025-04-05"));
    assert!(html.contains("‹missing: figure none of 3.10-third›"));
    assert!(html.contains("‹not measured: 2.total-variance›"));
    for gap in [
        "claim 2.total-variance is not measured",
        "figure none of 3.10-third is missing",
        "results of 3.10-third are missing",
    ] {
        assert!(gaps.iter().any(|known| known == gap), "{gap} is not in {gaps:?}");
    }
}

#[test]
fn where_a_paper_is_made_decides_nothing_of_its_bytes() {
    let workspace = Workspace::new();
    let read = |paper: &typeset::Paper| [&paper.pdf, &paper.html].map(|path| fs::read(path).unwrap());
    let there = read(&workspace.typeset().unwrap());
    assert_eq!(read(&workspace.typeset_into("a/folder/below").unwrap()), there);
}

#[test]
fn links_to_sources_lead_to_the_repository_where_the_workspace_names_one() {
    let workspace = Workspace::new();
    workspace.typeset().unwrap();
    let link = "href=\"https://example.org/paper/blob/HEAD/crates/2-first/src/lib.rs#L4\"";
    assert!(!workspace.read("paper/paper.html").contains("lib.rs#L4"), "a moved page leads nowhere");
    workspace.write("Cargo.toml", "[workspace.package]\nrepository = \"https://example.org/paper/\"\n");
    workspace.typeset().unwrap();
    assert!(workspace.read("paper/paper.html").contains(link));
}

#[test]
fn a_place_that_leans_on_a_claim_is_named_beside_it() {
    let workspace = Workspace::new();
    workspace.typeset().unwrap();
    let html = workspace.read("paper/paper.html");
    assert!(html.contains("id=use-1-4.sigma-s"));
    assert!(html.contains("Used in <a href=#use-1-4.sigma-s>"));
    assert!(html.contains("<a href=#use-2-4.sigma-s>2 A first section</a>"));
    assert!(html.contains("data-uses=3.2.protocol>Used in <a"));
    workspace.page("2-first", "= A first section");
    workspace.typeset().unwrap();
    assert!(
        workspace.read("paper/paper.html").contains("data-uses=3.2.protocol>The text does not refer to it.")
    );
}

/// A workspace whose claim was measured like this.
fn measured(changes: &[(&str, &str)]) -> Workspace {
    let workspace = Workspace::new();
    let [(name, claims), rest @ ..] = FIRST;
    let claims = changes.iter().fold(claims.to_owned(), |claims, (from, to)| {
        assert!(claims.contains(from));
        claims.replace(from, to)
    });
    let files = [&[(name, &*claims)], &rest[..]].concat();
    workspace.result("generated/2-first", "2025-01-02T03:04:05Z", &files);
    workspace
}

#[test]
fn each_number_of_a_list_has_its_own_error() {
    let workspace = measured(&[("\"0.825645\"", "\"0.825645, 0.68169, 0.5\"")]);
    workspace.typeset().unwrap();
    let html = workspace.read("paper/paper.html");
    let told = html.matches(">0.825645 ± 0.00012, 0.68169 ± 0.0002, 0.5<").count();
    assert_eq!(told, 2, "in the row and on the card");
}

#[test]
fn what_is_zero_to_rounding_is_told_by_its_bound_and_what_is_exact_sees_anything() {
    let zero = [("\"0.825645\"", "\"0\""), ("0.00012", "0.0")];
    let workspace = measured(&zero);
    workspace.typeset().unwrap();
    let html = workspace.read("paper/paper.html");
    assert!(
        html.contains("<td>&lt; 0.0005") && html.contains("<dd>&lt; 0.0005"),
        "a bound in the row and on the card"
    );
    assert!(!html.contains("<td>0<") && !html.contains("<dd>0<"));
    let workspace = measured(&[&zero[..], &[("0.0005", "0.0")]].concat());
    workspace.typeset().unwrap();
    assert!(workspace.read("paper/paper.html").contains("any deviation: the number is exact"));
}

#[test]
fn a_figure_is_named_by_its_number_and_a_check_in_the_words_of_the_text() {
    let workspace = measured(&[("\"figure\": null", "\"figure\": \"dot\""), ("agrees", "scale_bias holds")]);
    workspace.typeset().unwrap();
    let html = workspace.read("paper/paper.html");
    assert!(html.contains("<a href=#figure-2-first-dot>Figure 1</a>"));
    assert!(html.contains("scale+bias holds"));
}

#[test]
fn the_command_that_repeats_a_result_sets_what_ran_otherwise_or_promises_less() {
    let workspace = Workspace::new();
    workspace.typeset().unwrap();
    let begin = "cargo xtask reproduce 2 --profile quick --seed 1 --device cuda";
    let html = workspace.read("paper/paper.html");
    assert!(html.contains(&format!(
        "{begin}</code> with the <a href=#how-computed>parameters and the code that ran"
    )));
    let profiles = serde_json::from_str(r#"{"2-first": {"quick": {"depth": 60}}}"#).unwrap();
    Job { profiles, ..workspace.job("paper") }.typeset().unwrap();
    let html = workspace.read("paper/paper.html");
    assert!(html.contains(&format!("{begin} --set first.depth=50</code>")));
    assert!(!html.contains(&format!("{begin}</code>")));
}

#[test]
fn numbers_of_other_code_than_stands_beside_them_are_told_as_such() {
    let workspace = Workspace::new();
    workspace.typeset().unwrap();
    assert!(!workspace.read("paper/paper.html").contains("is not what computed them"));
    let moved = BTreeMap::from([("2-first".to_owned(), vec!["code of mean-field".to_owned()])]);
    Job { moved, ..workspace.job("paper") }.typeset().unwrap();
    let html = workspace.read("paper/paper.html");
    assert!(html.contains("is not what computed them: it has changed since (code of mean-field)"));
}

#[test]
fn tables_say_words_for_names_and_set_them_on_the_left() {
    let workspace = Workspace::new();
    let [claims, (table, _), figure] = FIRST;
    let files = [claims, (table, "layer,value\nbatch_norm,0.5\nhalf_normal,1\n"), figure];
    workspace.result("generated/2-first", "2025-01-02T03:04:05Z", &files);
    let shown =
        "#data-table(\"2-first\", \"numbers\", columns: (layer: [law], value: [value]), caption: [N.])";
    workspace.page("2-first", &format!("= A first section\n{shown}"));
    workspace.typeset().unwrap();
    let html = workspace.read("paper/paper.html");
    for expected in
        ["<span class=words>batch normalisation</span>", "<span class=words>half-normal</span>", "<td>0.5"]
    {
        assert!(html.contains(expected), "{expected}");
    }
}

#[test]
fn what_other_results_say_otherwise_is_marked() {
    let workspace = Workspace::new();
    let [(name, claims), ..] = FIRST;
    let other = claims.replace("reproduced", "inconclusive").replace("0.681690113", "0.5");
    workspace.result("other/2-first", "2025-01-01T00:00:00Z", &[(name, &other)]);
    let job = Job { against: Some(workspace.path("other")), ..workspace.job("paper") };
    job.typeset().unwrap();
    let html = workspace.read("paper/paper.html");
    for expected in
        ["1 verdicts changed", "reproduced · reduced scale · was inconclusive", "data-changed=yes", "z = 642"]
    {
        assert!(html.contains(expected), "{expected}");
    }
    let nothing = Job { against: Some(workspace.path("nothing")), ..job };
    assert!(nothing.typeset().unwrap_err().to_string().starts_with("no results in "));
}

/// Runs of two days: each origin says its own.
#[test]
fn a_result_of_several_days_is_as_young_as_the_youngest() {
    let workspace = Workspace::new();
    let path = "generated/2-first/provenance.json";
    let made = workspace.read(path);
    let origin = |day: &str| {
        format!(
            r#"{{"commit": "c{day}", "dirty": false, "diff_hash": null, "rustc": "r", "lock_hash": "l", "cpu": "p",
            "gpu": null, "driver": null, "threads": 2, "created": "2025-05-{day}T00:00:00Z"}}"#
        )
    };
    let origins = ["06", "05", "06"].map(origin).join(", ");
    workspace.write(path, &made.replacen('{', &format!("{{\"origins\": [{origins}], "), 1));
    workspace.typeset().unwrap();
    let html = workspace.read("paper/paper.html");
    assert!(html.contains("Youngest result: 6 May 2025."));
    assert!(html.contains("2025-05-06, 2025-05-05 on p"));
}

#[test]
fn the_top_says_of_what_sizes_and_data_the_verdicts_are_and_which_are_the_records() {
    let workspace = measured(&[("\"data\": \"generated\"", "\"data\": \"stand-in\"")]);
    workspace.typeset().unwrap();
    let html = workspace.read("paper/paper.html");
    let told = "Of these, 1 were measured at less than the original’s sizes (†) and 1 on stand-ins for its images (‡). \
                Section 3.9 is from the record.";
    assert!(html.contains(told), "{}", &html[html.find("class=tally").unwrap()..][..2000]);
    workspace.result("generated/3.9-second", "2025-06-07T08:09:10Z", &SECOND);
    workspace.typeset().unwrap();
    assert!(!workspace.read("paper/paper.html").contains("from the record."));
}

#[test]
fn fresh_results_come_before_the_record() {
    let workspace = Workspace::new();
    workspace.result("generated/3.9-second", "2025-06-07T08:09:10Z", &SECOND);
    workspace.typeset().unwrap();
    assert!(!workspace.read("paper/paper.html").contains("recorded on"));
}

/// A section is run again over its own result and killed after each of its files in turn: the page shows the record,
/// whole, until the new result is. Were a folder taken for a result before its last file is written, the new number
/// would stand beside the old one.
#[test]
fn a_section_killed_while_it_writes_its_files_never_shows_old_beside_new() {
    let record =
        FIRST.map(|(name, text)| (name, text.replace("0.825645", "0.800001").replace("0.3333", "0.1111")));
    let old =
        FIRST.map(|(name, text)| (name, text.replace("0.825645", "0.800002").replace("0.3333", "0.2222")));
    let [record, old] =
        [&record, &old].map(|files| files.each_ref().map(|(name, text)| (*name, text.as_str())));
    let shown = |workspace: &Workspace| {
        let warnings = workspace.typeset().unwrap().warnings;
        let html = workspace.read("paper/paper.html");
        let shows =
            |text: &&str| html.contains(&format!(">{text}<")) || html.contains(&format!("At two: {text}"));
        let numbers = ["0.800001", "0.1111", "0.800002", "0.2222", "0.825645", "0.3333"];
        (numbers.into_iter().filter(shows).collect::<Vec<_>>(), warnings)
    };
    for killed_after in 1..=FIRST.len() {
        let workspace = Workspace::new();
        workspace.result("records/2-first", "2025-01-01T00:00:00Z", &record);
        workspace.result("generated/2-first", "2025-01-01T00:00:00Z", &old);
        assert_eq!(shown(&workspace), (vec!["0.800002", "0.2222"], Vec::new()));
        for (name, text) in &FIRST[..killed_after] {
            workspace.write(&format!("generated/2-first/{name}"), text);
        }
        let (numbers, warnings) = shown(&workspace);
        assert_eq!(numbers, ["0.800001", "0.1111"], "killed after {killed_after} files");
        assert!(warnings[0].starts_with("Section 2: passed over: "), "{warnings:?}");
        workspace.result("generated/2-first", "2025-01-01T00:00:00Z", &FIRST);
        assert_eq!(shown(&workspace), (vec!["0.825645", "0.3333"], Vec::new()));
    }
}

#[test]
fn the_same_inputs_give_the_same_bytes() {
    let workspace = Workspace::new();
    workspace.typeset_into("first").unwrap();
    workspace.typeset_into("other").unwrap();
    for name in ["paper.pdf", "paper.html"] {
        let [first, other] = ["first", "other"].map(|out| fs::read(workspace.path(out).join(name)).unwrap());
        assert!(first == other, "{name} differs");
    }
    let pdf = fs::read(workspace.path("first/paper.pdf")).unwrap();
    let date = b"/CreationDate(D:20250405";
    assert!(
        pdf.windows(date.len()).any(|window| window == date),
        "dated by the youngest result, without time of day"
    );
}

#[test]
fn every_stated_claim_is_in_the_ledger_also_without_any_result() {
    let workspace = Workspace::new();
    fs::remove_dir_all(workspace.path("generated")).unwrap();
    workspace.typeset().unwrap();
    let html = workspace.read("paper/paper.html");
    for id in ["2.total-variance", "4.sigma-s", "3.2.protocol"] {
        assert!(html.contains(&format!("id=claim-{id}")), "{id}");
    }
    assert!(html.contains("The original states 3 claims"));
    assert!(html.contains("3 are open"));
}

#[test]
fn numbers_are_typeset_and_rounded_as_asked() {
    let workspace = Workspace::new();
    let checks = r#"= Numbers
#assert.eq(digits("-0.383"), "−0.383")
#assert.eq(digits("a-b, -2"), "a-b, −2")
#assert.eq(significant("0.31830988618"), "0.3183")
#assert.eq(significant("0.99995", figures: 3), "1.00")
#assert.eq(significant(1.0 / 3, figures: 2), "0.33")
#assert.eq(significant("0.5"), "0.5")
#assert.eq(significant("-1.0"), "−1")
#assert.eq(significant("100"), "100")
#assert.eq(significant("12345.678"), "12346")
#assert.eq(significant("kaiming"), "kaiming")
#assert.eq(in-words("kaiming,scale_bias,one_position"), "Kaiming,scale+bias,one position")
#assert.eq(in-words("isbi-sgd, cifar"), "ISBI,\u{a0}SGD, CIFAR-10")
#assert.eq(in-words("K_l of x_i in cosine-map"), "K_l of x_i in cosine-map")
#assert.eq(repr(significant("1.23456e-7", figures: 3)).contains("1.23"), true)
#assert.eq(slug("4.sigma-s"), "ledger-4-sigma-s")
"#;
    workspace.page("3.10-third", checks);
    workspace.typeset().unwrap();
}

/// However long the measured values of a run are and of however many parts: the ledger tells those of a few parts whole and
/// the first of many.
#[test]
fn measured_values_of_any_length_have_a_line_in_the_ledger() {
    let long = "0.12345678901234567890";
    for parts in 1..=5 {
        let workspace = Workspace::new();
        let value = vec![long; parts].join(", ");
        let first = if parts > 3 { format!("{long}, {long}, {long}, …") } else { value.clone() };
        let checks =
            format!("#import \"/ledger.typ\": first-of\n#assert.eq(first-of(\"{value}\"), \"{first}\")");
        workspace.page("3.10-third", &format!("= Third\n{checks}"));
        let [(name, claims), rest @ ..] = FIRST;
        let claims = claims.replace("\"0.825645\"", &format!("\"{value}\""));
        workspace.result(
            "generated/2-first",
            "2025-01-02T03:04:05Z",
            &[&[(name, &*claims)], &rest[..]].concat(),
        );
        workspace.typeset().unwrap_or_else(|error| panic!("{parts} parts: {error}"));
    }
}

/// Every page of the repository's own paper refers to claims and regions that exist, whether or not anything was computed.
#[test]
fn the_paper_of_this_repository_is_typeset_without_results() {
    let folder = tempfile::tempdir().unwrap();
    let nothing = folder.path().join("nothing");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let out = folder.path().into();
    let job = Job {
        root,
        generated: nothing.clone(),
        records: nothing,
        against: None,
        out,
        profiles: BTreeMap::new(),
        moved: BTreeMap::new(),
    };
    let paper = job.typeset().unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(paper.warnings, Vec::<String>::new());
    assert!(fs::read_to_string(paper.html).unwrap().contains("<math"));
}
