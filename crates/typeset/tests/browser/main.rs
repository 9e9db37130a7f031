//! The page in a real browser: what a reader does with it. Needs Chromium (`CHROMIUM` names another than the one on the
//! path) and axe-core, which `.ci/run` installs; then `cargo test --workspace --test browser -- --ignored`. Pictures to
//! look at are left in `target/page/pictures`.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod chromium;
mod hostile;
#[path = "../typeset/workspace.rs"]
#[allow(dead_code, reason = "shared with the tests of typesetting")]
mod workspace;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use tempfile::TempDir;
use typeset::Job;

use chromium::{Chromium, View};

/// This repository's paper, from its adopted records, set once for all tests.
static PAPER: LazyLock<(TempDir, PathBuf)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let generated =
        std::env::var_os("GENERATED").map_or_else(|| folder.path().join("nothing"), PathBuf::from);
    let (records, out) = (root.join("data/records"), folder.path().into());
    let job = Job {
        generated,
        records,
        against: None,
        out,
        profiles: BTreeMap::new(),
        moved: BTreeMap::new(),
        root,
    };
    let html = job.typeset().unwrap_or_else(|error| panic!("{error}")).html;
    (folder, html)
});

fn paper(view: View) -> Chromium {
    Chromium::open(&PAPER.1, view)
}

const CARD: &str = "document.querySelector('#card:popover-open')";
const LINK: &str = "main p a[data-claim='4.slope-scale-bias']";

#[test]
#[ignore = "needs Chromium, which .ci/run installs"]
fn a_card_opens_by_pointer_click_key_and_address_and_closes_with_escape() {
    let mut page = paper(View::DESK);
    page.point(LINK, false);
    page.wait_for(CARD);
    for expected in [
        "4.slope-scale-bias",
        "Fig. 3 middle of the original",
        "inconclusive",
        "cargo xtask reproduce 4",
        "fn ",
        "Used in",
    ] {
        let there = page.value(&format!("{CARD}.textContent.includes({expected:?})"));
        assert_eq!(there, true, "{expected} is not on the card");
    }
    page.press("Escape", 27);
    page.wait_for(&format!("!{CARD}"));

    page.point(LINK, true);
    page.wait_for(&format!("{CARD} === document.activeElement"));
    page.picture("card");
    page.press("Escape", 27);
    page.wait_for(&format!("!{CARD} && document.activeElement.matches(\"{LINK}\")"));

    page.value(&format!(
        "document.activeElement.blur(); document.querySelector(\"{LINK}\").previousElementSibling?.focus()"
    ));
    while page.value(&format!("document.activeElement.matches(\"{LINK}\")")) != true {
        page.press("Tab", 9);
    }
    page.wait_for(CARD);
    page.press("Enter", 13);
    page.wait_for(&format!("{CARD} === document.activeElement"));
    page.value(&format!("{CARD}.lastElementChild.focus()"));
    page.press("Tab", 9);
    let next = format!(
        "(() => {{ const links = [...document.querySelectorAll('main a')]; \
         return links[links.indexOf(document.querySelector(\"{LINK}\")) + 1] === document.activeElement; }})()"
    );
    assert_eq!(page.value(&next), true, "the card leads on to the link after the one that opened it");

    page.go(&format!("file://{}#claim-4.slope-theory", PAPER.1.display()));
    page.wait_for(&format!("{CARD}?.textContent.includes('4.slope-theory')"));
    assert_eq!(page.complaints(), Vec::<String>::new());
}

/// Real presses of Tab, which the browser scrolls to smoothly, and a focus that comes from far away.
#[test]
#[ignore = "needs Chromium, which .ci/run installs"]
fn a_card_opened_by_the_focus_is_wholly_in_the_window_once_the_page_rests() {
    let mut page = paper(View { height: 800, motion: true, ..View::DESK });
    let rests = "new Promise(done => { let [last, still] = [NaN, 0]; const look = () => { still = scrollY === last ? still + 1 : 0; \
        last = scrollY; if (still > 8) done(true); else setTimeout(look, 20); }; look(); })";
    let outside = "(() => { const card = document.querySelector('#card:popover-open'); if (!card) return null; \
        const { top, bottom } = card.getBoundingClientRect(); const at = document.activeElement.getBoundingClientRect(); \
        return [document.activeElement.textContent, top, bottom, at.bottom < 0 || at.top > innerHeight]; })()";
    let look = |page: &mut Chromium, what: &str| {
        page.value(rests);
        let found = page.value(outside);
        let Some(found) = found.as_array().cloned() else { return false };
        let (top, bottom) = (found[1].as_f64().unwrap(), found[2].as_f64().unwrap());
        assert!(top >= 0.0 && bottom <= 800.0 && found[3] == false, "{what}: {found:?}");
        true
    };
    page.value("document.querySelector('main h2').setAttribute('tabindex', '-1'); document.querySelector('main h2').focus()");
    let mut opened = 0;
    for press in 0..60 {
        page.press("Tab", 9);
        opened += usize::from(look(&mut page, &format!("press {press}")));
    }
    assert!(opened > 15, "{opened} cards");
    for at in [-1, 5, -40, 120] {
        page.value(&format!("[...document.querySelectorAll('main a[data-claim]')].at({at}).focus()"));
        assert!(look(&mut page, &format!("number {at}")), "number {at}");
    }
}

