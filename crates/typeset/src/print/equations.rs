//! Where equations stand in a document that is set: each is a pair of tags among the items of the pages, and what lies
//! between them is what a reader sees of it. Results stand in equations too; what they say is known only there.

use std::collections::HashMap;

use typst::foundations::{Content, ContextElem};
use typst::introspection::{Location, Tag};
use typst::layout::{Frame, FrameItem};
use typst::math::EquationElem;
use typst::model::Document;
use typst_layout::{Page, PagedDocument};

use super::spoken::spoken;

/// The document, every equation with its spoken form; one written by hand stays.
pub(super) fn said(document: &PagedDocument) -> PagedDocument {
    let mut pages: Vec<Page> = document.pages().to_vec();
    let mut results = Results::default();
    pages.iter().for_each(|page| results.collect(&page.frame));
    let mut open = None;
    pages.iter_mut().for_each(|page| say(&mut page.frame, &results, &mut open));
    PagedDocument::new(pages.into_iter().collect(), document.info().clone())
}

/// The texts of results within equations, in order.
#[derive(Default)]
struct Results {
    of: HashMap<Location, Vec<String>>,
    equation: Option<Location>,
    result: Option<Location>,
}

impl Results {
    fn collect(&mut self, frame: &Frame) {
        for (_, item) in frame.items() {
            match item {
                FrameItem::Group(group) => self.collect(&group.frame),
                FrameItem::Text(text) if self.result.is_some() => {
                    let said = self.equation.and_then(|equation| self.of.get_mut(&equation)?.last_mut());
                    said.into_iter().for_each(|said| said.push_str(&text.text));
                }
                FrameItem::Tag(Tag::Start(start, _)) => self.open(start),
                FrameItem::Tag(Tag::End(at, ..)) => {
                    self.equation.take_if(|equation| equation == at);
                    self.result.take_if(|result| result == at);
                }
                _ => {}
            }
        }
    }

    fn open(&mut self, start: &Content) {
        if self.equation.is_none() && start.is::<EquationElem>() {
            self.equation = start.location();
        } else if let Some(equation) = self.equation.filter(|_| self.result.is_none())
            && start.is::<ContextElem>()
        {
            self.result = start.location();
            self.of.entry(equation).or_default().push(String::new());
        }
    }
}

/// Gives the equations their words. One that stands in another, as a rule for their look leaves it, is no further one.
fn say(frame: &mut Frame, results: &Results, open: &mut Option<(Location, Vec<Location>)>) {
    if !has_tags(frame) {
        return;
    }
    frame.retain(|item| {
        match item {
            FrameItem::Group(group) => say(&mut group.frame, results, open),
            FrameItem::Tag(Tag::Start(start, _)) => {
                let at = start.location();
                if let (Some(at), Some(equation)) = (at, start.to_packed_mut::<EquationElem>()) {
                    if let Some((_, within)) = open {
                        within.push(at);
                        return false;
                    }
                    let shown = results.of.get(&at).map_or(&[][..], Vec::as_slice);
                    if equation.alt.as_option().as_ref().is_none_or(Option::is_none) {
                        let words = spoken(&equation.body, shown);
                        equation.alt.set(Some(words.into()));
                    }
                    *open = Some((at, Vec::new()));
                }
            }
            FrameItem::Tag(Tag::End(at, ..)) => {
                if open.as_ref().is_some_and(|(_, within)| within.contains(at)) {
                    return false;
                }
                open.take_if(|(equation, _)| equation == at);
            }
            _ => {}
        }
        true
    });
}

