//! What comes from results and registers is text, whatever it says; and what a figure carries, another result moves, or
//! a pointer asks for, is seen.

use serde_json::json;
use typeset::Job;

use crate::chromium::{Chromium, View};
use crate::workspace::{FIRST, Workspace};

const EVIL: &str = "<script>window.evil = 1</script> & \"quoted\" </style></script><img src=x onerror=alert(1)> \u{5e9}\u{5dc}\u{5d5}\u{5dd}";

/// A drawing with one curve, the values of which it carries.
fn svg(label: &str, height: f64) -> String {
    let label = label.replace('&', "&amp;").replace('<', "&lt;");
    let quoted = serde_json::to_string(&label).unwrap();
    format!(
        r##"<svg width="340" height="230" viewBox="0 0 3400 2300" xmlns="http://www.w3.org/2000/svg" onload="window.evil = 2">
        <metadata>[{{"title":null,"area":[42,4,332,198],"x":{{"label":"layer","logarithmic":false,"from":0,"to":10}},
        "y":{{"label":"v","logarithmic":false,"from":0,"to":1}},"series":[{{"name":{quoted},"mark":"line","colour":"#0072B2",
        "points":[[0,0.5],[5,{height}],[10,0.5]]}}]}}]</metadata><script>window.evil = 3</script>
        <polyline fill="none" stroke="#0072B2" points="420,1010 1870,1010 3320,1010"/><text x="420" y="90">{label}</text></svg>"##
    )
}

/// A workspace whose register, results and figures are hostile, and other results, with which it is compared.
fn workspace() -> (Workspace, Job) {
    let workspace = Workspace::new();
    let long = "w".repeat(300);
    let toml =
        workspace.read("paper/claims.toml").replace("what one layer leaves", &format!("'''{EVIL} {long}'''"));
    workspace.write("paper/claims.toml", &toml.replace("\"'''", "'''").replace("'''\"", "'''"));
    let quoted = serde_json::to_string(&format!("{EVIL} {long}")).unwrap();
    let claims = FIRST[0].1.replace("\"what one layer leaves\"", &quoted).replace("\"agrees\"", &quoted);
    let claims = claims.replace("\"figure\": null", "\"figure\": \"dot\"");
    let table = FIRST[1].1;
    workspace.result(
        "generated/2-first",
        "2025-01-02T03:04:05Z",
        &[("claims.json", &claims), ("tables/numbers.csv", table), ("figures/dot.svg", &svg(EVIL, 0.5))],
    );
    let other = claims.replace("\"reproduced\"", "\"inconclusive\"").replace("0.681690113", "0.5");
    workspace.result(
        "other/2-first",
        "2025-01-02T03:04:05Z",
        &[("claims.json", &other), ("tables/numbers.csv", table), ("figures/dot.svg", &svg(EVIL, 0.9))],
    );
    let provenance = workspace.read("generated/2-first/provenance.json");
    let provenance = provenance.replace("\"depth\": 50", &format!("\"depth\": {quoted}"));
    workspace.write("generated/2-first/provenance.json", &provenance);
    let job = Job { against: Some(workspace.path("other")), ..workspace.job("paper") };
    (workspace, job)
}

#[test]
#[ignore = "needs Chromium, which .ci/run installs"]
fn hostile_content_is_text_and_what_moved_is_seen() {
    let (_workspace, job) = workspace();
    let paper = job.typeset().unwrap();
    for view in [View::DESK, View::PHONE] {
        let mut page = Chromium::open(&paper.html, view);
        page.wait_for("document.readyState === 'complete'");
        assert_eq!(page.value("window.evil ?? null"), json!(null));
        assert_eq!(page.value("document.querySelectorAll('img, main script, svg script').length"), 0);
        for place in [".statement", "svg text", ".tip, .values pre", "#how-2-first"] {
            let text = format!(
                "[...document.querySelectorAll('{place}')].map(it => it.closest('main') && (it.id ? document.body.textContent : it.textContent)).join()"
            );
            let text = page.value(&text);
            assert!(text.as_str().unwrap().contains("<script>window.evil = 1</script>"), "{place}: {text}");
        }
        let wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
        assert_eq!(page.value(wide), 0, "a long word widens the page");

        page.value("document.querySelector('main p a[data-claim=\"4.sigma-s\"]').click()");
        page.wait_for("document.querySelector('#card:popover-open')?.textContent.includes('inconclusive')");
        page.picture("against");
        assert_eq!(
            page.value("document.querySelector('#card .statement').textContent.includes('onerror=alert(1)')"),
            true
        );
        page.value("document.querySelector('#card').hidePopover()");

        assert_eq!(page.value("document.querySelectorAll('svg .was').length"), 1, "the other curve");
        assert_eq!(
            page.value(
                "document.querySelector('.compared').textContent.includes('inconclusive → reproduced')"
            ),
            true
        );
        page.value("window.scrollTo({ top: 0, behavior: 'instant' })");
        page.point(".drawing svg", false);
        page.wait_for("document.querySelector('.tip').textContent.endsWith('layer = 5: 0.5')");
        page.picture("value");
        page.value("document.querySelector('.drawing svg').focus()");
        page.press("ArrowRight", 39);
        page.wait_for("document.querySelector('.tip').textContent.endsWith('layer = 10: 0.5')");
        page.value("document.querySelector('details.values').open = true");
        page.wait_for("document.querySelector('.values td')?.textContent === '0'");
        assert_eq!(page.complaints(), Vec::<String>::new());
    }
}