#[test]
#[ignore = "needs Chromium, which .ci/run installs"]
fn in_print_the_ledger_is_a_table() {
    let mut page = paper(View::DESK);
    let printed = page.printed();
    let text: String = printed.iter().map(|byte| char::from(*byte)).collect();
    let landscape = text.matches("/MediaBox [0 0 841").count() + text.matches("/MediaBox [0 0 842").count();
    let pages = text.matches("/MediaBox").count();
    eprintln!("{pages} pages, {landscape} of them for the ledger");
    assert!((4..=16).contains(&landscape), "{landscape} pages for the ledger");
    let mut page = paper(View { width: 680, ..View::DESK });
    page.print();
    let row = "getComputedStyle(document.querySelector('#ledger-table tbody tr'))";
    assert_eq!(page.value(&format!("{row}.display")), "table-row");
    assert_eq!(page.value("document.querySelector('.in-print').checkVisibility()"), true);
    assert_eq!(
        page.value(
            "[...document.querySelectorAll('#ledger-table details')].some(it => it.checkVisibility())"
        ),
        false
    );
    page.picture("ledger-in-print");
}

#[test]
#[ignore = "needs Chromium, which .ci/run installs"]
fn every_number_and_every_badge_has_a_card_and_every_link_leads_somewhere() {
    let mut page = paper(View::DESK);
    let dead = "[...document.querySelectorAll(\"a[href^='#']\")].map(it => it.getAttribute('href').slice(1)) \
        .filter(name => !name.startsWith('show?') && !document.getElementById(decodeURIComponent(name)))";
    assert_eq!(page.value(dead), serde_json::json!([]));
    let unanswered = "[...document.querySelectorAll('main .badge')] \
        .filter(it => !it.closest('a[data-claim], tr[id], dl.legend, dl.facts, .compared')).length";
    assert_eq!(page.value(unanswered), 0);
    assert_ne!(
        page.value("document.querySelectorAll('.used math').length"),
        0,
        "headings lose their formulas"
    );
    let seen = "[...document.querySelectorAll('#ledger-table .facts')].every(it => it.textContent.includes('would see'))";
    assert_eq!(page.value(seen), true, "a claim does not say which deviation it would see, or why none");
    let opened = page.value(
        "(async () => { let opened = 0; const links = [...document.querySelectorAll('main a[data-claim], main a.value')]; \
         for (const link of links) { link.click(); const card = document.querySelector('#card:popover-open'); \
         const known = link.matches('.value') ? /scale, .*computed.*--profile \\w+ --seed \\d+.*(judged in.*fn |code)/s : /.{80}/s; \
         if (!known.test(card?.textContent)) throw new Error(link.outerHTML + card?.textContent); opened += 1; card.hidePopover(); \
         await null; } return opened; })()",
    );
    assert!(opened.as_u64().unwrap() > 200, "{opened}");
    assert_eq!(page.complaints(), Vec::<String>::new());
}