fn has_tags(frame: &Frame) -> bool {
    frame.items().any(|(_, item)| match item {
        FrameItem::Tag(_) => true,
        FrameItem::Group(group) => has_tags(&group.frame),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use typst::introspection::Tag;

    use super::*;
    use crate::world::PaperWorld;

    fn alts(frame: &Frame, found: &mut Vec<String>) {
        for (_, item) in frame.items() {
            match item {
                FrameItem::Group(group) => alts(&group.frame, found),
                FrameItem::Tag(Tag::Start(start, _)) => {
                    if let Some(equation) = start.to_packed::<EquationElem>() {
                        let alt = equation.alt.as_option().clone().flatten();
                        found.push(alt.expect("every equation is said").to_string());
                    }
                }
                _ => {}
            }
        }
    }

    /// The equations of a document in words.
    fn words(source: &str) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("paper")).unwrap();
        std::fs::write(folder.path().join("paper/paper.typ"), source).unwrap();
        let world = PaperWorld::new(folder.path(), &[], [Vec::new(), Vec::new()], None);
        let document = typst::compile::<PagedDocument>(&world).output.unwrap();
        let mut found = Vec::new();
        said(&document).pages().iter().for_each(|page| alts(&page.frame, &mut found));
        found
    }

    #[test]
    fn equations_are_said_as_they_stand() {
        let cases = [
            ("x", "x"),
            ("sigma_s", "sigma sub s"),
            (
                "W_(i j)^l tilde cal(N)(0, 2 \\/ n^(l-1))",
                "W sub i j end sub superscript l is distributed as script N of open paren 0, 2 over n superscript l minus 1 end superscript close paren",
            ),
            ("(sigma^l)^2", "open paren sigma superscript l close paren squared"),
            ("1 / pi", "1 over pi"),
            ("(a + b) / (2 c)", "fraction a plus b over 2 c end fraction"),
            ("sqrt(2)", "square root of 2"),
            ("sqrt(1 - c^2) x", "square root of 1 minus c squared end root x"),
            ("root(3, n)", "cube root of n"),
            ("root(4, n + 1)", "root 4 of n plus 1 end root"),
            ("sum_(i=1)^n x_i", "sum from i equals 1, to n of x sub i"),
            ("sum_t u_t^2", "sum over t of u sub t squared"),
            ("integral_0^oo r^3 dif r", "integral from 0 to infinity of r cubed d r"),
            ("lim_(l -> oo) c^l = 1", "limit as l tends to infinity, c superscript l equals 1"),
            ("max_k (a_k)", "maximum over k of open paren a sub k close paren"),
            ("e^(-z^2 \\/ 2)", "e to the power minus z squared over 2 end power"),
            ("10^(-12)", "10 to the power minus 12 end power"),
            ("epsilon^(3\\/2)", "epsilon to the power 3 over 2 end power"),
            ("K'(c) = 1 - theta \\/ pi", "K prime of c equals 1 minus theta over pi"),
            ("K^(l-1)(0)", "K superscript l minus 1 end superscript of 0"),
            ("2 (1 - a)", "2 open paren 1 minus a close paren"),
            ("cos(phi - theta)", "cosine open paren phi minus theta close paren"),
            ("ln gamma", "natural log gamma"),
            ("abs(x) <= norm(y)", "absolute value of x end absolute value is at most norm of y end norm"),
            ("lr(⟨ u_a u_b ⟩)_w", "open angle bracket u sub a u sub b close angle bracket sub w"),
            ("bold(x) dot hat(u)", "bold x dot u hat"),
            ("macron(u) plus.minus 1", "u bar plus or minus 1"),
            ("Delta != bb(E)", "capital delta does not equal double-struck E"),
            ("a, quad b", "a, b"),
            ("a & = b \\ c & = d", "a equals b; c equals d"),
            ("\"growth\" = alpha", "growth equals alpha"),
            ("binom(n, k)", "binomial of n choose k"),
            ("cases(1, 0)", "cases 1, 0 end cases"),
            ("x in (0, 1]", "x is in open paren 0, 1 close bracket"),
            ("(partial f) / (partial u)", "fraction partial f over partial u end fraction"),
            ("1, dots, n", "1, and so on, n"),
            ("W^T W <- A", "W superscript T W becomes A"),
        ];
        let sources: Vec<String> =
            cases.iter().map(|(source, _)| format!("${source}$\n\n$ {source} $\n")).collect();
        let said = words(&sources.join("\n"));
        assert_eq!(said.len(), 2 * cases.len());
        for ((source, expected), pair) in cases.iter().zip(said.chunks(2)) {
            assert_eq!(pair, [*expected, *expected], "{source}");
        }
    }

    #[test]
    fn what_was_set_by_functions_and_rules_is_said_once_and_by_hand_first() {
        let source = "#let avg(x) = $lr(⟨ #x ⟩)_t$
            #show math.equation.where(block: true): it => if it.numbering == none { it } else { math.equation(block: true, numbering: none, it.body) }
            #set math.equation(numbering: \"(1)\")
            $avg(u^2)$ and $c = #context [−0.318]$ $ x = y $ #math.equation(alt: \"a trick\", $x$)";
        let said = words(source);
        assert_eq!(
            said,
            [
                "open angle bracket u squared close angle bracket sub t",
                "c equals minus 0.318",
                "x equals y",
                "a trick"
            ]
        );
    }
}
