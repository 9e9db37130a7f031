//! Brackets around flat formulas are told not to stretch, since browsers reserve the width of the widest stretched one.

use typst_html::tag::mathml;
use typst_html::{HtmlAttr, HtmlElement, HtmlNode, HtmlTag};

/// Formulas that are taller than a line: only around these do brackets have to grow.
const TALL: [HtmlTag; 7] = [
    mathml::mfrac,
    mathml::mtable,
    mathml::munderover,
    mathml::munder,
    mathml::mover,
    mathml::msqrt,
    mathml::mroot,
];

const STRETCHY: HtmlAttr = HtmlAttr::constant("stretchy");

/// Marks the operators that stand in rows without anything tall as not stretchy; returns whether `element` is tall.
pub(super) fn settle(element: &mut HtmlElement) -> bool {
    let mut tall = TALL.contains(&element.tag);
    for child in element.children.make_mut() {
        if let HtmlNode::Element(child) = child {
            tall |= settle(child);
        }
    }
    if !tall && (element.tag == mathml::mrow || element.tag == mathml::math) {
        for child in element.children.make_mut() {
            match child {
                HtmlNode::Element(operator) if is_bracket(operator) => match operator.attrs.get_mut(STRETCHY)
                {
                    Some(stretchy) => *stretchy = "false".into(),
                    None => operator.attrs.push(STRETCHY, "false"),
                },
                _ => {}
            }
        }
    }
    tall
}

fn is_bracket(element: &HtmlElement) -> bool {
    let bracket =
        |node: &HtmlNode| matches!(node, HtmlNode::Text(text, _) if "()[]{}⟨⟩|".contains(text.as_str()));
    element.tag == mathml::mo && element.children.iter().any(bracket)
}