#[test]
#[ignore = "needs Chromium, which .ci/run installs"]
fn the_ledger_filters_searches_sorts_and_keeps_that_in_the_address() {
    let mut page = paper(View::DESK);
    let shown = "[...document.querySelectorAll('#ledger-table > tbody > tr')].filter(row => !row.hidden)";
    let count = page.value(&format!("{shown}.length")).as_u64().unwrap();
    assert!(count > 50);
    let said = page.value("document.getElementById('ledger-count').textContent.match(/\\d+/g).map(Number)");
    let said: Vec<u64> = serde_json::from_value(said).unwrap();
    assert_eq!(said[..2], [count, count]);
    assert!(said[2] < count && said[3..].iter().sum::<u64>() == count, "the verdicts add up: {said:?}");
    let sections = "[...document.querySelector('select[name=section]').options].map(it => it.value).join()";
    assert_eq!(page.value(sections), ",2,3.1,3.2,3.3,3.4,4,5,6,7");
    page.value("(() => { const it = document.querySelector('select[name=verdict]'); it.value = 'misprint'; it.dispatchEvent(new Event('input', { bubbles: true })); })()");
    let few = page.value(&format!("{shown}.length")).as_u64().unwrap();
    assert!(few > 0 && few < count);
    assert_eq!(
        page.value(&format!(
            "{shown}.every(row => row.querySelector('.badge').textContent.includes('misprint'))"
        )),
        true
    );
    assert_eq!(page.value("location.hash"), "#show?verdict=misprint");
    assert_eq!(
        page.value("document.getElementById('ledger-count').textContent"),
        format!("{few} of {count} claims: {few} misprint")
    );
    page.picture("filtered");

    page.go(&format!("file://{}#show?section=4&sort=-z", PAPER.1.display()));
    let sorted = page.value(&format!("{shown}.map(row => Number(row.dataset.z ?? -1))"));
    let sorted: Vec<f64> = serde_json::from_value(sorted).unwrap();
    assert!(sorted.len() > 3 && sorted.is_sorted_by(|a, b| a >= b), "{sorted:?}");
    assert_eq!(page.value("document.querySelector('select[name=section]').value"), "4");

    page.press("Escape", 27);
    page.value("document.activeElement.blur()");
    page.press("/", 191);
    page.wait_for("document.activeElement.name === 'q'");
    page.write("slope");
    page.wait_for("location.hash.includes('q=slope')");
    page.point("th[data-sort=id] button", true);
    page.wait_for("document.querySelector('th[data-sort=id]').ariaSort === 'ascending'");

    page.go(&format!("file://{}#show?q=nowhere+to+be+found", PAPER.1.display()));
    let header = "(async () => { let file; URL.createObjectURL = made => (file = made, 'data:,'); await downloadShown('csv'); return file.text(); })()";
    assert!(page.value(header).as_str().unwrap().starts_with("id,"), "an empty selection has its header");
    page.value("location.hash = '#claim-4.slope-theory'");
    page.wait_for(&format!(
        "document.getElementById('ledger-count').textContent.startsWith('{count} of {count}')"
    ));

    let whole = "claims().then(all => all.length + all.filter(claim => claim.checks.length > 0).length)";
    assert!(page.value(whole).as_u64().unwrap() > count, "the download has every claim and its checks");
    assert_eq!(page.complaints(), Vec::<String>::new());
}

#[test]
#[ignore = "needs Chromium, which .ci/run installs"]
fn the_contents_follow_the_reader() {
    let mut page = paper(View::DESK);
    page.value("document.getElementById('how-computed').scrollIntoView({ behavior: 'instant' })");
    page.wait_for("document.querySelector('nav [aria-current]')?.getAttribute('href') === '#how-computed'");
    let seen = "(() => { const it = document.querySelector('nav [aria-current]').getBoundingClientRect(); return it.top > 0 && it.bottom < innerHeight; })()";
    assert_eq!(page.value(seen), true);
}

#[test]
#[ignore = "needs Chromium, which .ci/run installs"]
fn every_figure_tells_its_values_and_has_letters_to_read_on_a_phone_and_code_is_whole_in_print() {
    let mut page = paper(View::PHONE);
    let mute = "[...document.querySelectorAll('main .drawing')].filter(it => !it.querySelector('svg[data-panels]') || \
        !/CSV.*SVG/.test(it.querySelector('.files')?.textContent)).map(it => it.id)";
    assert_eq!(page.value(mute), serde_json::json!([]));
    let least = "Math.min(...[...document.querySelectorAll('.drawing svg text')].filter(it => it.textContent).map(it => it.getBBox().height * Math.hypot(it.getScreenCTM().a, it.getScreenCTM().b)))";
    let least = page.value(least).as_f64().unwrap();
    assert!(least > 10.0, "{least} px");
    page.value(
        "document.querySelector('#figure-3\\\\.2-simulation-ladder').scrollIntoView({ behavior: 'instant' })",
    );
    page.picture("figure-on-phone");

    page.print();
    let cut = "[...document.querySelectorAll('pre')].filter(it => it.checkVisibility() && it.scrollWidth > it.clientWidth).length";
    assert_eq!(page.value(cut), 0);
}

