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