#[test]
#[ignore = "needs Chromium, which .ci/run installs"]
fn nothing_is_fetched_even_when_something_tries() {
    let mut page = paper(View::DESK);
    let tried = page.value(
        "(async () => { const blocked = []; document.addEventListener('securitypolicyviolation', it => blocked.push(it.effectiveDirective)); \
         const image = new Image(); image.src = 'https://example.org/a.png'; document.body.append(image); \
         const script = document.createElement('script'); script.textContent = 'window.ran = true'; document.body.append(script); \
         await fetch('https://example.org/').catch(() => {}); await new Promise(done => setTimeout(done, 200)); \
         return [blocked.sort().join(' '), window.ran === undefined]; })()",
    );
    assert_eq!(tried, serde_json::json!(["connect-src img-src script-src-elem", true]));
}

#[test]
#[ignore = "needs Chromium, which .ci/run installs"]
fn without_scripts_nothing_is_lost() {
    let mut page = paper(View { scripts: false, ..View::DESK });
    assert_eq!(page.value("document.querySelector('#card, #ledger-tools form')"), serde_json::Value::Null);
    let rows = "[...document.querySelectorAll('#ledger-table > tbody > tr')]";
    let readable =
        format!("{rows}.every(row => row.checkVisibility() && row.querySelector('details .facts'))");
    assert_eq!(page.value(&readable), true);
    page.point(LINK, true);
    assert_eq!(page.value("location.hash"), "#claim-4.slope-scale-bias");
    let summary = "#claim-4\\\\.slope-scale-bias summary";
    page.point(&summary.replace("\\\\", "\\"), true);
    assert_eq!(
        page.value(&format!(
            "document.querySelector('{summary}').parentElement.querySelector('pre').checkVisibility()"
        )),
        true
    );
    assert_eq!(page.complaints(), Vec::<String>::new());
}

#[test]
#[ignore = "needs Chromium and axe-core, which .ci/run installs"]
fn axe_finds_no_violation_in_either_theme_or_on_a_phone() {
    let place =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/page/node_modules/axe-core/axe.min.js");
    let axe = fs::read_to_string(&place).unwrap_or_else(|error| panic!("{}: {error}", place.display()));
    for (name, view) in [("light", View::DESK), ("dark", View::DARK), ("phone", View::PHONE)] {
        let mut page = paper(view);
        page.picture(name);
        page.value(&format!("{axe}; null"));
        // Once as it stands, once with a card and everything that can be opened.
        for open in [
            "null",
            "document.querySelectorAll('details').forEach(it => it.open = true)",
            &format!("document.querySelector(\"{LINK}\").click()"),
        ] {
            page.value(open);
            let tags = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']";
            let run = format!(
                "axe.run(document, {{ runOnly: {tags} }}).then(it => it.violations.map(found => found.id + ' ' + found.nodes.length + ' ' + found.nodes[0].html.slice(0, 160) + ' ' + found.nodes[0].failureSummary))"
            );
            assert_eq!(page.value(&run), serde_json::json!([]), "{name}, {open}");
        }
        assert_eq!(
            page.value("document.documentElement.scrollWidth - document.documentElement.clientWidth"),
            0,
            "{name}"
        );
        let shift = "new Promise(done => { let sum = 0; new PerformanceObserver(list => list.getEntries().forEach(it => sum += it.value)) \
            .observe({ type: 'layout-shift', buffered: true }); setTimeout(() => done(sum), 100); })";
        page.go(&format!("file://{}", PAPER.1.display()));
        assert!(page.value(shift).as_f64().unwrap() < 0.01, "{name}: the layout shifts");
        assert_eq!(page.complaints(), Vec::<String>::new(), "{name}");
    }
}

#[test]
#[ignore = "needs Chromium, which .ci/run installs"]
fn the_page_is_small_and_paints_soon() {
    let size = fs::metadata(&PAPER.1).unwrap().len();
    assert!(size < 1_500_000, "{size} bytes");
    let mut page = paper(View::DESK);
    let paint = page.value("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0");
    let card = page.value(&format!(
        "(() => {{ const start = performance.now(); document.querySelector(\"{LINK}\").click(); return performance.now() - start; }})()"
    ));
    eprintln!("{size} bytes, first paint after {paint} ms, a card after {card} ms");
    assert!(card.as_f64().unwrap() < 500.0);
}
